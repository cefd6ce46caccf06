"""The session FSM as one table; thin: connect retries, hold and keepalive timers come later.

A session falls with its carrier (fast external failover). Actions name methods of the speaker.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class State(Enum):
    """IDLE: no carrier. STARTING: waiting to connect. HEARD: the same, and the peer's Open is
    here. OPEN_SENT: waiting for the peer's Open. ESTABLISHED: exchanging routes."""

    IDLE = "Idle"
    STARTING = "Starting"
    HEARD = "Heard"
    OPEN_SENT = "OpenSent"
    ESTABLISHED = "Established"


class Input(Enum):
    """What can happen to a session."""

    CARRIER_LOST = "carrier lost"
    CARRIER = "carrier"
    TIMER = "timer"
    OPEN = "Open"


class Move(NamedTuple):
    """The next state and the speaker's action ("" = none)."""

    state: State
    action: str = ""


TABLE: dict[tuple[State, Input], Move] = {
    (State.IDLE, Input.CARRIER_LOST): Move(State.IDLE),
    (State.IDLE, Input.CARRIER): Move(State.STARTING, "start"),
    (State.IDLE, Input.TIMER): Move(State.IDLE),
    (State.IDLE, Input.OPEN): Move(State.IDLE),
    (State.STARTING, Input.CARRIER_LOST): Move(State.IDLE, "stop"),
    (State.STARTING, Input.CARRIER): Move(State.STARTING),
    (State.STARTING, Input.TIMER): Move(State.OPEN_SENT, "open"),
    (State.STARTING, Input.OPEN): Move(State.HEARD),
    (State.HEARD, Input.CARRIER_LOST): Move(State.IDLE, "stop"),
    (State.HEARD, Input.CARRIER): Move(State.HEARD),
    (State.HEARD, Input.TIMER): Move(State.ESTABLISHED, "open_and_establish"),
    (State.HEARD, Input.OPEN): Move(State.HEARD),
    (State.OPEN_SENT, Input.CARRIER_LOST): Move(State.IDLE, "stop"),
    (State.OPEN_SENT, Input.CARRIER): Move(State.OPEN_SENT),
    (State.OPEN_SENT, Input.TIMER): Move(State.OPEN_SENT, "open"),
    (State.OPEN_SENT, Input.OPEN): Move(State.ESTABLISHED, "establish"),
    (State.ESTABLISHED, Input.CARRIER_LOST): Move(State.IDLE, "drop"),
    (State.ESTABLISHED, Input.CARRIER): Move(State.ESTABLISHED),
    (State.ESTABLISHED, Input.TIMER): Move(State.ESTABLISHED),
    (State.ESTABLISHED, Input.OPEN): Move(State.ESTABLISHED, "establish_again"),
}
