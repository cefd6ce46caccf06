"""The Fabric: switches, links and destination groups as arrays, with a directed CSR.

A frozen value. `topology` builds it (`topology.build.fabric`), every other room reads it.
Nothing here computes; names of links are formed here because everybody must form them alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

I8 = npt.NDArray[np.int8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

MEDIA = ("optical", "copper")
NS_PER_M = 5
"""Signal delay in fibre, ns per metre (group index 1.5)."""
SWITCH_NS = 600
"""Latency of one switch, ns (cut-through data-centre ASIC; an assumption of the model)."""
HOST_LINK_M = 3.0
"""Length of the cable between a host and its leaf, m (in-rack copper; an assumption)."""


@dataclass(frozen=True, slots=True, eq=False)
class Fabric:
    """A network of n switches and m links; 2m directed slots in CSR form.

    Attributes:
        label: the spec or file it came from; not part of its hash.
        names: (n) switch names; index = SwitchId.
        tier, pod, plane, site: int32[n]; tier 0 = leaf; -1 = none. `tiered` is False for graphs
            without tiers (every tier 0).
        hosts: int32[n], host-facing ports of a switch.
        host_bps: rate of one host-facing port.
        links_per_host: host-facing ports that one host takes (10p10u hosts take 32).
        near, far: int32[m], switch numbers; near is the lower tier.
        rank: int32[m], 0 for the first of parallel links.
        capacity_bps: int64[m]; length_m: float64[m]; delay_ns: int64[m]; medium: int8[m].
        srlg_names, srlg_links: links sharing fate; trunks (one connector) are SRLGs named t0, t1..
        ptr: int64[n+1]; nbr, link, twin: int32[2m]. Slots of a switch are sorted by
            (neighbour number, parallel rank): port p of v is slot ptr[v] + p.
        src: int32[2m], the switch that a slot belongs to.
        groups: int32[G], the switch of each destination group, ascending.
        component: int32[n], number of the connected component (a plane) of each switch.
    """

    label: str
    names: tuple[str, ...]
    tiered: bool
    tier: I32
    pod: I32
    plane: I32
    site: I32
    hosts: I32
    host_bps: int
    links_per_host: int
    near: I32
    far: I32
    rank: I32
    capacity_bps: I64
    length_m: F64
    delay_ns: I64
    medium: I8
    srlg_names: tuple[str, ...]
    srlg_links: tuple[I32, ...]
    ptr: I64
    nbr: I32
    link: I32
    twin: I32
    src: I32
    groups: I32
    component: I32

    @property
    def switches(self) -> int:
        return len(self.names)

    @property
    def links(self) -> int:
        return len(self.near)

    @property
    def slots(self) -> int:
        return len(self.nbr)

    def link_name(self, link: int) -> str:
        """`A--B`, A the lower tier; `A--B#1` for the second of parallel links."""
        a, b, rank = self.names[self.near[link]], self.names[self.far[link]], self.rank[link]
        return f"{a}--{b}#{rank}" if rank else f"{a}--{b}"

    def ports(self, switch: int) -> range:
        """The slots of a switch, in port order."""
        return range(int(self.ptr[switch]), int(self.ptr[switch + 1]))

    def slots_of(self, link: int) -> tuple[int, int]:
        """The two slots of a link: (near -> far, far -> near)."""
        a = int(self.near[link])
        row = self.link[self.ptr[a] : self.ptr[a + 1]]
        slot = int(self.ptr[a]) + int(np.flatnonzero(row == link)[0])
        return slot, int(self.twin[slot])
