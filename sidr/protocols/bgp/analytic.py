"""The converged state of BGP without running it: best AS-loop-free paths, level by level.

Every eBGP hop adds one ASN, so paths grow by one per level: a switch that level l - 1 can serve
without its own ASN in the path is served at level l. Ties go to the lowest neighbour number, a
history in which everybody heard that neighbour first. Speakers share one Converged and keep only
what has changed since.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sidr.model.fabric import Fabric
from sidr.model.plan import U8

Path = tuple[int, ...]
LOCAL = -1
"""Best port of a switch for its own group."""


class Converged:
    """Best paths of all switches for all groups.

    Attributes:
        asn: per switch.
        path: per group and switch the best path as received, () at home, None where none.
        port: per group and switch the port of the best path; LOCAL at home or where none.
        fib: uint8[G, slots], 1 = ECMP member.
    """

    def __init__(self, fabric: Fabric, asn: Sequence[int]) -> None:
        self.asn = list(asn)
        self._nbr: list[int] = fabric.nbr.tolist()
        self._twin: list[int] = fabric.twin.tolist()
        self._ptr: list[int] = fabric.ptr.tolist()
        self.fib: U8 = np.zeros((len(fabric.groups), fabric.slots), np.uint8)
        self.path: list[list[Path | None]] = []
        self.port: list[list[int]] = []
        for group, home in enumerate(fabric.groups.tolist()):
            self._solve(group, home)

    def _solve(self, group: int, home: int) -> None:
        nbr, twin, ptr, asn = self._nbr, self._twin, self._ptr, self.asn
        path: list[Path | None] = [None] * len(asn)
        port = [LOCAL] * len(asn)
        path[home] = ()
        front = [home]
        members: list[int] = []
        while front:
            served: dict[int, list[int]] = {}
            for h in front:
                base = path[h]
                assert base is not None
                announced = (asn[h], *base)
                for e in range(ptr[h], ptr[h + 1]):
                    v = nbr[e]
                    if path[v] is None and asn[v] not in announced:
                        served.setdefault(v, []).append(twin[e])
            for v, slots in served.items():
                first = min(slots)
                h = nbr[first]
                best = path[h]
                assert best is not None
                path[v] = (asn[h], *best)
                port[v] = first - ptr[v]
                members += slots
            front = sorted(served)
        self.fib[group, members] = 1
        self.path.append(path)
        self.port.append(port)

    def first_slot(self, switch: int) -> int:
        """The fabric slot of a switch's port 0."""
        return self._ptr[switch]

    def announced(self, group: int, switch: int, port: int) -> Path | None:
        """What a switch has sent out of a port for a group, itself first; None = nothing."""
        best = self.path[group][switch]
        if best is None or self.port[group][switch] == port:
            return None
        return (self.asn[switch], *best)

    def heard(self, group: int, switch: int, port: int) -> Path | None:
        """The usable path that a switch holds from the peer behind a port."""
        e = self._ptr[switch] + port
        h = self._nbr[e]
        path = self.announced(group, h, self._twin[e] - self._ptr[h])
        return None if path is None or self.asn[switch] in path else path
