"""The peers of one speaker: their sessions, from carrier to routes, and what makes them fall.

Sessions follow `session.TABLE` over `connections`. Keepalives and hold timers run on guarded ports
only; elsewhere nothing is ever lost. A session that falls though there is light says so in a
NOTIFICATION, which travels as all messages do, and starts again after a while. Not here: routes,
and what is told to peers (`speaker`, `adverts`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sidr.model.effects import CancelTimer, Effect, Note, SetTimer
from sidr.model.profiles import BgpTimers
from sidr.protocols.bgp.connections import Connections, Fact
from sidr.protocols.bgp.messages import Keepalive, Message, Notification, Open, Update
from sidr.protocols.bgp.session import TABLE, Input, State
from sidr.protocols.pulse import Beat, Pulse

Act = Callable[[int], list[Effect]]

INPUT_OF = {
    Open: Input.OPEN,
    Keepalive: Input.KEEPALIVE,
    Update: Input.UPDATE,
    Notification: Input.NOTIFICATION,
}


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a speaker does about its sessions.

    Attributes:
        up, down: a session is established, or has been lost. hear: a peer has sent an UPDATE.
    """

    up: Act
    down: Act
    hear: Callable[[int, Update], list[Effect]]


class Peers:
    """One speaker's.

    Args:
        guarded: port -> (own slot, the peer's slot), where something may be lost.
        seed: of the trial's life signs.
        connections: with those of established sessions standing.

    Attributes:
        states: of the sessions, by port.
    """

    def __init__(
        self, asn: int, timers: BgpTimers, connections: Connections, react: Reaction, *,
        states: list[State], guarded: Mapping[int, tuple[int, int]], seed: int,
    ) -> None:  # fmt: skip
        self.states = states
        self._asn, self._timers, self._wire, self._react = asn, timers, connections, react
        self._seed = seed
        lively = timers.keepalive_ns and timers.hold_ns  # a hold time of 0: RFC 4271 section 4.4
        self._lively = dict(guarded) if lively else {}
        self.timers: dict[str, Act] = {
            "start": lambda port: self._move(port, Input.START),
            "retry": lambda port: self._move(port, Input.RETRY),
            "hold": lambda port: self._move(port, Input.SILENCE),
            "keepalive": self._keep_alive,
            "syn": connections.dial_again,
        }
        """What runs out, by the first part of the timer's name; the second is the port."""

    # --- inputs ---------------------------------------------------------------------------------

    def go_on(self) -> list[Effect]:
        """A trial at rest begins: life signs go on as if they had always run."""
        pulse = Pulse(self._timers.keepalive_ns, self._timers.hold_ns)
        effects: list[Effect] = []
        for port, slots in self._lively.items():
            own, other = (Beat(self._seed, slot, pulse) for slot in slots)
            left_ns = max(0, other.last_ns + pulse.detect_ns)
            effects.append(SetTimer(f"keepalive:{port}", own.first_ns))
            effects.append(SetTimer(f"hold:{port}", left_ns))
        return effects

    def carrier(self, port: int) -> list[Effect]:
        """The port has light."""
        return self._move(port, Input.CARRIER)

    def carrier_lost(self, port: int) -> list[Effect]:
        """The port is dark."""
        return self._move(port, Input.CARRIER_LOST)

    def detected(self, port: int) -> list[Effect]:
        """BFD hears nothing any more."""
        return self._move(port, Input.DETECTED)

    def receive(self, port: int, message: Message) -> list[Effect]:
        """Something arrives."""
        effects, facts = self._wire.receive(port, message)
        for fact in facts:
            effects = effects + self._take(port, fact)
        return effects

    def _take(self, port: int, fact: Fact) -> list[Effect]:
        if isinstance(fact, Input):
            return self._move(port, fact)
        effects = self._move(port, INPUT_OF[type(fact)])
        if isinstance(fact, Update) and self.states[port] is State.ESTABLISHED:
            return effects + self._react.hear(port, fact)
        return effects

    def _move(self, port: int, what: Input) -> list[Effect]:
        move = TABLE[self.states[port], what]
        self.states[port] = move.state
        if not move.action:
            return []
        action: Act = getattr(self, f"_{move.action}")
        return action(port)

    # --- starting -------------------------------------------------------------------------------

    def _wait(self, port: int) -> list[Effect]:
        return [SetTimer(f"start:{port}", self._timers.session_start_ns)]

    def _connect(self, port: int) -> list[Effect]:
        return self._wire.call(port) + self._listen(port)

    def _listen(self, port: int) -> list[Effect]:
        return [SetTimer(f"retry:{port}", self._timers.connect_retry_ns)]

    def _answer(self, port: int) -> list[Effect]:
        return self._wire.answer(port)

    def _answer_anew(self, port: int) -> list[Effect]:
        return self._quiet(port) + self._wire.answer(port) + self._listen(port)

    def _refuse(self, port: int) -> list[Effect]:
        return self._wire.refuse(port)

    def _open(self, port: int) -> list[Effect]:
        hello = self._wire.send(port, Open(self._asn))
        return [CancelTimer(f"retry:{port}"), *hello, *self._watch(port)]

    def _confirm(self, port: int) -> list[Effect]:
        return self._wire.send(port, Keepalive()) + self._beat(port) + self._watch(port)

    def _establish(self, port: int) -> list[Effect]:
        return self._watch(port) + self._react.up(port)

    # --- life signs -----------------------------------------------------------------------------

    def _watch(self, port: int) -> list[Effect]:
        """The peer has been heard: its time runs anew."""
        if port not in self._lively:
            return []
        return [SetTimer(f"hold:{port}", self._timers.hold_ns)]

    def _beat(self, port: int) -> list[Effect]:
        if port not in self._lively:
            return []
        return [SetTimer(f"keepalive:{port}", self._timers.keepalive_ns)]

    def _keep_alive(self, port: int) -> list[Effect]:
        return self._wire.send(port, Keepalive()) + self._beat(port)

    def _quiet(self, port: int) -> list[Effect]:
        if port not in self._lively:
            return []
        return [CancelTimer(f"keepalive:{port}"), CancelTimer(f"hold:{port}")]

    # --- falling --------------------------------------------------------------------------------

    def _stop(self, port: int) -> list[Effect]:
        """No light."""
        timers: list[Effect] = [CancelTimer(f"start:{port}"), CancelTimer(f"retry:{port}")]
        return timers + self._quiet(port) + self._wire.drop(port)

    def _lose(self, port: int) -> list[Effect]:
        return self._quiet(port) + self._wire.drop(port) + self._react.down(port)

    def _again(self, port: int) -> list[Effect]:
        """There is no connection, or no use in it."""
        retry = CancelTimer(f"retry:{port}")
        return [retry, *self._quiet(port), *self._wire.close(port), *self._wait(port)]

    def _say(self, port: int, reason: str) -> list[Effect]:
        return self._wire.send(port, Notification(reason=reason)) + self._again(port)

    def _give_up(self, port: int) -> list[Effect]:
        return self._say(port, "hold timer expired")

    def _object(self, port: int) -> list[Effect]:
        return self._say(port, "finite state machine error")

    def _fall(self, port: int) -> list[Effect]:
        return self._again(port) + self._react.down(port)

    def _expire(self, port: int) -> list[Effect]:
        note = Note(f"hold timer of port {port} expired", detected=True)
        return [note, *self._give_up(port), *self._react.down(port)]

    def _cease(self, port: int) -> list[Effect]:
        return self._say(port, "BFD down") + self._react.down(port)

    def _protest(self, port: int) -> list[Effect]:
        return self._object(port) + self._react.down(port)
