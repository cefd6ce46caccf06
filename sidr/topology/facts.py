"""What a fabric is, in figures: `facts`, and what is wrong with it: `complaints`.

Called by `topo show` and `topo check`. Planes of equal shape are measured once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sidr.errors import Mistake
from sidr.model.fabric import HOST_LINK_M, I32, I64, NS_PER_M, SWITCH_NS, Fabric
from sidr.topology.digest import fabric_hash

HOST_CABLES_NS = round(2 * HOST_LINK_M * NS_PER_M)
"""Delay of the cables between the hosts and their leaves, both ends."""
COMPONENTS_SHOWN = 4
"""Most components of a plane that fell apart whose switches are named."""


def facts(fabric: Fabric) -> dict[str, object]:
    """The facts that `topo show` prints.

    `capacity_bps` is the sum of all host-facing ports; `latency_ns_max` the worst one-way latency
    from host to host over hop-shortest paths, cables and switches included; `diameter_hops` the
    most hops between two switches of one component.
    """
    ports = int(fabric.hosts.sum())
    latency, diameter = _extremes(fabric)
    return {
        "spec": fabric.label,
        "switches": fabric.switches,
        "links": fabric.links,
        "hosts": -(-ports // fabric.links_per_host),
        "groups": len(fabric.groups),
        "capacity_bps": ports * fabric.host_bps,
        "latency_ns_max": latency,
        "diameter_hops": diameter,
        "planes": len(np.unique(fabric.plane)),
        "tiers": len(np.unique(fabric.tier)),
        "components": int(fabric.component.max()) + 1,
        "srlgs": len(fabric.srlg_names),
        "hash": fabric_hash(fabric),
    }


def complaints(fabric: Fabric) -> list[Mistake]:
    """What keeps a well-formed fabric from working: planes that fall apart, planes without
    destinations, leaves without hosts, hosts that do not fill their ports."""
    found = list(_split_planes(fabric))
    for plane in np.unique(fabric.plane).tolist():
        if not (fabric.plane[fabric.groups] == plane).any():
            found.append(Mistake(f"plane {plane}", "has no leaf", "at least one switch of tier 0"))
    idle = fabric.groups[fabric.hosts[fabric.groups] == 0]
    if len(idle):
        what = "leaves" if fabric.tiered else "switches"
        found.append(Mistake(_listed(fabric, idle), f"{what} without hosts", "hosts: at least 1"))
    ports, each = int(fabric.hosts.sum()), fabric.links_per_host
    if ports % each:
        fix = "change hosts or links_per_host"
        found.append(Mistake("hosts", f"{ports} ports for hosts with {each} each", fix=fix))
    return found


def _split_planes(fabric: Fabric) -> Iterator[Mistake]:
    for plane in np.unique(fabric.plane).tolist():
        members = np.flatnonzero(fabric.plane == plane)
        of_member = fabric.component[members]
        numbers, sizes = np.unique(of_member, return_counts=True)
        if len(numbers) > 1:
            lost = numbers[np.argsort(sizes, kind="stable")][:-1]
            shown = [_listed(fabric, members[of_member == c]) for c in lost[:COMPONENTS_SHOWN]]
            found = f"falls apart into {len(numbers)} components; the smallest: "
            found += "; the next: ".join(shown)
            yield Mistake(f"plane {plane}", found, "one component", fix="add the missing links")


def _listed(fabric: Fabric, switches: I32 | I64, most: int = 6) -> str:
    names = [fabric.names[i] for i in switches[:most]]
    return ", ".join(names) + (f" and {len(switches) - most} more" if len(switches) > most else "")


@dataclass(frozen=True, slots=True)
class _Part:
    """One component with numbers of its own: CSR, cost of each slot, positions of its groups."""

    ptr: I64
    nbr: I32
    cost: I64
    ends: I32

    @property
    def key(self) -> tuple[bytes, ...]:
        return tuple(array.tobytes() for array in (self.ptr, self.nbr, self.cost, self.ends))


def _extremes(fabric: Fabric) -> tuple[int, int]:
    """(latency_ns_max, diameter_hops) over all components."""
    from sidr.graph import hops

    seen: set[tuple[bytes, ...]] = set()
    latency = most = 0
    for part in _parts(fabric):
        if part.key not in seen:
            seen.add(part.key)
            latency = max(latency, int(hops.latency_max(part.ptr, part.nbr, part.cost, part.ends)))
            most = max(most, int(hops.diameter(part.ptr, part.nbr)))
    return latency + SWITCH_NS + HOST_CABLES_NS, most


def _parts(fabric: Fabric) -> Iterator[_Part]:
    local = np.empty(fabric.switches, np.int32)
    degree = np.diff(fabric.ptr)
    for number in range(int(fabric.component.max()) + 1):
        members = np.flatnonzero(fabric.component == number)
        local[members] = np.arange(len(members), dtype=np.int32)
        slots = np.flatnonzero(fabric.component[fabric.src] == number)
        ptr = np.zeros(len(members) + 1, np.int64)
        np.cumsum(degree[members], out=ptr[1:])
        yield _Part(
            ptr=ptr,
            nbr=local[fabric.nbr[slots]],
            cost=fabric.delay_ns[fabric.link[slots]] + SWITCH_NS,
            ends=local[fabric.groups[fabric.component[fabric.groups] == number]],
        )
