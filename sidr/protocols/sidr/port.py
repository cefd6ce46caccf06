"""The life of a port at an agent, as one table: down acts at once, up is slow (make before break).

A returning port is admitted only after light (or life signs) for the hold-up time, a Hello that
the neighbour answered, and the neighbour's full vector. How long the hold-up time is, `damping`
says. The names of actions are methods of the agent.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class PortState(Enum):
    """DOWN: no light. SILENT: light, but one end does not hear the other. HOLD_UP: both, waiting.
    GREETING: Hello sent, waiting for the neighbour's vector. ADMITTED: in the forwarding groups."""

    DOWN = "down"
    SILENT = "silent"
    HOLD_UP = "hold-up"
    GREETING = "greeting"
    ADMITTED = "admitted"


class Input(Enum):
    """What can happen to a port. SILENCE and SOUND are what life signs tell; STRANGER is a message
    of another boot of the neighbour."""

    LIGHT_LOST = "light lost"
    LIGHT = "light"
    SILENCE = "silence"
    SOUND = "sound"
    TIMER = "timer"
    HELLO = "hello"
    VECTOR = "vector"
    NOTICE = "notice"
    DIGEST = "digest"
    FETCH = "fetch"
    STRANGER = "stranger"


class Move(NamedTuple):
    """The state after an input, and the agent's action ("" = none)."""

    state: PortState
    action: str = ""


S, I = PortState, Input
TABLE: dict[tuple[PortState, Input], Move] = {
    **{(S.DOWN, what): Move(S.DOWN) for what in I},
    (S.DOWN, I.LIGHT): Move(S.HOLD_UP, "hold"),
    **{(S.SILENT, what): Move(S.SILENT) for what in I},
    (S.SILENT, I.LIGHT_LOST): Move(S.DOWN),
    (S.SILENT, I.SOUND): Move(S.HOLD_UP, "hold"),
    **{(S.HOLD_UP, what): Move(S.HOLD_UP) for what in I},
    (S.HOLD_UP, I.LIGHT_LOST): Move(S.DOWN, "fall"),
    (S.HOLD_UP, I.SILENCE): Move(S.SILENT, "fall"),
    (S.HOLD_UP, I.TIMER): Move(S.GREETING, "greet"),
    **{(S.GREETING, what): Move(S.GREETING) for what in I},
    (S.GREETING, I.LIGHT_LOST): Move(S.DOWN, "fall"),
    (S.GREETING, I.SILENCE): Move(S.SILENT, "fall"),
    (S.GREETING, I.TIMER): Move(S.GREETING, "greet"),
    (S.GREETING, I.HELLO): Move(S.GREETING, "answer"),
    (S.GREETING, I.FETCH): Move(S.GREETING, "answer"),
    (S.GREETING, I.VECTOR): Move(S.ADMITTED, "admit"),
    **{(S.ADMITTED, what): Move(S.ADMITTED) for what in I},
    (S.ADMITTED, I.LIGHT_LOST): Move(S.DOWN, "expel"),
    (S.ADMITTED, I.SILENCE): Move(S.SILENT, "expel"),
    (S.ADMITTED, I.HELLO): Move(S.ADMITTED, "answer"),
    (S.ADMITTED, I.VECTOR): Move(S.ADMITTED, "hear"),
    (S.ADMITTED, I.NOTICE): Move(S.ADMITTED, "hear"),
    (S.ADMITTED, I.DIGEST): Move(S.ADMITTED, "compare"),
    (S.ADMITTED, I.FETCH): Move(S.ADMITTED, "answer"),
    (S.ADMITTED, I.STRANGER): Move(S.HOLD_UP, "expel_and_hold"),
}
"""Complete: what a state does not name leaves it as it is. Every fall counts for damping."""

LISTENING = (S.GREETING, S.ADMITTED)
"""States in which the neighbour may already have our vector, so that it needs our changes."""
