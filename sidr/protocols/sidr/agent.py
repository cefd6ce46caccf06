"""The SIDR agent: local failover at once, notices to neighbours, slow re-admission.

On loss of light, or of its life signs, it takes a port out of every group, recomputes the share r
of the groups that used it, and tells its neighbours; it computes no path and waits for nobody.
Shares that fall are announced at once, shares that rise only after the FIB holds what makes them
true. Digests find what was lost under way. The planner is told what happened, and may send another
table of the same order; correctness never depends on it. Driven through `handle`; the port's life
is `port.TABLE`, the bookkeeping `view.View` and `hearing.Hearing`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from sidr.errors import PlanError
from sidr.forwarding.codec import decode, mask_size
from sidr.model.effects import (
    HELLO,
    MANAGEMENT,
    CancelTimer,
    Effect,
    Note,
    ProgramFib,
    Send,
    SetTimer,
)
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
from sidr.protocols.sidr.damping import Damping
from sidr.protocols.sidr.hearing import Hearing
from sidr.protocols.sidr.messages import (
    Banded,
    Digest,
    Fetch,
    Hello,
    Notice,
    Poll,
    Ports,
    digest_of,
    runs_of,
)
from sidr.protocols.sidr.port import LISTENING, TABLE, Input, PortState
from sidr.protocols.sidr.view import View

Shares = list[tuple[int, int]]


class Agent:
    """One switch's agent.

    Args:
        switch, ports: its number and how many ports it has.
        timers: hold-up, damping, hello retry, digests.
        table: the encoded table of a running switch, all ports admitted and all neighbours at
            full share; b"" for a switch that has just booted.
        boot: another one with every boot of the switch.
        exercised: ports on which something may be lost, so that digests go out there.
    """

    def __init__(
        self,
        switch: int,
        ports: int,
        timers: SidrTimers,
        table: bytes = b"",
        *,
        boot: int = 1,
        exercised: Collection[int] = (),
    ) -> None:
        self.switch, self.ports, self.timers, self.boot = switch, ports, timers, boot
        running = bool(table)
        self._state = [PortState.ADMITTED if running else PortState.DOWN] * ports
        self._table, self._exercised = table, sorted(exercised)
        self._view: View | None = None
        self._announced: list[int] = []
        self._seq = self._reports = self._token = self._term = 0
        self._hearing: dict[int, Hearing] = {}
        self._damping: dict[int, Damping] = {}
        self._rising: dict[int, Shares] = {}
        self._timers: dict[str, Callable[[str], list[Effect]]] = {
            "port": lambda port: self._port(int(port), Input.TIMER),
            "digest": lambda _: self._digests(),
        }
        self._told: dict[tuple[str, str], Callable[[int], Iterable[Effect]]] = {
            ("fib", "written"): self._written,
            ("bfd", "down"): lambda port: self._port(port, Input.SILENCE),
            ("bfd", "up"): lambda port: self._port(port, Input.SOUND),
            ("driver", "started"): lambda _: self._tick(),
        }
        self._handlers: dict[type, Callable[..., Iterable[Effect]]] = {
            PortDown: lambda event: self._port(event.port, Input.LIGHT_LOST),
            PortUp: lambda event: self._port(event.port, Input.LIGHT),
            TimerFired: self._timer,
            MessageReceived: self._message,
            TableArrived: self._table_arrived,
            Told: lambda event: self._told[event.core, event.fact](event.value),
        }
        self._now = 0

    def handle(self, event: Event, now_ns: int) -> Iterable[Effect]:
        """Take in one event; the effects follow at once, in order."""
        self._now = now_ns
        handler = self._handlers.get(type(event))
        return handler(event) if handler else ()

    def _timer(self, event: TimerFired) -> list[Effect]:
        name, _, rest = event.name.partition(":")
        return self._timers[name](rest)

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

    # --- ports ----------------------------------------------------------------------------------

    def _port(self, port: int, what: Input, message: Notice | Digest | None = None) -> list[Effect]:
        if not self._table:
            return []
        assert self.view is not None  # made from the state before this event
        move = TABLE[self._state[port], what]
        self._state[port] = move.state
        if not move.action:
            return []
        if message is not None and move.action in ("admit", "hear", "compare"):
            heard: Callable[..., list[Effect]] = getattr(self, f"_{move.action}")
            return heard(port, message)
        action: Callable[[int], list[Effect]] = getattr(self, f"_{move.action}")
        return action(port)

    def _hold(self, port: int) -> list[Effect]:
        return [SetTimer(f"port:{port}", self._falls(port).hold_up_ns())]

    def _fall(self, port: int) -> list[Effect]:
        self._falls(port).fall(self._now)
        return [CancelTimer(f"port:{port}")]

    def _falls(self, port: int) -> Damping:
        return self._damping.setdefault(port, Damping(self.timers))

    def _greet(self, port: int) -> list[Effect]:
        hello = Hello(self.view.table.order_id, self.boot)
        return [Send(port, hello), SetTimer(f"port:{port}", self.timers.hello_retry_ns)]

    def _answer(self, port: int) -> list[Effect]:
        return [Send(port, self._notice(enumerate(self._announced), full=True))]

    def _expel(self, port: int) -> list[Effect]:
        view = self.view
        self._falls(port).fall(self._now)
        view.admitted &= ~(1 << port)
        changed = view.refresh(view.groups_over(port))
        order = ProgramFib(expel=(port,), mask_writes=view.classes_using(port))
        return [*self._settle(changed, order), self._report()]

    def _expel_and_hold(self, port: int) -> list[Effect]:
        return [*self._expel(port), *self._hold(port)]

    # --- what neighbours say --------------------------------------------------------------------

    def _heard(self, port: int) -> Hearing:
        if port not in self._hearing:
            self._hearing[port] = Hearing(self.view.table)
        return self._hearing[port]

    def _admit(self, port: int, notice: Notice) -> list[Effect]:
        view = self.view
        self._heard(port).take(notice)
        _, writes = view.hear(port, notice.shares())
        view.admitted |= 1 << port
        changed = view.refresh(view.groups_over(port))
        order = ProgramFib(tuple(writes), admit=(port,), mask_writes=view.classes_using(port))
        settled = self._settle(changed, order)
        return [CancelTimer(f"port:{port}"), *settled, self._report()]

    def _hear(self, port: int, notice: Notice) -> list[Effect]:
        view = self.view
        if not self._heard(port).take(notice):
            return []
        touched, writes = view.hear(port, notice.shares())
        changed = view.refresh(touched)
        return self._settle(changed, ProgramFib(tuple(writes))) if writes else []

    def _compare(self, port: int, digest: Digest) -> list[Effect]:
        if self._heard(port).agrees(digest):
            return []
        return [Send(port, Fetch(self.view.table.order_id, self.boot))]

    def _message(self, event: MessageReceived) -> list[Effect]:
        port, message = event.port, event.message
        if isinstance(message, Poll):
            return [self._report()]
        if not self._table or not isinstance(message, Banded):
            return []
        if message.order_id != self.view.table.order_id:
            return [Note(f"ignored: order {message.order_id:x} is not ours")]
        effects: list[Effect] = []
        if self._heard(port).is_strange(message.boot):
            effects = self._port(port, Input.STRANGER)
            self._heard(port).meet(message.boot)
        if isinstance(message, Notice):
            what = Input.VECTOR if message.full else Input.NOTICE
            return effects + self._port(port, what, message)
        if isinstance(message, Digest):
            return effects + self._port(port, Input.DIGEST, message)
        asked = Input.HELLO if isinstance(message, Hello) else Input.FETCH
        return effects + self._port(port, asked)

    # --- what neighbours are told ---------------------------------------------------------------

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
                               token=self._token, table=order.table)  # fmt: skip
        effects.append(order)
        return effects

    def _written(self, token: int) -> list[Effect]:
        own, announced = self.view.own, self._announced
        rising = self._rising.pop(token, [])
        return self._announce([(g, min(r, own[g])) for g, r in rising
                               if min(r, own[g]) > announced[g]])  # fmt: skip

    def _announce(self, shares: Shares) -> list[Effect]:
        if not shares:
            return []
        for g, r in shares:
            self._announced[g] = r
        self._seq += 1
        notice = self._notice(shares)
        return [Send(p, notice) for p in range(self.ports) if self._state[p] in LISTENING]

    def _notice(self, shares: Iterable[tuple[int, int]], *, full: bool = False) -> Notice:
        table = self.view.table
        return Notice(table.order_id, table.epoch, self.switch, self.boot, self._seq,
                      runs_of(shares), full)  # fmt: skip

    def _tick(self) -> list[Effect]:
        """The next digests, where anything may be lost."""
        if not self._exercised or not self.timers.digest_ns:
            return []
        return [SetTimer("digest", self.timers.digest_ns)]

    def _digests(self) -> list[Effect]:
        view = self.view
        digest = Digest(view.table.order_id, self.boot, self._seq, digest_of(self._announced))
        listening = (p for p in self._exercised if self._state[p] in LISTENING)
        return [*(Send(p, digest, HELLO) for p in listening), *self._tick()]

    # --- the planner ----------------------------------------------------------------------------

    def _report(self) -> Effect:
        self._reports += 1
        admitted = self.view.admitted if self._table else 0
        mask = admitted.to_bytes(mask_size(self.ports), "little")
        return Send(MANAGEMENT, Ports(self.boot, self._reports, mask))

    def _table_arrived(self, event: TableArrived) -> list[Effect]:
        if not self._table:
            self._table, self._term = event.table, event.term
            assert self.view is not None
            return self._tick()
        view = self.view
        try:
            table = decode(event.table, self.switch, self.ports)
        except PlanError as error:
            return [Note(f"ignored: {error}")]
        if table.order_id != view.table.order_id:
            return [Note(f"ignored: a table of order {table.order_id:x}")]
        age, ours = (event.term, table.epoch), (self._term, view.table.epoch)
        if age < ours or (age == ours and table.digest == view.table.digest):
            return [Note(f"ignored: epoch {table.epoch} is not newer than {view.table.epoch}")]
        self._term = event.term
        self._table = event.table
        changed = view.adopt(table)
        order = ProgramFib(mask_writes=len(table.classes), table=event.table)
        return self._settle(changed, order)
