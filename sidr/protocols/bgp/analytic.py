"""The converged state of BGP without running it: best AS-loop-free paths, ties to the lowest port.

Ties go to the lowest neighbour number, a history in which everybody heard that neighbour first.
Speakers share one Converged and keep only what has changed since.
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
        fib: uint8[G, slots], 1 = ECMP member.
    """

    def __init__(self, fabric: Fabric, asn: Sequence[int]) -> None:
        from sidr.protocols.bgp.best import best_ports

        self.asn = list(asn)
        self._nbr: list[int] = fabric.nbr.tolist()
        self._twin: list[int] = fabric.twin.tolist()
        self._ptr: list[int] = fabric.ptr.tolist()
        groups, n = len(fabric.groups), fabric.switches
        self.fib: U8 = np.zeros((groups, fabric.slots), np.uint8)
        self._depth, self._port = np.empty((groups, n), np.int16), np.empty((groups, n), np.int16)
        numbers = np.array(self.asn, np.int64)
        best_ports(
            fabric.ptr, fabric.nbr, fabric.twin, numbers, fabric.groups, self._depth, self._port,
            self.fib,
        )  # fmt: skip
        self._paths: dict[tuple[int, int], Path] = {}

    def first_slot(self, switch: int) -> int:
        """The fabric slot of a switch's port 0."""
        return self._ptr[switch]

    def path(self, group: int, switch: int) -> Path | None:
        """The best path as received, () at home, None where there is none."""
        if self._depth[group, switch] < 0:
            return None
        key = (group, switch)
        if key not in self._paths:
            port = self.port(group, switch)
            found: Path = ()
            if port != LOCAL:
                h = self._nbr[self._ptr[switch] + port]
                rest = self.path(group, h)
                assert rest is not None
                found = (self.asn[h], *rest)
            self._paths[key] = found
        return self._paths[key]

    def port(self, group: int, switch: int) -> int:
        """The port of the best path; LOCAL at home or where there is none."""
        return int(self._port[group, switch])

    def announced(self, group: int, switch: int, port: int) -> Path | None:
        """What a switch has sent out of a port for a group, itself first; None = nothing."""
        best = self.path(group, switch)
        if best is None or self._port[group, switch] == port:
            return None
        return (self.asn[switch], *best)

    def heard(self, group: int, switch: int, port: int) -> Path | None:
        """The usable path that a switch holds from the peer behind a port."""
        e = self._ptr[switch] + port
        h = self._nbr[e]
        path = self.announced(group, h, self._twin[e] - self._ptr[h])
        return None if path is None or self.asn[switch] in path else path
