"""The neighbour FSM as one table (RFC 2328, section 10.3, for point-to-point links).

2-Way is passed through, since an adjacency is always wanted there. A pair of state and input that
is not in the table cannot come about. Actions name methods of the router; "" = none.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class State(Enum):
    """DARK: no carrier. DOWN: no neighbour known. The others as in the RFC."""

    DARK = "Dark"
    DOWN = "Down"
    INIT = "Init"
    EX_START = "ExStart"
    EXCHANGE = "Exchange"
    LOADING = "Loading"
    FULL = "Full"


class Input(Enum):
    """What can happen to a neighbour."""

    CARRIER_LOST = "carrier lost"
    CARRIER = "carrier"
    HELLO = "HelloReceived"
    TWO_WAY = "2-WayReceived"
    ONE_WAY = "1-WayReceived"
    NEGOTIATED = "NegotiationDone"
    EXCHANGED = "ExchangeDone"
    LOADED = "LoadingDone"
    MISMATCH = "SeqNumberMismatch"
    BAD_REQUEST = "BadLSReq"
    SILENCE = "InactivityTimer"
    KILLED = "KillNbr"


class Move(NamedTuple):
    """The next state and the router's action."""

    state: State
    action: str = ""


S, I = State, Input
TABLE: dict[tuple[State, Input], Move] = {
    (S.DARK, I.CARRIER_LOST): Move(S.DARK),
    (S.DARK, I.CARRIER): Move(S.DOWN, "greet"),
    (S.DARK, I.HELLO): Move(S.DARK),
    (S.DARK, I.KILLED): Move(S.DARK),
    (S.DOWN, I.CARRIER_LOST): Move(S.DARK, "hush"),
    (S.DOWN, I.CARRIER): Move(S.DOWN),
    (S.DOWN, I.HELLO): Move(S.INIT, "attend"),
    (S.DOWN, I.KILLED): Move(S.DOWN),
    (S.INIT, I.CARRIER_LOST): Move(S.DARK, "hush"),
    (S.INIT, I.CARRIER): Move(S.INIT),
    (S.INIT, I.HELLO): Move(S.INIT, "attend"),
    (S.INIT, I.TWO_WAY): Move(S.EX_START, "negotiate"),
    (S.INIT, I.ONE_WAY): Move(S.INIT),
    (S.INIT, I.SILENCE): Move(S.DOWN, "forget"),
    (S.INIT, I.KILLED): Move(S.DOWN, "forget"),
    (S.EX_START, I.CARRIER_LOST): Move(S.DARK, "hush"),
    (S.EX_START, I.CARRIER): Move(S.EX_START),
    (S.EX_START, I.HELLO): Move(S.EX_START, "attend"),
    (S.EX_START, I.TWO_WAY): Move(S.EX_START),
    (S.EX_START, I.ONE_WAY): Move(S.INIT, "drop"),
    (S.EX_START, I.NEGOTIATED): Move(S.EXCHANGE, "describe"),
    (S.EX_START, I.SILENCE): Move(S.DOWN, "forget"),
    (S.EX_START, I.KILLED): Move(S.DOWN, "forget"),
    (S.EXCHANGE, I.CARRIER_LOST): Move(S.DARK, "hush"),
    (S.EXCHANGE, I.CARRIER): Move(S.EXCHANGE),
    (S.EXCHANGE, I.HELLO): Move(S.EXCHANGE, "attend"),
    (S.EXCHANGE, I.TWO_WAY): Move(S.EXCHANGE),
    (S.EXCHANGE, I.ONE_WAY): Move(S.INIT, "drop"),
    (S.EXCHANGE, I.EXCHANGED): Move(S.LOADING, "request"),
    (S.EXCHANGE, I.MISMATCH): Move(S.EX_START, "negotiate"),
    (S.EXCHANGE, I.BAD_REQUEST): Move(S.EX_START, "negotiate"),
    (S.EXCHANGE, I.SILENCE): Move(S.DOWN, "forget"),
    (S.EXCHANGE, I.KILLED): Move(S.DOWN, "forget"),
    (S.LOADING, I.CARRIER_LOST): Move(S.DARK, "hush"),
    (S.LOADING, I.CARRIER): Move(S.LOADING),
    (S.LOADING, I.HELLO): Move(S.LOADING, "attend"),
    (S.LOADING, I.TWO_WAY): Move(S.LOADING),
    (S.LOADING, I.ONE_WAY): Move(S.INIT, "drop"),
    (S.LOADING, I.LOADED): Move(S.FULL, "adopt"),
    (S.LOADING, I.MISMATCH): Move(S.EX_START, "negotiate"),
    (S.LOADING, I.BAD_REQUEST): Move(S.EX_START, "negotiate"),
    (S.LOADING, I.SILENCE): Move(S.DOWN, "forget"),
    (S.LOADING, I.KILLED): Move(S.DOWN, "forget"),
    (S.FULL, I.CARRIER_LOST): Move(S.DARK, "lose_link"),
    (S.FULL, I.CARRIER): Move(S.FULL),
    (S.FULL, I.HELLO): Move(S.FULL, "attend"),
    (S.FULL, I.TWO_WAY): Move(S.FULL),
    (S.FULL, I.ONE_WAY): Move(S.INIT, "lose"),
    (S.FULL, I.MISMATCH): Move(S.EX_START, "lose_and_negotiate"),
    (S.FULL, I.BAD_REQUEST): Move(S.EX_START, "lose_and_negotiate"),
    (S.FULL, I.SILENCE): Move(S.DOWN, "lose"),
    (S.FULL, I.KILLED): Move(S.DOWN, "lose"),
}

FLOODING = frozenset({S.EXCHANGE, S.LOADING, S.FULL})
"""States in which LSAs, requests and acknowledgements pass (RFC 2328, 10.7, 13 and 13.3)."""
