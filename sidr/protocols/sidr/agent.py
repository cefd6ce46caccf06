"""The SIDR agent: local failover at once, notices to neighbours, slow re-admission.

On loss of light it takes the port out of every group, recomputes the share r of the groups that
used it, and tells its neighbours; it computes no path and waits for nobody. Shares that fall are
announced at once, shares that rise only after the FIB holds what makes them true. Not here yet:
digests, flap damping, planner events. Driven through `handle`; the port's life is `port.TABLE`,
the bookkeeping `view.View`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sidr.forwarding.codec import decode
from sidr.model.effects import CancelTimer, Effect, Note, ProgramFib, Send, SetTimer
from sidr.model.events import (
    Event,
    MessageReceived,
    PortDown,
    PortUp,
    TableArrived,
    TimerFired,
    Told,
)
from sidr.model.plan import FULL
from sidr.model.profiles import SidrTimers
from sidr.protocols.sidr.messages import Hello, Notice, runs_of
from sidr.protocols.sidr.port import TABLE, Input, PortState
from sidr.protocols.sidr.view import View

Shares = list[tuple[int, int]]
LISTENING = (PortState.GREETING, PortState.ADMITTED)
"""States in which the neighbour may already have our vector, so that it needs our changes."""


class Agent:
    """One switch's agent.

    Args:
        switch, ports: its number and how many ports it has.
        timers: hold-up and hello retry.
        table: the encoded table of a running switch, all ports admitted and all neighbours at
            full share; b"" for a switch that has just booted.
        boot: grows with every boot of the switch.
    """

    def __init__(
        self, switch: int, ports: int, timers: SidrTimers, table: bytes = b"", boot: int = 1
    ) -> None:
        self.switch, self.ports, self.timers, self.boot = switch, ports, timers, boot
        running = bool(table)
        self._state = [PortState.ADMITTED if running else PortState.DOWN] * ports
        self._table = table
        self._view: View | None = None
        self._announced: list[int] = []
        self._seq = 0
        self._heard_seq = [0] * ports
        self._token = 0
        self._rising: dict[int, Shares] = {}
        self._handlers: dict[type, Callable[..., Iterable[Effect]]] = {
            PortDown: lambda event: self._port(event.port, Input.LIGHT_LOST),
            PortUp: lambda event: self._port(event.port, Input.LIGHT),
            TimerFired: lambda event: self._port(int(event.name.split(":")[1]), Input.TIMER),
            MessageReceived: self._message,
            TableArrived: self._table_arrived,
            Told: self._told,
        }

    def handle(self, event: Event, now_ns: int) -> Iterable[Effect]:
        """Take in one event; the effects follow at once, in order."""
        handler = self._handlers.get(type(event))
        return handler(event) if handler else ()

    @property
    def view(self) -> View:
        """Table and shares; decoded when first needed, since most switches see no fault."""
        if self._view is None:
            table = decode(self._table, self.switch, self.ports)
            running = self._state.count(PortState.ADMITTED) == self.ports
            admitted = (1 << self.ports) - 1 if running else 0
            self._view = View(table, FULL if running else 0, admitted)
            self._announced = list(self._view.own)
        return self._view

    def _port(self, port: int, what: Input, message: Notice | None = None) -> list[Effect]:
        if not self._table:
            return []
        view = self.view
        move = TABLE[self._state[port], what]
        self._state[port] = move.state
        if not move.action:
            return []
        if move.action in ("admit", "hear"):
            assert message is not None
            return self._hear(view, port, message, admit=move.action == "admit")
        action: Callable[[int], list[Effect]] = getattr(self, f"_{move.action}")
        return action(port)

    def _hold(self, port: int) -> list[Effect]:
        return [SetTimer(f"port:{port}", self.timers.hold_up_ns)]

    def _stop(self, port: int) -> list[Effect]:
        return [CancelTimer(f"port:{port}")]

    def _greet(self, port: int) -> list[Effect]:
        hello = Hello(self.view.table.order_id, self.boot)
        return [Send(port, hello), SetTimer(f"port:{port}", self.timers.hello_retry_ns)]

    def _answer(self, port: int) -> list[Effect]:
        return [Send(port, self._notice(list(enumerate(self._announced)), full=True))]

    def _expel(self, port: int) -> list[Effect]:
        view = self.view
        view.admitted &= ~(1 << port)
        self._heard_seq[port] = 0
        changed = view.refresh(view.groups_over(port))
        return self._settle(
            changed, ProgramFib(expel=(port,), mask_writes=view.classes_using(port))
        )

    def _hear(self, view: View, port: int, notice: Notice, *, admit: bool) -> list[Effect]:
        if not admit and notice.seq <= self._heard_seq[port]:
            return []
        self._heard_seq[port] = notice.seq
        shares = ((g, r) for first, count, r in notice.runs for g in range(first, first + count))
        touched, writes = view.hear(port, shares)
        if not admit:
            changed = view.refresh(touched)
            return self._settle(changed, ProgramFib(tuple(writes))) if writes else []
        view.admitted |= 1 << port
        changed = view.refresh(view.groups_over(port))
        order = ProgramFib(tuple(writes), admit=(port,), mask_writes=view.classes_using(port))
        return [CancelTimer(f"port:{port}"), *self._settle(changed, order)]

    def _settle(self, changed: list[int], order: ProgramFib) -> list[Effect]:
        """Announce what fell now, and what rose when `order` is in the FIB."""
        own, announced = self.view.own, self._announced
        falling = [(g, own[g]) for g in changed if own[g] < announced[g]]
        rising = [(g, own[g]) for g in changed if own[g] > announced[g]]
        effects = self._announce(falling)
        if rising:
            self._token += 1
            self._rising[self._token] = rising
            order = ProgramFib(order.writes, order.expel, order.admit, order.mask_writes,
                               token=self._token)  # fmt: skip
        effects.append(order)
        return effects

    def _told(self, event: Told) -> list[Effect]:
        own, announced = self.view.own, self._announced
        rising = self._rising.pop(event.value, [])
        return self._announce([(g, min(r, own[g])) for g, r in rising
                               if min(r, own[g]) > announced[g]])  # fmt: skip

    def _announce(self, shares: Shares) -> list[Effect]:
        if not shares:
            return []
        for g, r in shares:
            self._announced[g] = r
        notice = self._notice(shares)
        return [Send(p, notice) for p in range(self.ports) if self._state[p] in LISTENING]

    def _notice(self, shares: Shares, *, full: bool = False) -> Notice:
        table = self.view.table
        self._seq += 1
        return Notice(table.order_id, table.epoch, self.switch, self.boot, self._seq,
                      runs_of(shares), full)  # fmt: skip

    def _message(self, event: MessageReceived) -> list[Effect]:
        message = event.message
        if not self._table or not isinstance(message, Hello | Notice):
            return []
        if message.order_id != self.view.table.order_id:
            return [Note(f"ignored: order {message.order_id:x} is not ours")]
        if isinstance(message, Hello):
            return self._port(event.port, Input.HELLO)
        return self._port(event.port, Input.VECTOR if message.full else Input.NOTICE, message)

    def _table_arrived(self, event: TableArrived) -> list[Effect]:
        if self._table:
            return [Note("ignored: a table is already here")]
        self._table = event.table
        assert self.view is not None
        return []
