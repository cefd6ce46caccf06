"""An OSPF router, one per switch: its neighbours, and what is asked of flooding and routes.

The way of a fault: carrier loss, or silence -> adjacency down -> own router-LSA again (`flood`) ->
hop by hop through the fabric -> SPF when it may run -> zebra's RIB queue -> FIB (`routes`).
Neighbours follow `neighbour.TABLE`; hellos (`hello`) find them, and their databases are compared
step by step (`exchange`) before an adjacency counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sidr.model.effects import CancelTimer, Effect, Note, Send, SetTimer
from sidr.model.events import Event, MessageReceived, PortDown, PortUp, TimerFired, Told
from sidr.model.plan import U8
from sidr.model.profiles import OspfTimers
from sidr.protocols.ospf.exchange import Exchange
from sidr.protocols.ospf.flood import Flood
from sidr.protocols.ospf.hello import Hellos
from sidr.protocols.ospf.lsdb import Lsdb
from sidr.protocols.ospf.messages import DbDesc, Hello, LsAck, LsRequest, LsUpdate
from sidr.protocols.ospf.neighbour import FLOODING, TABLE, Input, State
from sidr.protocols.ospf.routes import Interfaces, Routes


class Router:
    """One switch's ospfd.

    Args:
        switch: its number. where: what interface ids mean.
        lsdb: what it knows. fib: uint8[g, ports], its ECMP members now.
        phases_ns: per port, the phase of the retransmission timer.
        adjacent: all adjacencies are full (converged start).
        exercised, seed: see `hello.Hellos`.

    Attributes:
        states: of its neighbours, by port.
    """

    def __init__(
        self, switch: int, where: Interfaces, lsdb: Lsdb, timers: OspfTimers, *,
        fib: U8, phases_ns: Sequence[int], adjacent: bool,
        exercised: Mapping[int, tuple[int, int]], seed: int,
    ) -> None:  # fmt: skip
        self.switch, self.where, self.lsdb, self.timers = switch, where, lsdb, timers
        first = int(where.ptr[switch])
        self._first = first
        self.states = [State.FULL if adjacent else State.DARK] * len(phases_ns)
        self._exchanges: dict[int, Exchange] = {}
        self._hellos = Hellos(switch, timers, exercised, seed)
        self._routes = Routes(switch, where, lsdb, timers, fib)
        self._flood = Flood(
            switch, first, lsdb, timers, routes=self._routes, states=self.states,
            exchanges=self._exchanges, phases_ns=phases_ns,
        )  # fmt: skip
        self._now = 0
        self._port_timers: dict[str, Callable[[int], list[Effect]]] = {
            "hello": self._hellos.send,
            "dead": self._silence,
            "again": self._again,
            "rxmt": lambda port: self._flood.retransmit(port, self._now),
        }
        self._own_timers: dict[str, Callable[[int], list[Effect]]] = {
            "lsa": self._flood.due,
            **self._routes.timers,
        }
        self._messages: dict[type, Callable[..., list[Effect]]] = {
            Hello: self._hello,
            DbDesc: self._described,
            LsRequest: self._asked,
            LsUpdate: self._update,
            LsAck: self._ack,
        }
        self._told: dict[tuple[str, str], Callable[[int], list[Effect]]] = {
            ("bfd", "down"): lambda port: self._move(port, Input.KILLED),
            ("bfd", "up"): lambda _: [],
            ("driver", "started"): lambda _: self._started(),
        }
        self._handlers: dict[type, Callable[..., Iterable[Effect]]] = {
            PortDown: lambda event: self._move(event.port, Input.CARRIER_LOST),
            PortUp: lambda event: self._move(event.port, Input.CARRIER),
            TimerFired: self._timer,
            MessageReceived: lambda e: self._messages[type(e.message)](e.port, e.message),
            Told: lambda event: self._told[event.core, event.fact](event.value),
        }

    def handle(self, event: Event, now_ns: int) -> Iterable[Effect]:
        """Take in one event; the effects follow at once, in order."""
        self._now = now_ns
        handler = self._handlers.get(type(event))
        return handler(event) if handler else ()

    def _timer(self, event: TimerFired) -> list[Effect]:
        name, _, port = event.name.partition(":")
        return self._port_timers[name](int(port)) if port else self._own_timers[name](self._now)

    def _started(self) -> list[Effect]:
        """A trial at rest begins."""
        full = (p for p, state in enumerate(self.states) if state is State.FULL)
        return self._hellos.go_on({p: int(self.where.nbr[self._first + p]) for p in full})

    # --- neighbours -----------------------------------------------------------------------------

    def _move(self, port: int, what: Input) -> list[Effect]:
        move = TABLE[self.states[port], what]
        self.states[port] = move.state
        if not move.action:
            return []
        action: Callable[[int], list[Effect]] = getattr(self, f"_{move.action}")
        return action(port)

    def _hello(self, port: int, message: Hello) -> list[Effect]:
        effects = self._move(port, Input.HELLO)
        if self.states[port] is State.DARK:
            return effects
        self._hellos.know(port, message.router)
        seen = self.switch in message.heard
        return effects + self._move(port, Input.TWO_WAY if seen else Input.ONE_WAY)

    def _silence(self, port: int) -> list[Effect]:
        note = Note(f"port {port}: no hello for the dead interval", detected=True)
        return [note, *self._move(port, Input.SILENCE)]

    def _greet(self, port: int) -> list[Effect]:
        return self._hellos.send(port)

    def _attend(self, port: int) -> list[Effect]:
        return self._hellos.watch(port)

    def _drop(self, port: int) -> list[Effect]:
        """What the adjacency held is void; the neighbour is still there."""
        self._flood.unacked.clear(port)
        if port in self._exchanges:
            self._exchanges[port].clear()
        return [CancelTimer(f"again:{port}")]

    def _forget(self, port: int) -> list[Effect]:
        return [*self._drop(port), *self._hellos.forget(port)]

    def _hush(self, port: int) -> list[Effect]:
        return [CancelTimer(f"hello:{port}"), *self._forget(port)]

    def _lose(self, port: int) -> list[Effect]:
        gone = self._forget if self.states[port] is State.DOWN else self._drop
        return [*gone(port), *self._flood.originate(self._now)]

    def _lose_link(self, port: int) -> list[Effect]:
        instances = self.timers.instances_per_fault
        return [*self._hush(port), *self._flood.originate(self._now, instances)]

    def _adopt(self, port: int) -> list[Effect]:
        """The adjacency is full, and all are told."""
        rest = self._hellos.rest(port)
        return [CancelTimer(f"again:{port}"), *rest, *self._flood.originate(self._now)]

    # --- exchange of databases ------------------------------------------------------------------

    def _negotiate(self, port: int) -> list[Effect]:
        exchange = self._exchanges.setdefault(port, Exchange(self.switch))
        self._flood.unacked.clear(port)
        return self._insist(port, exchange.begin(self._now))

    def _lose_and_negotiate(self, port: int) -> list[Effect]:
        return [*self._flood.originate(self._now), *self._negotiate(port)]

    def _insist(self, port: int, message: DbDesc | LsRequest) -> list[Effect]:
        """Send something that is sent again until it is answered."""
        return [Send(port, message), SetTimer(f"again:{port}", self.timers.retransmit_ns)]

    def _again(self, port: int) -> list[Effect]:
        if self.states[port] is State.LOADING:
            return self._request(port)
        return self._insist(port, self._exchanges[port].sent)

    def _described(self, port: int, packet: DbDesc) -> list[Effect]:
        effects: list[Effect] = []
        if self.states[port] is State.INIT:  # our hello has arrived, theirs is under way
            effects = self._move(port, Input.TWO_WAY)
        state = self.states[port]
        if state is State.EX_START:
            if not self._exchanges[port].settle(packet):
                return effects
            return effects + self._move(port, Input.NEGOTIATED) + self._compare(port, packet)
        if state not in FLOODING:
            return effects
        exchange = self._exchanges.get(port)
        if exchange and exchange.is_repeated(packet):
            return [] if exchange.master else [Send(port, exchange.sent)]
        if exchange and state is State.EXCHANGE and exchange.is_next(packet):
            return self._compare(port, packet)
        return self._move(port, Input.MISMATCH)

    def _describe(self, port: int) -> list[Effect]:
        """It is clear who is the master: the database as it is now will be described."""
        exchange = self._exchanges[port]
        exchange.describe([lsa.header for lsa in self.lsdb.all()])
        self._flood.unacked.begin(port, self._now)
        return [] if exchange.master else [CancelTimer(f"again:{port}")]

    def _compare(self, port: int, packet: DbDesc) -> list[Effect]:
        exchange = self._exchanges[port]
        answer, done = exchange.take(packet, self.lsdb)
        effects: list[Effect] = []
        if answer is not None:
            effects = self._insist(port, answer) if exchange.master else [Send(port, answer)]
        return effects + self._move(port, Input.EXCHANGED) if done else effects

    def _request(self, port: int) -> list[Effect]:
        wanted = tuple(sorted(self._exchanges[port].wanted))
        if not wanted:
            return self._move(port, Input.LOADED)
        return self._insist(port, LsRequest(wanted))

    def _asked(self, port: int, message: LsRequest) -> list[Effect]:
        if self.states[port] not in FLOODING:
            return []
        lsas = [self.lsdb.get(origin) for origin in message.origins]
        found = [lsa for lsa in lsas if lsa is not None]
        if len(found) < len(lsas):
            return self._move(port, Input.BAD_REQUEST)
        return self._flood.answer(port, found, self._now)

    # --- flooding -------------------------------------------------------------------------------

    def _update(self, port: int, message: LsUpdate) -> list[Effect]:
        if self.states[port] not in FLOODING:
            return []
        if self._flood.is_stale_answer(port, message.lsas):
            return self._move(port, Input.BAD_REQUEST)
        return self._flood.take(port, message.lsas, self._now) + self._loaded()

    def _loaded(self) -> list[Effect]:
        """Adjacencies for which nothing more is wanted are full."""
        loading = [p for p in self._exchanges if self.states[p] is State.LOADING]
        done = [p for p in loading if not self._exchanges[p].wanted]
        return [effect for p in done for effect in self._move(p, Input.LOADED)]

    def _ack(self, port: int, message: LsAck) -> list[Effect]:
        for origin, seq in message.entries:
            self._flood.unacked.acknowledge(port, origin, seq)
        return []
