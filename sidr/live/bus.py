"""The bus between planner and agents: publish, subscribe, retained messages, a last will.

One interface for the bus in one process and for MQTT. Nothing here waits: forwarding and local
failover never depend on the bus, so what cannot be sent now is dropped, and whoever owns a state
publishes it again when the bus is back (`watch`). Not promised: order across topics, exactly once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

PAYLOAD_MAX = 1 << 20
"""Bytes of one message; larger ones are dropped before anything decodes them (a campus switch's
table takes 2.4 KB)."""
INBOX_MAX = 100_000
"""Messages that may wait for one process's subscribers; more are dropped and counted."""


class Message(Struct, frozen=True, gc=False):
    """A message as it arrives.

    Args:
        retained: it was kept by the bus and is given to a new subscription; False = it was
            published just now.
    """

    topic: str
    payload: bytes
    retained: bool = False


class Will(Struct, frozen=True, gc=False):
    """What the bus publishes, retained, for a client that vanishes without closing."""

    topic: str
    payload: bytes


Take = Callable[[Message], None]
"""A subscriber; called in the event loop, must not block. What it raises is a bug."""


class Bus(Protocol):
    """One client's connection to a bus.

    Attributes:
        name: for people, such as "memory" or "mqtt://127.0.0.1:1883".
        connected: whether messages get through at present.
        dropped: messages that were not sent or not delivered, by reason ("disconnected",
            "oversized", "overflow").
    """

    name: str
    connected: bool
    dropped: dict[str, int]

    async def start(self, patience_s: float | None = None) -> None:
        """Connect, and from then on reconnect for ever (full jitter, 0.1 s growing to 5 s).

        Args:
            patience_s: return when connected, or give up after this long; None = return at once.

        Raises:
            BusError: the first connection was refused, not allowed, or took longer than that.
        """
        ...

    def publish(self, topic: str, payload: bytes, *, retain: bool = False,
                expiry_s: int | None = None) -> bool:  # fmt: skip
        """Hand a message over, at least once (QoS 1), in order within a topic; an empty retained
        payload forgets what was retained.

        Returns:
            False when it was dropped, because the bus is not connected or the message too large.
        """
        ...

    def subscribe(self, pattern: str, take: Take) -> None:
        """Have `take` called for every message of a topic filter (`+` one level, `#` the rest),
        what is retained first. Kept over reconnections, where retained messages come again."""
        ...

    def watch(self, change: Callable[[bool], None]) -> None:
        """Have `change` called with True after every (re)connection, when subscriptions are
        renewed, and with False when the connection is lost."""
        ...

    async def drain(self) -> None:
        """Return when everything handed over so far has been confirmed, or the connection lost."""
        ...

    async def close(self) -> None:
        """Leave for good, without the last will."""
        ...
