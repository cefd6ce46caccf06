"""A switch's BFD: a session per port, life signs out, silence noticed.

A session that is up sends by its Beat; one that is not sends slowly (RFC 5880 section 6.8.3). The
protocol beside it is told `down` when an up session falls and `up` when it stands; carrier loss is
told by the port itself, not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sidr.model.effects import HELLO, CancelTimer, Effect, Send, SetTimer, Tell
from sidr.model.events import Event, MessageReceived, PortDown, PortUp, TimerFired, Told
from sidr.protocols.bfd.messages import Packet
from sidr.protocols.bfd.session import TABLE, Input, State
from sidr.protocols.pulse import Beat, Pulse

SLOW_NS = 1_000_000_000
"""Least interval of a session that is not up (RFC 5880 section 6.8.3)."""

OWNER = "main"
"""The core beside this one that is told."""

HEARD = {
    State.DOWN.value: Input.HEARD_DOWN,
    State.INIT.value: Input.HEARD_INIT,
    State.UP.value: Input.HEARD_UP,
}


class Detector:
    """One switch's sessions.

    Args:
        slots: port -> (own slot, the neighbour's slot) of the ports that have a session.
        seed: of the trial's life signs.
        heeds_down, running: see `bfd.detectors`.
    """

    def __init__(
        self,
        slots: Mapping[int, tuple[int, int]],
        pulse: Pulse,
        *,
        seed: int,
        heeds_down: bool,
        running: bool,
    ) -> None:
        self._pulse, self._heeds_down = pulse, heeds_down
        self._state = dict.fromkeys(slots, State.UP if running else State.DARK)
        self._beat = {p: Beat(seed, own, pulse) for p, (own, _) in slots.items()}
        self._heard_ns = {p: Beat(seed, other, pulse).last_ns for p, (_, other) in slots.items()}
        self._timers: dict[str, Callable[[int], list[Effect]]] = {
            "tx": self._send,
            "rx": lambda port: self._move(port, Input.SILENCE),
        }
        self._handlers: dict[type, Callable[..., Iterable[Effect]]] = {
            PortDown: lambda event: self._move(event.port, Input.CARRIER_LOST),
            PortUp: lambda event: self._move(event.port, Input.CARRIER),
            TimerFired: self._timer,
            MessageReceived: self._packet,
            Told: lambda _: self._started(),
        }

    def handle(self, event: Event, now_ns: int) -> Iterable[Effect]:
        """Take in one event; the effects follow at once, in order."""
        handler = self._handlers.get(type(event))
        return handler(event) if handler else ()

    def _timer(self, event: TimerFired) -> list[Effect]:
        name, _, port = event.name.partition(":")
        return self._timers[name](int(port))

    def _started(self) -> list[Effect]:
        """A trial at rest begins: every session goes on as if it had always run."""
        effects: list[Effect] = []
        for port, beat in self._beat.items():
            effects.append(SetTimer(f"tx:{port}", beat.first_ns))
            left_ns = self._heard_ns[port] + self._pulse.detect_ns
            effects.append(SetTimer(f"rx:{port}", max(0, left_ns)))
        return effects

    def _packet(self, event: MessageReceived) -> list[Effect]:
        assert isinstance(event.message, Packet), event
        heard = HEARD[event.message.state]
        is_up = self._state.get(event.port) is State.UP
        if heard is Input.HEARD_DOWN and is_up and not self._heeds_down:
            return []
        return self._move(event.port, heard)

    def _move(self, port: int, what: Input) -> list[Effect]:
        if port not in self._state:
            return []
        move = TABLE[self._state[port], what]
        self._state[port] = move.state
        if not move.action:
            return []
        action: Callable[[int], list[Effect]] = getattr(self, f"_{move.action}")
        return action(port)

    def _send(self, port: int) -> list[Effect]:
        """A life sign now, and the timer of the next."""
        state = self._state[port]
        delay = self._beat[port].next_ns()
        if state is not State.UP:
            delay = max(delay, SLOW_NS)
        return [Send(port, Packet(state.value), HELLO), SetTimer(f"tx:{port}", delay)]

    def _hear(self, port: int) -> list[Effect]:
        return [SetTimer(f"rx:{port}", self._pulse.detect_ns)]

    def _begin(self, port: int) -> list[Effect]:
        return self._send(port)

    def _answer(self, port: int) -> list[Effect]:
        return [*self._hear(port), *self._send(port)]

    def _rise(self, port: int) -> list[Effect]:
        return [*self._hear(port), *self._send(port), Tell(OWNER, "up", port)]

    def _fall(self, port: int) -> list[Effect]:
        return [CancelTimer(f"rx:{port}"), *self._send(port), Tell(OWNER, "down", port)]

    def _stop(self, port: int) -> list[Effect]:
        return [CancelTimer(f"rx:{port}"), CancelTimer(f"tx:{port}")]
