"""The life of a port at an agent, as one table: down acts at once, up is slow (make before break).

A returning port is admitted only after light for the hold-up time, a Hello that the neighbour
answered, and the neighbour's full vector. The names of actions are methods of the agent.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class PortState(Enum):
    """DOWN: no light. HOLD_UP: light, waiting. GREETING: Hello sent, waiting for the neighbour's
    vector. ADMITTED: in the forwarding groups."""

    DOWN = "down"
    HOLD_UP = "hold-up"
    GREETING = "greeting"
    ADMITTED = "admitted"


class Input(Enum):
    """What can happen to a port."""

    LIGHT_LOST = "light lost"
    LIGHT = "light"
    TIMER = "timer"
    HELLO = "hello"
    VECTOR = "vector"
    NOTICE = "notice"


class Move(NamedTuple):
    """The state after an input, and the agent's action ("" = none)."""

    state: PortState
    action: str = ""


S, I = PortState, Input
TABLE: dict[tuple[PortState, Input], Move] = {
    (S.DOWN, I.LIGHT_LOST): Move(S.DOWN),
    (S.DOWN, I.LIGHT): Move(S.HOLD_UP, "hold"),
    (S.DOWN, I.TIMER): Move(S.DOWN),
    (S.DOWN, I.HELLO): Move(S.DOWN),
    (S.DOWN, I.VECTOR): Move(S.DOWN),
    (S.DOWN, I.NOTICE): Move(S.DOWN),
    (S.HOLD_UP, I.LIGHT_LOST): Move(S.DOWN, "stop"),
    (S.HOLD_UP, I.LIGHT): Move(S.HOLD_UP),
    (S.HOLD_UP, I.TIMER): Move(S.GREETING, "greet"),
    (S.HOLD_UP, I.HELLO): Move(S.HOLD_UP),
    (S.HOLD_UP, I.VECTOR): Move(S.HOLD_UP),
    (S.HOLD_UP, I.NOTICE): Move(S.HOLD_UP),
    (S.GREETING, I.LIGHT_LOST): Move(S.DOWN, "stop"),
    (S.GREETING, I.LIGHT): Move(S.GREETING),
    (S.GREETING, I.TIMER): Move(S.GREETING, "greet"),
    (S.GREETING, I.HELLO): Move(S.GREETING, "answer"),
    (S.GREETING, I.VECTOR): Move(S.ADMITTED, "admit"),
    (S.GREETING, I.NOTICE): Move(S.GREETING),
    (S.ADMITTED, I.LIGHT_LOST): Move(S.DOWN, "expel"),
    (S.ADMITTED, I.LIGHT): Move(S.ADMITTED),
    (S.ADMITTED, I.TIMER): Move(S.ADMITTED),
    (S.ADMITTED, I.HELLO): Move(S.ADMITTED, "answer"),
    (S.ADMITTED, I.VECTOR): Move(S.ADMITTED, "hear"),
    (S.ADMITTED, I.NOTICE): Move(S.ADMITTED, "hear"),
}
