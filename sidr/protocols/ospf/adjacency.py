"""The adjacency FSM as one table; thin: the hello and dead timers and the stepwise database
exchange come later. Actions name methods of the router.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class State(Enum):
    """DOWN: no carrier. WAITING: carrier, before the first Hello. HEARD: the same, and the
    neighbour's Hello is here. INIT: Hello sent. FULL: databases exchanged."""

    DOWN = "Down"
    WAITING = "Waiting"
    HEARD = "Heard"
    INIT = "Init"
    FULL = "Full"


class Input(Enum):
    """What can happen to an adjacency."""

    CARRIER_LOST = "carrier lost"
    CARRIER = "carrier"
    TIMER = "timer"
    HELLO = "Hello"


class Move(NamedTuple):
    """The next state and the router's action ("" = none)."""

    state: State
    action: str = ""


TABLE: dict[tuple[State, Input], Move] = {
    (State.DOWN, Input.CARRIER_LOST): Move(State.DOWN),
    (State.DOWN, Input.CARRIER): Move(State.WAITING, "wait"),
    (State.DOWN, Input.TIMER): Move(State.DOWN),
    (State.DOWN, Input.HELLO): Move(State.DOWN),
    (State.WAITING, Input.CARRIER_LOST): Move(State.DOWN, "stop"),
    (State.WAITING, Input.CARRIER): Move(State.WAITING),
    (State.WAITING, Input.TIMER): Move(State.INIT, "greet"),
    (State.WAITING, Input.HELLO): Move(State.HEARD),
    (State.HEARD, Input.CARRIER_LOST): Move(State.DOWN, "stop"),
    (State.HEARD, Input.CARRIER): Move(State.HEARD),
    (State.HEARD, Input.TIMER): Move(State.FULL, "greet_and_adopt"),
    (State.HEARD, Input.HELLO): Move(State.HEARD),
    (State.INIT, Input.CARRIER_LOST): Move(State.DOWN, "stop"),
    (State.INIT, Input.CARRIER): Move(State.INIT),
    (State.INIT, Input.TIMER): Move(State.INIT, "greet"),
    (State.INIT, Input.HELLO): Move(State.FULL, "adopt"),
    (State.FULL, Input.CARRIER_LOST): Move(State.DOWN, "lose"),
    (State.FULL, Input.CARRIER): Move(State.FULL),
    (State.FULL, Input.TIMER): Move(State.FULL),
    (State.FULL, Input.HELLO): Move(State.FULL, "answer"),
}
