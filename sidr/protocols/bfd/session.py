"""The BFD session as one table (RFC 5880 section 6.8.6), and carrier beside it.

Actions name methods of the detector; "" = none.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class State(Enum):
    """DARK: no carrier, nothing is sent. DOWN, INIT, UP: as in RFC 5880."""

    DARK = "Dark"
    DOWN = "Down"
    INIT = "Init"
    UP = "Up"


class Input(Enum):
    """What can happen to a session."""

    CARRIER_LOST = "carrier lost"
    CARRIER = "carrier"
    SILENCE = "detection time expired"
    HEARD_DOWN = "Down received"
    HEARD_INIT = "Init received"
    HEARD_UP = "Up received"


class Move(NamedTuple):
    """The state after an input, and the detector's action."""

    state: State
    action: str = ""


S, I = State, Input
TABLE: dict[tuple[State, Input], Move] = {
    (S.DARK, I.CARRIER_LOST): Move(S.DARK),
    (S.DARK, I.CARRIER): Move(S.DOWN, "begin"),
    (S.DARK, I.SILENCE): Move(S.DARK),
    (S.DARK, I.HEARD_DOWN): Move(S.DARK),
    (S.DARK, I.HEARD_INIT): Move(S.DARK),
    (S.DARK, I.HEARD_UP): Move(S.DARK),
    (S.DOWN, I.CARRIER_LOST): Move(S.DARK, "stop"),
    (S.DOWN, I.CARRIER): Move(S.DOWN),
    (S.DOWN, I.SILENCE): Move(S.DOWN),
    (S.DOWN, I.HEARD_DOWN): Move(S.INIT, "answer"),
    (S.DOWN, I.HEARD_INIT): Move(S.UP, "rise"),
    (S.DOWN, I.HEARD_UP): Move(S.DOWN),
    (S.INIT, I.CARRIER_LOST): Move(S.DARK, "stop"),
    (S.INIT, I.CARRIER): Move(S.INIT),
    (S.INIT, I.SILENCE): Move(S.DOWN),
    (S.INIT, I.HEARD_DOWN): Move(S.INIT, "hear"),
    (S.INIT, I.HEARD_INIT): Move(S.UP, "rise"),
    (S.INIT, I.HEARD_UP): Move(S.UP, "rise"),
    (S.UP, I.CARRIER_LOST): Move(S.DARK, "stop"),
    (S.UP, I.CARRIER): Move(S.UP),
    (S.UP, I.SILENCE): Move(S.DOWN, "fall"),
    (S.UP, I.HEARD_DOWN): Move(S.DOWN, "fall"),
    (S.UP, I.HEARD_INIT): Move(S.UP, "hear"),
    (S.UP, I.HEARD_UP): Move(S.UP, "hear"),
}
