"""The session FSM as one table (RFC 4271 section 8.2.2), with detectors of loss beside it.

A session falls with its carrier (fast external failover) and with BFD. Deviations: without carrier
a session is Idle and nothing starts it; DelayOpen and damping of a peer that oscillates are not
there; a crossing call makes one connection (see `connections`). Actions name methods of `peers`.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class State(Enum):
    """As in the RFC."""

    IDLE = "Idle"
    CONNECT = "Connect"
    ACTIVE = "Active"
    OPEN_SENT = "OpenSent"
    OPEN_CONFIRM = "OpenConfirm"
    ESTABLISHED = "Established"


class Input(Enum):
    """What can happen to a session; RFC 4271's event in brackets."""

    CARRIER_LOST = "carrier lost"
    CARRIER = "carrier"
    START = "start (1)"
    RETRY = "connect retry timer (9)"
    SILENCE = "hold timer (10)"
    DETECTED = "BFD down"
    CALLED = "TCP call (14)"
    CONNECTED = "TCP connection (16, 17)"
    RESET = "TCP connection fails (18)"
    OPEN = "OPEN (19)"
    NOTIFICATION = "NOTIFICATION (25)"
    KEEPALIVE = "KEEPALIVE (26)"
    UPDATE = "UPDATE (27)"


class Move(NamedTuple):
    """The next state and the action ("" = none)."""

    state: State
    action: str = ""


