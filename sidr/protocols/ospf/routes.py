"""From links to routes: when SPF runs, what it changes, and zebra's RIB queue before the FIB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sidr.model.effects import Effect, FibWrite, ProgramFib, SetTimer
from sidr.model.fabric import I32, I64
from sidr.model.plan import U8
from sidr.model.profiles import OspfTimers
from sidr.protocols.ospf.backoff import Backoff
from sidr.protocols.ospf.lsdb import Lsdb
from sidr.protocols.ospf.throttle import Throttle

MACHINES: dict[str, type[Throttle] | type[Backoff]] = {"frr": Throttle, "rfc8405": Backoff}
"""What decides when SPF runs, by `OspfTimers.spf_machine`."""


@dataclass(frozen=True, slots=True)
class Interfaces:
    """What interface ids (fabric slots) mean: the same for all routers of a fabric.

    Attributes:
        ptr, nbr, twin: the fabric's CSR. homes: int32[g], the switch that a prefix hangs on.
        prefixes: how many hang there, each a route of its own.
    """

    ptr: I64
    nbr: I32
    twin: I32
    homes: I32
    prefixes: int = 1


class Routes:
    """One router's.

    Args:
        lsdb: what SPF reads. fib: uint8[g, ports], the ECMP members now.

    Attributes:
        timers: its timers by name, and what their ends do at an instant.
    """

    def __init__(
        self, switch: int, where: Interfaces, lsdb: Lsdb, timers: OspfTimers, fib: U8
    ) -> None:
        self._switch, self._where, self._lsdb, self._fib = switch, where, lsdb, fib
        self._rib_queue_ns = timers.rib_queue_ns
        self._machine = MACHINES[timers.spf_machine](timers)
        self._queue: dict[int, bytes] = {}
        self.timers: dict[str, Callable[[int], list[Effect]]] = {
            "spf": self._spf,
            "rib": lambda _: self._program(),
            **self._machine.timers,
        }

    def ask(self, now_ns: int) -> list[Effect]:
        """Links have changed: an SPF is wanted."""
        return self._machine.ask(now_ns)

    def _spf(self, now_ns: int) -> list[Effect]:
        from sidr.protocols.ospf.spf import next_hops

        self._machine.ran(now_ns)
        w = self._where
        new = next_hops(self._switch, w.ptr, w.nbr, w.twin, self._lsdb.listed, w.homes)
        changed = np.flatnonzero((new != self._fib).any(axis=1)).tolist()
        self._fib = new
        first = not self._queue
        for group in changed:
            self._queue[group] = new[group].tobytes()
        if not changed or not first:
            return []
        if not self._rib_queue_ns:
            return self._program()
        return [SetTimer("rib", self._rib_queue_ns)]

    def _program(self) -> list[Effect]:
        count = self._where.prefixes
        queue = sorted(self._queue.items())
        self._queue.clear()
        writes = tuple(FibWrite((g,), hops, route_writes=count) for g, hops in queue)
        return [ProgramFib(writes, work="spf")]
