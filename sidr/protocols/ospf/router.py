"""An OSPF router, one per switch: flooding with acknowledgement, MinLSArrival, throttled SPF.

The way of a fault: carrier loss -> adjacency down -> own router-LSA again, in as many instances
as FRR makes (`instances_per_fault`, in one packet) -> flooded hop by hop -> SPF throttle -> SPF ->
zebra's RIB queue -> FIB. FRR 8.4.4 does not apply MinLSInterval to router-LSAs, so it is not used
yet. Adjacencies follow `adjacency.TABLE`. Not here yet: hello and dead timers, the
stepwise database exchange, LSA ages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from sidr.model.effects import CancelTimer, Effect, FibWrite, ProgramFib, Send, SetTimer
from sidr.model.events import Event, MessageReceived, PortDown, PortUp, TimerFired
from sidr.model.fabric import I32, I64
from sidr.model.plan import U8
from sidr.model.profiles import OspfTimers
from sidr.protocols.ospf.adjacency import TABLE, Input, State
from sidr.protocols.ospf.flood import Retransmission
from sidr.protocols.ospf.lsdb import Lsdb, rank
from sidr.protocols.ospf.messages import Hello, Lsa, LsAck, LsUpdate
from sidr.protocols.ospf.throttle import Throttle


@dataclass(frozen=True, slots=True)
class Interfaces:
    """What interface ids (fabric slots) mean: the same for all routers of a fabric.

    Attributes:
        ptr, nbr, twin: the fabric's CSR. homes: int32[g], the switch that a prefix hangs on.
    """

    ptr: I64
    nbr: I32
    twin: I32
    homes: I32


class Router:
    """One switch's ospfd.

    Args:
        switch: its number. where: what interface ids mean.
        lsdb: what it knows. fib: uint8[g, ports], its ECMP members now.
        phases_ns: per port, the phase of the retransmission timer.
        adjacent: all adjacencies are full (converged start).
    """

    def __init__(
        self, switch: int, where: Interfaces, lsdb: Lsdb, timers: OspfTimers, *,
        fib: U8, phases_ns: list[int], adjacent: bool,
    ) -> None:  # fmt: skip
        self.switch, self.where, self.lsdb, self.timers, self._fib = (
            switch,
            where,
            lsdb,
            timers,
            fib,
        )
        self._first = int(where.ptr[switch])
        self._state = [State.FULL if adjacent else State.DOWN] * len(phases_ns)
        self._unacked = Retransmission(timers.retransmit_ns, phases_ns)
        self._throttle = Throttle(timers)
        self._fib_queue: dict[int, bytes] = {}
        self._now = 0
        self._timer_handlers: dict[str, Callable[[int], list[Effect]]] = {
            "adjacency": lambda port: self._adjacency(port, Input.TIMER),
            "rxmt": self._retransmit,
            "spf": lambda _: self._spf(),
            "rib": lambda _: self._program(),
        }
        self._messages: dict[type, Callable[..., list[Effect]]] = {
            Hello: self._hello,
            LsUpdate: self._update,
            LsAck: self._ack,
        }
        self._handlers: dict[type, Callable[..., Iterable[Effect]]] = {
            PortDown: lambda event: self._adjacency(event.port, Input.CARRIER_LOST),
            PortUp: lambda event: self._adjacency(event.port, Input.CARRIER),
            TimerFired: self._timer,
            MessageReceived: lambda e: self._messages[type(e.message)](e.port, e.message),
        }

    def handle(self, event: Event, now_ns: int) -> Iterable[Effect]:
        """Take in one event; the effects follow at once, in order."""
        self._now = now_ns
        handler = self._handlers.get(type(event))
        return handler(event) if handler else ()

    def _timer(self, event: TimerFired) -> list[Effect]:
        name, _, port = event.name.partition(":")
        return self._timer_handlers[name](int(port or 0))

    # --- adjacencies ----------------------------------------------------------------------------

    def _adjacency(self, port: int, what: Input) -> list[Effect]:
        move = TABLE[self._state[port], what]
        self._state[port] = move.state
        if not move.action:
            return []
        action: Callable[[int], list[Effect]] = getattr(self, f"_{move.action}")
        return action(port)

    def _hello(self, port: int, message: Hello) -> list[Effect]:
        if message.answer and self._state[port] is State.FULL:
            return []
        return self._adjacency(port, Input.HELLO)

    def _wait(self, port: int) -> list[Effect]:
        return [SetTimer(f"adjacency:{port}", self.timers.adjacency_setup_ns)]

    def _stop(self, port: int) -> list[Effect]:
        return [CancelTimer(f"adjacency:{port}")]

    def _greet(self, port: int) -> list[Effect]:
        return [Send(port, Hello()), SetTimer(f"adjacency:{port}", self.timers.hello_ns)]

    def _greet_and_adopt(self, port: int) -> list[Effect]:
        return [Send(port, Hello()), *self._adopt(port)]

    def _adopt(self, port: int) -> list[Effect]:
        """The adjacency is full: say so to all, and give the neighbour the whole database."""
        effects: list[Effect] = [CancelTimer(f"adjacency:{port}")]
        others = self.lsdb.all()
        effects += self._originate(1)
        return effects + self._send(port, others, "send") + self._ask_spf()

    def _answer(self, port: int) -> list[Effect]:
        return [Send(port, Hello(answer=True)), *self._send(port, self.lsdb.all(), "send")]

    def _lose(self, port: int) -> list[Effect]:
        self._unacked.clear(port)
        return self._originate(self.timers.instances_per_fault) + self._ask_spf()

    # --- flooding -------------------------------------------------------------------------------

    def _full(self, but: int = -1) -> list[int]:
        return [p for p, s in enumerate(self._state) if s is State.FULL and p != but]

    def _originate(self, instances: int, after: int = 0) -> list[Effect]:
        """New instances of the own LSA, in one packet to every neighbour."""
        old = self.lsdb.get(self.switch)
        seq = max(after, old.seq if old else 0)
        links = tuple(self._first + p for p in self._full())
        lsas = tuple(Lsa(self.switch, seq + 1 + i, links) for i in range(instances))
        self.lsdb.install(lsas[-1], self._now)
        return [e for p in self._full() for e in self._send(p, lsas, "originate")]

    def _send(self, port: int, lsas: tuple[Lsa, ...], work: str) -> list[Effect]:
        """Send LSAs and wait for their acknowledgement."""
        if not lsas:
            return []
        for lsa in lsas:
            self._unacked.add(port, lsa.origin, lsa.seq)
        delay = self._unacked.arm(port, self._now)
        effects: list[Effect] = [Send(port, LsUpdate(lsas), work)]
        return effects if delay is None else [*effects, SetTimer(f"rxmt:{port}", delay)]

    def _update(self, port: int, message: LsUpdate) -> list[Effect]:
        if self._state[port] is not State.FULL:
            return []
        accepted: list[Lsa] = []
        acks: list[tuple[int, int]] = []
        effects: list[Effect] = []
        changed = False
        for lsa in message.lsas:
            held = self.lsdb.get(lsa.origin)
            if held is not None and rank(lsa) == rank(held):
                if not self._unacked.acknowledge(port, lsa.origin, lsa.seq):
                    acks.append((lsa.origin, lsa.seq))
            elif held is not None and rank(lsa) < rank(held):
                effects += self._send(port, (held,), "send")
            elif lsa.origin == self.switch:
                effects += self._originate(1, after=lsa.seq)
            elif self._now - self.lsdb.arrived_ns(lsa.origin) >= self.timers.min_ls_arrival_ns:
                changed = self.lsdb.install(lsa, self._now) or changed
                self._unacked.supersede(port, lsa.origin)
                accepted.append(lsa)
                acks.append((lsa.origin, lsa.seq))
        if acks:
            effects.append(Send(port, LsAck(tuple(acks)), "ack"))
        if accepted:
            flooded = tuple(accepted)
            effects += [e for p in self._full(but=port) for e in self._send(p, flooded, "send")]
        return effects + self._ask_spf() if changed else effects

    def _ack(self, port: int, message: LsAck) -> list[Effect]:
        for origin, seq in message.entries:
            self._unacked.acknowledge(port, origin, seq)
        return []

    def _retransmit(self, port: int) -> list[Effect]:
        """The neighbour's timer ticks: what is old enough goes out again."""
        due = []
        for origin, _ in self._unacked.fired(port):
            lsa = self.lsdb.get(origin)
            assert lsa is not None, origin
            if self._now - self.lsdb.arrived_ns(origin) >= self.timers.retransmit_ns:
                due.append(lsa)
        if due:
            return self._send(port, tuple(due), "send")
        delay = self._unacked.arm(port, self._now)
        return [] if delay is None else [SetTimer(f"rxmt:{port}", delay)]

    # --- routes ---------------------------------------------------------------------------------

    def _ask_spf(self) -> list[Effect]:
        delay = self._throttle.ask(self._now)
        return [] if delay is None else [SetTimer("spf", delay)]

    def _spf(self) -> list[Effect]:
        from sidr.protocols.ospf.spf import next_hops

        self._throttle.ran(self._now)
        w = self.where
        new = next_hops(self.switch, w.ptr, w.nbr, w.twin, self.lsdb.listed, w.homes)
        changed = np.flatnonzero((new != self._fib).any(axis=1)).tolist()
        self._fib = new
        first = not self._fib_queue
        for group in changed:
            self._fib_queue[group] = new[group].tobytes()
        if not changed or not first:
            return []
        if not self.timers.rib_queue_ns:
            return self._program()
        return [SetTimer("rib", self.timers.rib_queue_ns)]

    def _program(self) -> list[Effect]:
        writes = tuple(FibWrite((g,), hops) for g, hops in sorted(self._fib_queue.items()))
        self._fib_queue.clear()
        return [ProgramFib(writes, work="spf")]
