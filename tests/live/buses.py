"""Buses of every kind for the tests that all must pass, and bounds for asynchronous tests."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from sidr.errors import BusError
from sidr.live.broker import Mosquitto, find
from sidr.live.bus import Bus, Message, Will
from sidr.live.memory import Exchange, MemoryBus
from sidr.live.mqtt import MqttBus
from sidr.live.tls import Tls
from tests.live.proxy import Proxy

HOST = "127.0.0.1"
RAM = Path("/dev/shm")
PATIENCE_S = 10.0
"""What takes longer in a test does not work."""


def bounded(seconds: float) -> Callable[[Callable[..., Awaitable[None]]], Callable[..., Any]]:
    """An asynchronous test that may not take longer."""

    def wrap(test: Callable[..., Awaitable[None]]) -> Callable[..., Any]:
        @functools.wraps(test)
        async def within(*args: Any, **more: Any) -> None:
            async with asyncio.timeout(seconds):
                await test(*args, **more)

        return within

    return wrap


def has_mosquitto() -> bool:
    """Whether this machine has the broker."""
    try:
        find()
    except BusError:
        return False
    return True


needs_mosquitto = pytest.mark.skipif(
    not has_mosquitto(), reason="needs mosquitto: apt-get install mosquitto"
)


@asynccontextmanager
async def mosquitto(place: Path) -> AsyncIterator[Mosquitto]:
    """A real broker on a free port of loopback; its directory is in memory where that can be,
    since it waits for the disk after every change."""
    if not has_mosquitto():
        pytest.skip("needs mosquitto: apt-get install mosquitto")
    with TemporaryDirectory(dir=RAM if RAM.is_dir() else None) as directory:
        place.symlink_to(directory)
        broker = Mosquitto(place)
        await broker.start()
        try:
            yield broker
        finally:
            await broker.stop()


class Memory:
    """The bus in one process."""

    def __init__(self) -> None:
        self._exchange = Exchange()

    async def make(self, client: str, will: Will | None) -> Bus:
        """A client's bus, not started."""
        return MemoryBus(self._exchange, client, will)

    def vanish(self, bus: Bus) -> None:
        """Let a client die."""
        assert isinstance(bus, MemoryBus)
        bus.vanish()

    def part(self, client: str) -> None:
        """Cut a client off."""
        self._exchange.partition(client)

    def heal(self) -> None:
        """Let everybody connect again."""
        self._exchange.heal()

    async def stop(self) -> None:
        """Nothing is left."""


class Mqtt:
    """The bus through a broker; every client has a proxy of its own before it."""

    def __init__(self, broker: Mosquitto) -> None:
        self._broker, self._proxies = broker, dict[str, Proxy]()

    async def make(self, client: str, will: Will | None) -> Bus:
        """A client's bus, not started."""
        proxy = self._proxies[client] = Proxy(self._broker.port)
        await proxy.start()
        return MqttBus(HOST, proxy.port, client, will=will)

    def vanish(self, bus: Bus) -> None:
        """Let a client die."""
        assert isinstance(bus, MqttBus)
        bus.vanish()

    def part(self, client: str) -> None:
        """Cut a client off."""
        self._proxies[client].refuse()

    def heal(self) -> None:
        """Let everybody connect again."""
        for proxy in self._proxies.values():
            proxy.refuse(False)

    async def stop(self) -> None:
        """End the proxies."""
        for proxy in self._proxies.values():
            await proxy.stop()


class Buses:
    """Connected clients of one kind of bus, closed when the test ends."""

    def __init__(self, kind: Memory | Mqtt) -> None:
        self.kind = kind
        self._made: list[Bus] = []

    async def idle(self, client: str, will: Will | None = None) -> Bus:
        """A client that has not been started."""
        bus = await self.kind.make(client, will)
        self._made.append(bus)
        return bus

    async def client(self, name: str, will: Will | None = None) -> Bus:
        """A client that is connected."""
        bus = await self.idle(name, will)
        await bus.start(PATIENCE_S)
        return bus

    async def listener(self, name: str, *patterns: str) -> tuple[Bus, list[Message]]:
        """A connected client and what it hears."""
        bus, heard = await self.client(name), list[Message]()
        for pattern in patterns:
            bus.subscribe(pattern, heard.append)
        await bus.drain()
        return bus, heard

    async def stop(self) -> None:
        """Close all."""
        for bus in self._made:
            await bus.close()
        await self.kind.stop()


@asynccontextmanager
async def buses_of(kind: str, place: Path) -> AsyncIterator[Buses]:
    """Clients of `memory` or of `mqtt`."""
    if kind == "memory":
        made = Buses(Memory())
        yield made
        await made.stop()
        return
    async with mosquitto(place / "broker") as broker:
        made = Buses(Mqtt(broker))
        try:
            yield made
        finally:
            await made.stop()


class Clients:
    """Clients of a broker on one port, closed when the test ends."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._made: list[MqttBus] = []

    def idle(self, name: str, will: Will | None = None, tls: Tls | None = None) -> MqttBus:
        """A client that has not been started."""
        bus = MqttBus(HOST, self.port, name, will=will, tls=tls, seed=1)
        self._made.append(bus)
        return bus

    async def client(self, name: str, tls: Tls | None = None) -> MqttBus:
        """A client that is connected."""
        bus = self.idle(name, tls=tls)
        await bus.start(10)
        return bus

    async def close(self) -> None:
        """Close all."""
        for bus in self._made:
            await bus.close()


async def complaint(bus: MqttBus, patience_s: float = 20.0) -> str:
    """What a person reads when the first connection fails."""
    with pytest.raises(BusError) as caught:
        await bus.start(patience_s)
    assert len(caught.value.mistakes) == 1
    assert not bus.connected
    line = str(caught.value)
    assert line.startswith(f"{bus.name}: ")
    return line.removeprefix(f"{bus.name}: ")
