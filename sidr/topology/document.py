"""A fabric as a document (plain mappings and lists) and back: the native fields by their names.

The formats differ only in how they write a document down; validation happens here for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sidr.errors import Mistake, TopologyError
from sidr.model.fabric import MEDIA, Fabric
from sidr.model.units import format_rate
from sidr.topology import consistency
from sidr.topology.build import fabric, natural_key
from sidr.topology.marks import Path
from sidr.topology.trunks import default_trunks, trunk_number

if TYPE_CHECKING:
    from sidr.topology.schema import FabricFile, LinkEntry

SHOWN_MAX = 100
"""Most mistakes that one file reports; the rest is counted."""

CHECKED_ONLY = {"switches": ("radix",), "links": ("a_port", "b_port")}
"""Fields that are checked when a document is read and that a Fabric does not keep: they describe
the boxes and the cabling, and two fabrics that differ in nothing else are the same to routing. So
they never enter the hash."""

Locate = Callable[[Collection[Path]], Mapping[Path, str]]
"""Tells for paths what to print as `where`."""


def from_document(data: object, label: str, locate: Locate) -> Fabric:
    """The fabric that a document describes.

    Raises:
        TopologyError: with all mistakes, in the order of the document.
    """
    from sidr.topology.schema import validate

    content, found = validate(data)
    found += consistency.problems(data)
    if content is None or found:
        shown = found[:SHOWN_MAX]
        places = locate([path for path, _ in shown])
        mistakes = [replace(mistake, where=places[path]) for path, mistake in shown]
        mistakes.sort(key=lambda mistake: natural_key(mistake.where))
        if len(found) > SHOWN_MAX:
            mistakes.append(Mistake(label, f"and {len(found) - SHOWN_MAX} mistakes more"))
        raise TopologyError(mistakes)
    return _build(content, label)


def checked_only(data: object) -> list[str]:
    """The fields of `CHECKED_ONLY` that a document uses."""
    if not isinstance(data, Mapping):
        return []
    used = {
        field
        for key, fields in CHECKED_ONLY.items()
        for entry in (data[key] if isinstance(data.get(key), list) else ())
        for field in fields
        if isinstance(entry, Mapping) and entry.get(field) is not None
    }
    return [field for fields in CHECKED_ONLY.values() for field in fields if field in used]


def key_text(path: Path) -> str:
    """A path as people write it: `links[3].capacity`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.removeprefix(".")


def to_document(fabric: Fabric) -> dict[str, object]:
    """The native fields of a fabric: switches by number, links by number, nothing left out."""
    trunk, srlgs = _srlgs(fabric)
    switches = [
        {
            "name": name,
            "tier": tier if fabric.tiered else None,
            "pod": None if pod < 0 else pod,
            "plane": plane,
            "site": None if site < 0 else site,
            "hosts": hosts,
        }
        for name, tier, pod, plane, site, hosts in zip(
            fabric.names,
            *(getattr(fabric, key).tolist() for key in ("tier", "pod", "plane", "site", "hosts")),
            strict=True,
        )
    ]
    columns = ("near", "far", "rank", "capacity_bps", "length_m", "medium")
    links = [
        {
            "a": fabric.names[near],
            "b": fabric.names[far],
            "rank": rank,
            "capacity": format_rate(capacity),
            "length_m": length,
            "medium": MEDIA[medium],
            "srlgs": srlgs[i],
        }
        for i, (near, far, rank, capacity, length, medium) in enumerate(
            zip(*(getattr(fabric, key).tolist() for key in columns), strict=True)
        )
    ]
    return {
        "host_rate": format_rate(fabric.host_bps),
        "links_per_host": fabric.links_per_host,
        "trunk": trunk or "none",
        "switches": switches,
        "links": links,
    }


def _srlgs(fabric: Fabric) -> tuple[int, dict[int, list[str]]]:
    """The trunk size that explains all trunks, and the names of each link's other SRLGs; size 0
    (and every name) when no size explains them."""
    named = dict(zip(fabric.srlg_names, fabric.srlg_links, strict=True))
    trunks = [links for name, links in named.items() if trunk_number(name) >= 0]
    size = max((len(links) for links in trunks), default=0)
    if size:
        upward = fabric.tier[fabric.far] > fabric.tier[fabric.near]
        cut = default_trunks(fabric.near, upward, size)
        same = len(cut) == len(trunks) and all(
            np.array_equal(named.get(f"t{i}", ()), links) for i, links in enumerate(cut)
        )
        size = size if same else 0
    of_link: dict[int, list[str]] = defaultdict(list)
    for name, links in named.items():
        if not size or trunk_number(name) < 0:
            for link in links.tolist():
                of_link[link].append(name)
    return size, of_link


def _build(content: FabricFile, label: str) -> Fabric:
    """The fabric of a checked document."""
    switches, links, defaults = content.switches, content.links, content.defaults
    number = {switch.name: i for i, switch in enumerate(switches)}
    tiers = [switch.tier or 0 for switch in switches]
    leaf_only = any(tiers)
    host_ports = [
        switch.hosts if switch.hosts is not None else int(not (leaf_only and tier))
        for switch, tier in zip(switches, tiers, strict=True)
    ]
    srlgs: dict[str, list[int]] = defaultdict(list)
    for i, link in enumerate(links):
        for name in link.srlgs:
            srlgs[name].append(i)
    capacities = [defaults.capacity if k.capacity is None else k.capacity for k in links]
    lengths = [defaults.length_m if k.length_m is None else k.length_m for k in links]
    return fabric(
        label,
        names=list(number),
        a=[number[link.a] for link in links],
        b=[number[link.b] for link in links],
        tier=tiers,
        pod=[-1 if switch.pod is None else switch.pod for switch in switches],
        plane=[switch.plane for switch in switches],
        site=[-1 if switch.site is None else switch.site for switch in switches],
        hosts=host_ports,
        host_bps=defaults.capacity if content.host_rate is None else content.host_rate,
        links_per_host=content.links_per_host,
        rank=_fill_ranks(links),
        capacity_bps=capacities,
        length_m=lengths,
        medium=[MEDIA.index(link.medium or defaults.medium) for link in links],
        srlgs=srlgs,
        trunk=content.trunk,
    )


def _fill_ranks(links: list[LinkEntry]) -> list[int]:
    """Explicit ranks, and for the other parallel links the free ones in file order."""
    taken = {(frozenset((k.a, k.b)), k.rank) for k in links if k.rank is not None}
    next_free: dict[frozenset[str], int] = defaultdict(int)
    ranks = []
    for link in links:
        pair = frozenset((link.a, link.b))
        if link.rank is None:
            while (pair, next_free[pair]) in taken:
                next_free[pair] += 1
            ranks.append(next_free[pair])
            next_free[pair] += 1
        else:
            ranks.append(link.rank)
    return ranks
