"""When the next SPF runs: the back-off of RFC 8405 as one table.

Quiet networks react at once to a first fault, soon to what comes with it, and slowly to what goes
on for longer than a router needs to learn of it all. Its rival, FRR's own, is `throttle`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from sidr.model.effects import CancelTimer, Effect, SetTimer
from sidr.model.profiles import OspfTimers


class State(Enum):
    """As in RFC 8405, section 5."""

    QUIET = "QUIET"
    SHORT_WAIT = "SHORT_WAIT"
    LONG_WAIT = "LONG_WAIT"


class Input(Enum):
    """What can happen; running an SPF changes no state."""

    NEWS = "IGP event"
    LEARNT = "LEARN_TIMER expired"
    HELD = "HOLDDOWN_TIMER expired"


class Move(NamedTuple):
    """The next state and the method that acts."""

    state: State
    action: str = ""


S, I = State, Input
TABLE: dict[tuple[State, Input], Move] = {
    (S.QUIET, I.NEWS): Move(S.SHORT_WAIT, "wake"),
    (S.SHORT_WAIT, I.NEWS): Move(S.SHORT_WAIT, "soon"),
    (S.SHORT_WAIT, I.LEARNT): Move(S.LONG_WAIT),
    (S.SHORT_WAIT, I.HELD): Move(S.QUIET, "rest"),
    (S.LONG_WAIT, I.NEWS): Move(S.LONG_WAIT, "late"),
    (S.LONG_WAIT, I.HELD): Move(S.QUIET),
}
"""The transitions 1 to 6 of section 5.3. The learn timer runs in SHORT_WAIT only, the hold-down
timer never in QUIET, so the other pairs cannot come about."""


class Backoff:
    """The machine of one router.

    Attributes:
        timers: its timers by name, and what their ends do.
    """

    def __init__(self, timers: OspfTimers) -> None:
        self._timers = timers
        self._state = State.QUIET
        self._waiting = False
        self.timers: dict[str, Callable[[int], list[Effect]]] = {
            "learn": lambda _: self._move(Input.LEARNT),
            "holddown": lambda _: self._move(Input.HELD),
        }

    def ask(self, now_ns: int) -> list[Effect]:
        """An SPF is wanted; its timer is `spf`."""
        return self._move(Input.NEWS)

    def ran(self, now_ns: int) -> None:
        """The SPF runs now."""
        self._waiting = False

    def _move(self, what: Input) -> list[Effect]:
        move = TABLE[self._state, what]
        self._state = move.state
        if not move.action:
            return []
        action: Callable[[], list[Effect]] = getattr(self, f"_{move.action}")
        return action()

    def _wake(self) -> list[Effect]:
        learn = SetTimer("learn", self._timers.spf_learn_ns)
        return [*self._spf_in(self._timers.spf_delay_ns), learn, self._hold()]

    def _soon(self) -> list[Effect]:
        return [*self._spf_in(self._timers.spf_hold_ns), self._hold()]

    def _late(self) -> list[Effect]:
        return [*self._spf_in(self._timers.spf_hold_max_ns), self._hold()]

    def _rest(self) -> list[Effect]:
        return [CancelTimer("learn")]

    def _spf_in(self, delay_ns: int) -> list[Effect]:
        """An SPF after a delay, unless one waits already."""
        if self._waiting:
            return []
        self._waiting = True
        return [SetTimer("spf", delay_ns)]

    def _hold(self) -> Effect:
        return SetTimer("holddown", self._timers.spf_holddown_ns)
