"""A BGP speaker, one per switch, with FRR's queues as profile parameters.

The way of a lost route: carrier loss -> session falls -> clear-node queue (per peer) -> routes of
the peer removed -> best-path queue (one per speaker) -> UPDATEs at once (or after MRAI) and,
for the own FIB, zebra's RIB queue. Every queue holds for a fixed time from its first item and then
handles all that has come together; 0 = at once. Sessions follow `session.TABLE`, routes `rib.Rib`.
Not here yet: hold and keepalive timers, coalescing at session start, MRAI jitter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sidr.model.effects import CancelTimer, Effect, FibWrite, ProgramFib, Send, SetTimer
from sidr.model.events import Event, MessageReceived, PortDown, PortUp, TimerFired
from sidr.model.profiles import BgpTimers
from sidr.protocols.bgp.messages import Open, Update
from sidr.protocols.bgp.rib import Rib
from sidr.protocols.bgp.session import TABLE, Input, State


class Speaker:
    """One switch's bgpd.

    Args:
        rib: its tables, from nothing or converged.
        timers: BGP's timers and FRR's queues.
        established: all sessions are up (converged start).
    """

    def __init__(self, rib: Rib, timers: BgpTimers, *, established: bool) -> None:
        self.rib, self.timers = rib, timers
        first = State.ESTABLISHED if established else State.IDLE
        self._state = [first] * rib.ports
        self._best_queue: set[int] = set()
        self._fib_queue: dict[int, bytes] = {}
        self._held: dict[int, set[int]] = {}
        self._timer_handlers: dict[str, Callable[[int], list[Effect]]] = {
            "session": lambda port: self._session(port, Input.TIMER),
            "clear": self._clear,
            "best": lambda _: self._decide(),
            "rib": lambda _: self._program(),
            "mrai": self._release,
        }
        self._handlers: dict[type, Callable[..., Iterable[Effect]]] = {
            PortDown: lambda event: self._session(event.port, Input.CARRIER_LOST),
            PortUp: lambda event: self._session(event.port, Input.CARRIER),
            TimerFired: self._timer,
            MessageReceived: self._message,
        }

    def handle(self, event: Event, now_ns: int) -> Iterable[Effect]:
        """Take in one event; the effects follow at once, in order."""
        handler = self._handlers.get(type(event))
        return handler(event) if handler else ()

    def _timer(self, event: TimerFired) -> list[Effect]:
        name, _, port = event.name.partition(":")
        return self._timer_handlers[name](int(port or 0))

    def _message(self, event: MessageReceived) -> list[Effect]:
        port, message = event.port, event.message
        if isinstance(message, Update):
            known = self._state[port] is State.ESTABLISHED
            if known and self.rib.hear(port, message.group, message.path):
                return self._queue_best([message.group])
            return []
        assert isinstance(message, Open), message
        if message.answer and self._state[port] is State.ESTABLISHED:
            return []
        return self._session(port, Input.OPEN)

    # --- sessions -------------------------------------------------------------------------------

    def _session(self, port: int, what: Input) -> list[Effect]:
        move = TABLE[self._state[port], what]
        self._state[port] = move.state
        if not move.action:
            return []
        action: Callable[[int], list[Effect]] = getattr(self, f"_{move.action}")
        return action(port)

    def _start(self, port: int) -> list[Effect]:
        return [SetTimer(f"session:{port}", self.timers.session_setup_ns)]

    def _stop(self, port: int) -> list[Effect]:
        return [CancelTimer(f"session:{port}")]

    def _open(self, port: int) -> list[Effect]:
        retry = SetTimer(f"session:{port}", self.timers.connect_retry_ns)
        return [Send(port, Open(self.rib.asn)), retry]

    def _open_and_establish(self, port: int) -> list[Effect]:
        return [Send(port, Open(self.rib.asn)), *self._establish(port)]

    def _establish(self, port: int) -> list[Effect]:
        self.rib.new_peer(port)
        routes = self._advertise(range(self.rib.groups), [port])
        return [CancelTimer(f"session:{port}"), *routes]

    def _establish_again(self, port: int) -> list[Effect]:
        lost = self._queue_best(self.rib.forget(port))
        return [Send(port, Open(self.rib.asn, answer=True)), *lost, *self._establish(port)]

    def _drop(self, port: int) -> list[Effect]:
        self._held.pop(port, None)
        effects: list[Effect] = [CancelTimer(f"mrai:{port}")]
        if self.timers.clear_queue_ns:
            return [*effects, SetTimer(f"clear:{port}", self.timers.clear_queue_ns)]
        return effects + self._clear(port)

    def _clear(self, port: int) -> list[Effect]:
        return self._queue_best(self.rib.forget(port))

    # --- decision -------------------------------------------------------------------------------

    def _queue_best(self, groups: list[int]) -> list[Effect]:
        if not groups:
            return []
        first = not self._best_queue
        self._best_queue.update(groups)
        if not self.timers.best_path_queue_ns:
            return self._decide()
        return [SetTimer("best", self.timers.best_path_queue_ns)] if first else []

    def _decide(self) -> list[Effect]:
        groups = sorted(self._best_queue)
        self._best_queue.clear()
        changed = []
        queued = bool(self._fib_queue)
        for group in groups:
            is_new, hops = self.rib.decide(group)
            if is_new:
                changed.append(group)
            if hops is not None:
                self._fib_queue[group] = hops
        peers = [p for p, state in enumerate(self._state) if state is State.ESTABLISHED]
        effects = self._advertise(changed, peers)
        if not self._fib_queue or queued:
            return effects
        if not self.timers.rib_queue_ns:
            return effects + self._program()
        return [*effects, SetTimer("rib", self.timers.rib_queue_ns)]

    def _program(self) -> list[Effect]:
        writes = tuple(FibWrite((g,), hops) for g, hops in sorted(self._fib_queue.items()))
        self._fib_queue.clear()
        return [ProgramFib(writes, work="install")]

    # --- advertisement --------------------------------------------------------------------------

    def _advertise(self, groups: Iterable[int], peers: list[int]) -> list[Effect]:
        """Tell peers what is new of some groups; a peer whose MRAI runs hears it when it ends."""
        effects: list[Effect] = []
        told = set()
        for group in groups:
            for port in peers:
                if port in self._held:
                    self._held[port].add(group)
                    continue
                path = self.rib.send(port, group)
                if path is not None:
                    effects.append(Send(port, Update(group, path)))
                    told.add(port)
        return effects + self._hold(sorted(told))

    def _hold(self, ports: list[int]) -> list[Effect]:
        """Start the MRAI of peers that were just told something."""
        if not self.timers.mrai_ns:
            return []
        for port in ports:
            self._held[port] = set()
        return [SetTimer(f"mrai:{port}", self.timers.mrai_ns) for port in ports]

    def _release(self, port: int) -> list[Effect]:
        """The MRAI ends: what has changed meanwhile goes out, in its newest form."""
        return self._advertise(sorted(self._held.pop(port, set())), [port])
