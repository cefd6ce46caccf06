"""`fabric`: from columns in any order to the canonical Fabric; `restrict`: a part of a Fabric.

Canonical means: the same network gives the same numbers, whatever the order of its description.
Every kind and every file format ends here; nothing here reads a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sidr.errors import TopologyError
from sidr.graph import csr
from sidr.model.fabric import F64, I8, I32, I64, NS_PER_M, Fabric
from sidr.topology.trunks import TRUNK_LINKS, default_trunks, trunk_number

CAPACITY_BPS = 400 * 10**9
"""Rate of a link and of a host port unless said otherwise (400G optics)."""
LENGTH_M = 20.0
"""Length of a link unless said otherwise, m (leaf to aggregation in one row; a choice)."""
TOTAL_BPS_MAX = 2**62
"""All capacities together must fit an int64 with room to spare."""

Column = npt.ArrayLike
_DIGITS = re.compile(r"([0-9]+)")


class _Switches(NamedTuple):
    """Columns by switch number."""

    names: tuple[str, ...]
    tier: I32
    pod: I32
    plane: I32
    site: I32
    hosts: I32


class _Links(NamedTuple):
    """Columns by link number."""

    near: I32
    far: I32
    rank: I32
    capacity_bps: I64
    length_m: F64
    medium: I8


def natural_key(name: str) -> tuple[list[str | int], str]:
    """Sorts leaf2 before leaf10; equal keys are told apart by the plain text."""
    parts = _DIGITS.split(name)
    return [int(p) if i % 2 else p for i, p in enumerate(parts)], name


def fabric(
    label: str,
    *,
    names: Sequence[str],
    a: Column,
    b: Column,
    tier: Column = 0,
    pod: Column = -1,
    plane: Column = 0,
    site: Column = -1,
    hosts: Column | None = None,
    host_bps: int = CAPACITY_BPS,
    links_per_host: int = 1,
    rank: Column | None = None,
    capacity_bps: Column = CAPACITY_BPS,
    length_m: Column = LENGTH_M,
    medium: Column = 0,
    srlgs: Mapping[str, Sequence[int] | I32] | None = None,
    trunk: int = TRUNK_LINKS,
) -> Fabric:
    """The canonical Fabric of n switches and m links given as columns, in any order.

    Args:
        names: n different names.
        a, b: m positions in `names`, in either order, never equal.
        tier, pod, plane, site, hosts: n values, or one for all. Without `hosts` every destination
            has one host port.
        rank: m values that tell parallel links apart, or None = by position.
        capacity_bps, length_m, medium: m values, or one for all; medium indexes `MEDIA`.
        srlgs: further links sharing fate, name -> positions in `a`.
        trunk: most links in one connector; 0 = no default trunks.

    Raises:
        TopologyError: no switch at all, or capacities that no int64 holds.
    """
    if not names:
        raise TopologyError.one(label, "no switches", allowed="at least one")
    switches, number = _switches(names, [tier, pod, plane, site], hosts)
    near, far = _orient(number[_i32(a)], number[_i32(b)], switches.tier)
    links, sequence = _links(near, far, rank, (capacity_bps, length_m, medium))
    _check_total(label, links.capacity_bps, int(switches.hosts.sum()) * host_bps)
    upward = switches.tier[links.far] > switches.tier[links.near]
    cut = default_trunks(links.near, upward, trunk) if trunk else []
    named = {f"t{i}": members for i, members in enumerate(cut)}
    named |= _renumber(srlgs or {}, sequence)
    return _assemble(label, (host_bps, links_per_host), switches, links, named)


def restrict(whole: Fabric, components: Iterable[int]) -> tuple[Fabric, I32, I32]:
    """The part of a fabric made of some of its connected components.

    Returns:
        The part, with names, ranks and those SRLGs that lie inside in full; the part's number of
        each switch of the whole and of each link of the whole (int32, -1 = not in the part).
        Numbers keep their order.

    Raises:
        TopologyError: no switch is left.
    """
    switches = np.flatnonzero(np.isin(whole.component, list(components)))
    switch_map = _positions(switches, whole.switches)
    links = np.flatnonzero(switch_map[whole.near] >= 0)
    link_map = _positions(links, whole.links)
    inside = {
        name: link_map[members]
        for name, members in zip(whole.srlg_names, whole.srlg_links, strict=True)
        if (link_map[members] >= 0).all()
    }
    part = fabric(
        whole.label,
        names=[whole.names[i] for i in switches],
        a=switch_map[whole.near[links]],
        b=switch_map[whole.far[links]],
        tier=whole.tier[switches],
        pod=whole.pod[switches],
        plane=whole.plane[switches],
        site=whole.site[switches],
        hosts=whole.hosts[switches],
        host_bps=whole.host_bps,
        links_per_host=whole.links_per_host,
        rank=whole.rank[links],
        capacity_bps=whole.capacity_bps[links],
        length_m=whole.length_m[links],
        medium=whole.medium[links],
        srlgs=inside,
        trunk=0,
    )
    return part, switch_map, link_map


def _i32(column: Column) -> I32:
    return np.asarray(column, np.int32)


def _positions(kept: npt.NDArray[np.int64], total: int) -> I32:
    """int32[total]: position in `kept`, -1 where it is not kept."""
    positions = np.full(total, -1, np.int32)
    positions[kept] = np.arange(len(kept), dtype=np.int32)
    return positions


def _column(n: int, column: Column) -> I32:
    return np.broadcast_to(_i32(column), n)


def _switches(
    names: Sequence[str], where: Sequence[Column], hosts: Column | None
) -> tuple[_Switches, I32]:
    """The switches by number, and the number of each given one."""
    n = len(names)
    by_name = np.empty(n, np.int32)
    by_name[sorted(range(n), key=lambda i: natural_key(names[i]))] = np.arange(n, dtype=np.int32)
    given = [_column(n, column) for column in where]
    tier, pod, plane, _ = given
    order = np.lexsort((by_name, pod, tier, plane))
    tier, pod, plane, site = (column[order] for column in given)
    ports = _i32(tier == 0) if hosts is None else _column(n, hosts)[order]
    named = tuple(names[i] for i in order)
    return _Switches(named, tier, pod, plane, site, ports), _positions(order, n)


def _orient(x: I32, y: I32, tier: I32) -> tuple[I32, I32]:
    """Near and far ends: near is of the lower tier, the lower number on a tie."""
    assert not (x == y).any(), f"self-links {np.flatnonzero(x == y)[:5]}"
    swap = (tier[x] > tier[y]) | ((tier[x] == tier[y]) & (x > y))
    return np.where(swap, y, x), np.where(swap, x, y)


def _links(
    near: I32, far: I32, rank: Column | None, physical: tuple[Column, Column, Column]
) -> tuple[_Links, I64]:
    """The links by number, and the given position of each one."""
    m = len(near)
    given = _column(m, 0 if rank is None else rank)
    sequence = np.lexsort((given, far, near))
    near, far, ranks = near[sequence], far[sequence], given[sequence]
    if rank is None:
        pair = near.astype(np.int64) << 32 | far
        first, which = np.unique(pair, return_index=True, return_inverse=True)[1:]
        ranks = (np.arange(m) - first[which]).astype(np.int32)
    capacity = np.broadcast_to(np.asarray(physical[0], np.int64), m)[sequence]
    length = np.broadcast_to(np.asarray(physical[1], np.float64), m)[sequence]
    medium = np.broadcast_to(np.asarray(physical[2], np.int8), m)[sequence]
    return _Links(near, far, ranks, capacity, length, medium), sequence


def _renumber(srlgs: Mapping[str, Sequence[int] | I32], sequence: I64) -> dict[str, I32]:
    """SRLGs by link number instead of given position."""
    number = _positions(sequence, len(sequence))
    return {name: np.unique(number[_i32(members)]) for name, members in srlgs.items()}


def _srlg_key(name: str) -> tuple[bool, int, tuple[list[str | int], str]]:
    """Trunks first, by number; then the others, by name."""
    number = trunk_number(name)
    return (False, number, ([], name)) if number >= 0 else (True, 0, natural_key(name))


def _assemble(
    label: str,
    host: tuple[int, int],
    switches: _Switches,
    links: _Links,
    srlgs: Mapping[str, I32],
) -> Fabric:
    """The Fabric of numbered switches and links, with everything that follows from them."""
    n = len(switches.names)
    srlg_names = tuple(sorted(srlgs, key=_srlg_key))
    slots = csr.build(n, links.near, links.far, links.rank)
    made = Fabric(
        label=label,
        names=switches.names,
        tiered=bool((switches.tier > 0).any()),
        tier=switches.tier,
        pod=switches.pod,
        plane=switches.plane,
        site=switches.site,
        hosts=switches.hosts,
        host_bps=host[0],
        links_per_host=host[1],
        near=links.near,
        far=links.far,
        rank=links.rank,
        capacity_bps=links.capacity_bps,
        length_m=links.length_m,
        delay_ns=np.rint(links.length_m * NS_PER_M).astype(np.int64),
        medium=links.medium,
        srlg_names=srlg_names,
        srlg_links=tuple(srlgs[name] for name in srlg_names),
        ptr=slots.ptr,
        nbr=slots.nbr,
        link=slots.link,
        twin=slots.twin,
        src=slots.src,
        groups=np.flatnonzero(switches.tier == 0).astype(np.int32),
        component=csr.components(n, links.near, links.far),
    )
    return _freeze(made)


def _check_total(label: str, capacity: I64, host_total_bps: int) -> None:
    most = int(capacity.max(initial=0)) * len(capacity)
    if max(most, host_total_bps) > TOTAL_BPS_MAX:
        raise TopologyError.one(
            label, "the capacities together are too large", allowed="at most 4.6 Eb/s in all"
        )


def _freeze(made: Fabric) -> Fabric:
    """Make every array read-only."""
    for field in fields(made):
        value = getattr(made, field.name)
        for array in value if isinstance(value, tuple) else (value,):
            if isinstance(array, np.ndarray):
                array.setflags(write=False)
    return made
