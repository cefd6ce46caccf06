"""The bus within one process: retained messages, wills and filters as MQTT has them, and faults.

An Exchange stands where a broker would. Messages are delivered by the event loop, never inside
`publish`; the loop's queue is the inbox, and nothing overflows. Faults are seeded, and hit what
goes from the exchange to clients.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

from msgspec import Struct

from sidr.live.bus import PAYLOAD_MAX, Message, Take, Will
from sidr.live.fanout import Fanout, matches

RETURN_S = 0.05
"""How soon a client is back after a partition has healed."""


class Faults(Struct, frozen=True):
    """What the exchange does to messages.

    Args:
        drop, duplicate, late: parts of messages that are lost, come twice, or come late.
        late_s: how late at most, so that others overtake them.
    """

    drop: float = 0.0
    duplicate: float = 0.0
    late: float = 0.0
    late_s: float = 0.0


class Exchange:
    """The middle of a bus in one process.

    Attributes:
        faults: None = all is well.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self.faults: Faults | None = None
        self.retained: dict[str, bytes] = {}
        self._clients: list[MemoryBus] = []
        self._cut: set[str] = set()
        self._expiry: dict[str, asyncio.TimerHandle] = {}
        self._random = Random(seed)

    def attach(self, client: MemoryBus) -> bool:
        """A client connects; False = it is cut off."""
        if client.client in self._cut:
            return False
        self._clients.append(client)
        return True

    def detach(self, client: MemoryBus, will: Will | None) -> None:
        """A client is gone; its will is published."""
        if client in self._clients:
            self._clients.remove(client)
            if will is not None:
                self.publish(will.topic, will.payload, retain=True)

    def publish(
        self, topic: str, payload: bytes, *, retain: bool, expiry_s: int | None = None
    ) -> None:
        """Keep a message if it is to be retained, and give it to all subscribers."""
        if retain:
            self._retain(topic, payload, expiry_s)
        message = Message(topic, payload)
        for client in self._clients:
            self._give(client, message)

    def _retain(self, topic: str, payload: bytes, expiry_s: int | None) -> None:
        old = self._expiry.pop(topic, None)
        if old is not None:
            old.cancel()
        if not payload:
            self.retained.pop(topic, None)
            return
        self.retained[topic] = payload
        if expiry_s is not None:
            loop = asyncio.get_running_loop()
            self._expiry[topic] = loop.call_later(expiry_s, self.retained.pop, topic, None)

    def replay(self, client: MemoryBus, pattern: str, take: Take) -> None:
        """Give a new subscriber what is retained."""
        loop = asyncio.get_running_loop()
        for topic, payload in self.retained.items():
            if matches(pattern, topic):
                loop.call_soon(client.hand, take, Message(topic, payload, retained=True))

    def _give(self, client: MemoryBus, message: Message) -> None:
        loop, faults, draw = asyncio.get_running_loop(), self.faults, self._random.random
        if faults is None:
            loop.call_soon(client.take, message)
            return
        for _ in range(1 + (draw() < faults.duplicate)):
            if draw() < faults.drop:
                continue
            late_s = draw() * faults.late_s if draw() < faults.late else 0.0
            loop.call_later(late_s, client.take, message)

    def partition(self, *names: str) -> None:
        """Cut clients off: they notice, and their wills are published."""
        self._cut |= set(names)
        for client in [c for c in self._clients if c.client in names]:
            client.lose()

    def heal(self) -> None:
        """Let everybody connect again."""
        self._cut.clear()


class MemoryBus:
    """A client's connection to an Exchange; see `bus.Bus`.

    Args:
        client: its name, for partitions.
    """

    def __init__(self, exchange: Exchange, client: str, will: Will | None = None) -> None:
        self.name, self.client = "memory", client
        self.connected = False
        self.dropped: dict[str, int] = {}
        self._exchange, self._will = exchange, will
        self._fanout = Fanout()
        self._watchers: list[Callable[[bool], None]] = []
        self._waiting = 0
        self._again: asyncio.TimerHandle | None = None

    async def start(self, patience_s: float | None = None) -> None:
        """Connect."""
        self._connect()

    def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        self._again = None
        if not self._exchange.attach(self):
            self._again = loop.call_later(RETURN_S, self._connect)
            return
        self.connected = True
        for pattern, take in self._fanout.pairs():
            self._exchange.replay(self, pattern, take)
        for change in self._watchers:
            change(True)

    def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, expiry_s: int | None = None
    ) -> bool:
        """Hand a message over."""
        reason = "oversized" if len(payload) > PAYLOAD_MAX else ""
        if not self.connected:
            reason = "disconnected"
        if reason:
            self._drop(reason)
            return False
        self._exchange.publish(topic, payload, retain=retain, expiry_s=expiry_s)
        self._waiting += 1
        asyncio.get_running_loop().call_soon(self._confirmed)
        return True

    def _confirmed(self) -> None:
        self._waiting -= 1

    def subscribe(self, pattern: str, take: Take) -> None:
        """Have `take` called for every message of a topic filter."""
        self._fanout.add(pattern, take)
        if self.connected:
            self._exchange.replay(self, pattern, take)

    def watch(self, change: Callable[[bool], None]) -> None:
        """Have `change` called when the connection comes or goes."""
        self._watchers.append(change)

    def take(self, message: Message) -> None:
        """A message arrives."""
        if self.connected:
            for take in self._fanout.takers(message.topic):
                take(message)

    def hand(self, take: Take, message: Message) -> None:
        """A retained message arrives for one subscriber."""
        if self.connected:
            take(message)

    async def drain(self) -> None:
        """Return when everything handed over so far has been delivered."""
        while self._waiting and self.connected:
            await asyncio.sleep(0)

    def lose(self) -> None:
        """The connection breaks; it comes back by itself when the exchange lets it."""
        self._leave(self._will)
        self._again = asyncio.get_running_loop().call_later(RETURN_S, self._connect)

    def vanish(self) -> None:
        """The client dies without closing."""
        self._leave(self._will)

    async def close(self) -> None:
        """Leave for good, without the last will."""
        self._leave(None)

    def _leave(self, will: Will | None) -> None:
        if self._again is not None:
            self._again.cancel()
            self._again = None
        if self.connected:
            self.connected = False
            self._exchange.detach(self, will)
            for change in self._watchers:
                change(False)

    def _drop(self, reason: str) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + 1