S, I = State, Input
TABLE: dict[tuple[State, Input], Move] = {
    (S.IDLE, I.CARRIER_LOST): Move(S.IDLE, "stop"),
    (S.IDLE, I.CARRIER): Move(S.IDLE, "wait"),
    (S.IDLE, I.START): Move(S.CONNECT, "connect"),
    (S.IDLE, I.RETRY): Move(S.IDLE),
    (S.IDLE, I.SILENCE): Move(S.IDLE),
    (S.IDLE, I.DETECTED): Move(S.IDLE),
    (S.IDLE, I.CALLED): Move(S.IDLE, "refuse"),
    (S.IDLE, I.CONNECTED): Move(S.IDLE),
    (S.IDLE, I.RESET): Move(S.IDLE),
    (S.IDLE, I.OPEN): Move(S.IDLE),
    (S.IDLE, I.NOTIFICATION): Move(S.IDLE),
    (S.IDLE, I.KEEPALIVE): Move(S.IDLE),
    (S.IDLE, I.UPDATE): Move(S.IDLE),
    (S.CONNECT, I.CARRIER_LOST): Move(S.IDLE, "stop"),
    (S.CONNECT, I.CARRIER): Move(S.CONNECT),
    (S.CONNECT, I.START): Move(S.CONNECT),
    (S.CONNECT, I.RETRY): Move(S.CONNECT, "connect"),
    (S.CONNECT, I.SILENCE): Move(S.CONNECT),
    (S.CONNECT, I.DETECTED): Move(S.CONNECT),
    (S.CONNECT, I.CALLED): Move(S.CONNECT, "answer"),
    (S.CONNECT, I.CONNECTED): Move(S.OPEN_SENT, "open"),
    (S.CONNECT, I.RESET): Move(S.ACTIVE, "listen"),
    (S.CONNECT, I.OPEN): Move(S.IDLE, "again"),
    (S.CONNECT, I.NOTIFICATION): Move(S.IDLE, "again"),
    (S.CONNECT, I.KEEPALIVE): Move(S.IDLE, "again"),
    (S.CONNECT, I.UPDATE): Move(S.IDLE, "again"),
    (S.ACTIVE, I.CARRIER_LOST): Move(S.IDLE, "stop"),
    (S.ACTIVE, I.CARRIER): Move(S.ACTIVE),
    (S.ACTIVE, I.START): Move(S.ACTIVE),
    (S.ACTIVE, I.RETRY): Move(S.CONNECT, "connect"),
    (S.ACTIVE, I.SILENCE): Move(S.ACTIVE),
    (S.ACTIVE, I.DETECTED): Move(S.ACTIVE),
    (S.ACTIVE, I.CALLED): Move(S.ACTIVE, "answer"),
    (S.ACTIVE, I.CONNECTED): Move(S.OPEN_SENT, "open"),
    (S.ACTIVE, I.RESET): Move(S.ACTIVE),
    (S.ACTIVE, I.OPEN): Move(S.IDLE, "again"),
    (S.ACTIVE, I.NOTIFICATION): Move(S.IDLE, "again"),
    (S.ACTIVE, I.KEEPALIVE): Move(S.IDLE, "again"),
    (S.ACTIVE, I.UPDATE): Move(S.IDLE, "again"),
    (S.OPEN_SENT, I.CARRIER_LOST): Move(S.IDLE, "stop"),
    (S.OPEN_SENT, I.CARRIER): Move(S.OPEN_SENT),
    (S.OPEN_SENT, I.START): Move(S.OPEN_SENT),
    (S.OPEN_SENT, I.RETRY): Move(S.OPEN_SENT),
    (S.OPEN_SENT, I.SILENCE): Move(S.IDLE, "give_up"),
    (S.OPEN_SENT, I.DETECTED): Move(S.IDLE, "give_up"),
    (S.OPEN_SENT, I.CALLED): Move(S.ACTIVE, "answer_anew"),
    (S.OPEN_SENT, I.CONNECTED): Move(S.OPEN_SENT),
    (S.OPEN_SENT, I.RESET): Move(S.ACTIVE, "listen"),
    (S.OPEN_SENT, I.OPEN): Move(S.OPEN_CONFIRM, "confirm"),
    (S.OPEN_SENT, I.NOTIFICATION): Move(S.IDLE, "again"),
    (S.OPEN_SENT, I.KEEPALIVE): Move(S.IDLE, "object"),
    (S.OPEN_SENT, I.UPDATE): Move(S.IDLE, "object"),
    (S.OPEN_CONFIRM, I.CARRIER_LOST): Move(S.IDLE, "stop"),
    (S.OPEN_CONFIRM, I.CARRIER): Move(S.OPEN_CONFIRM),
    (S.OPEN_CONFIRM, I.START): Move(S.OPEN_CONFIRM),
    (S.OPEN_CONFIRM, I.RETRY): Move(S.OPEN_CONFIRM),
    (S.OPEN_CONFIRM, I.SILENCE): Move(S.IDLE, "give_up"),
    (S.OPEN_CONFIRM, I.DETECTED): Move(S.IDLE, "give_up"),
    (S.OPEN_CONFIRM, I.CALLED): Move(S.ACTIVE, "answer_anew"),
    (S.OPEN_CONFIRM, I.CONNECTED): Move(S.OPEN_CONFIRM),
    (S.OPEN_CONFIRM, I.RESET): Move(S.IDLE, "again"),
    (S.OPEN_CONFIRM, I.OPEN): Move(S.IDLE, "object"),
    (S.OPEN_CONFIRM, I.NOTIFICATION): Move(S.IDLE, "again"),
    (S.OPEN_CONFIRM, I.KEEPALIVE): Move(S.ESTABLISHED, "establish"),
    (S.OPEN_CONFIRM, I.UPDATE): Move(S.IDLE, "object"),
    (S.ESTABLISHED, I.CARRIER_LOST): Move(S.IDLE, "lose"),
    (S.ESTABLISHED, I.CARRIER): Move(S.ESTABLISHED),
    (S.ESTABLISHED, I.START): Move(S.ESTABLISHED),
    (S.ESTABLISHED, I.RETRY): Move(S.ESTABLISHED),
    (S.ESTABLISHED, I.SILENCE): Move(S.IDLE, "expire"),
    (S.ESTABLISHED, I.DETECTED): Move(S.IDLE, "cease"),
    (S.ESTABLISHED, I.CALLED): Move(S.ESTABLISHED, "refuse"),
    (S.ESTABLISHED, I.CONNECTED): Move(S.ESTABLISHED),
    (S.ESTABLISHED, I.RESET): Move(S.IDLE, "fall"),
    (S.ESTABLISHED, I.OPEN): Move(S.IDLE, "protest"),
    (S.ESTABLISHED, I.NOTIFICATION): Move(S.IDLE, "fall"),
    (S.ESTABLISHED, I.KEEPALIVE): Move(S.ESTABLISHED, "watch"),
    (S.ESTABLISHED, I.UPDATE): Move(S.ESTABLISHED, "watch"),
}
