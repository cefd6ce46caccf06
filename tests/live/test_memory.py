"""Faults of the bus in one process: seeded, healed, and survived."""

from __future__ import annotations

import asyncio

from sidr.live.bus import Message, Will
from sidr.live.memory import Exchange, Faults, MemoryBus


async def settle() -> None:
    """Let everything under way arrive."""
    for _ in range(5):
        await asyncio.sleep(0)


async def pair(seed: int = 0) -> tuple[Exchange, MemoryBus, MemoryBus, list[Message]]:
    """An exchange, a speaker, and a listener with what it hears."""
    exchange = Exchange(seed=seed)
    speaker = MemoryBus(exchange, "speaker", Will("dead", b"speaker"))
    listener, heard = MemoryBus(exchange, "listener"), []
    listener.subscribe("#", heard.append)
    await speaker.start()
    await listener.start()
    return exchange, speaker, listener, heard


async def test_delivery_waits_for_the_loop() -> None:
    _, speaker, _, heard = await pair()
    speaker.publish("a", b"1")
    assert heard == []
    await settle()
    assert heard == [Message("a", b"1")]


async def test_faults_lose_and_double_alike_for_one_seed() -> None:
    runs = []
    for _ in range(2):
        exchange, speaker, _, heard = await pair(seed=3)
        exchange.faults = Faults(drop=0.3, duplicate=0.3)
        for number in range(200):
            speaker.publish("a", str(number).encode())
        await asyncio.sleep(0.01)
        runs.append([m.payload for m in heard])
    assert runs[0] == runs[1]
    assert len(set(runs[0])) < 200 < len(runs[0]) + 100


async def test_what_is_late_is_overtaken() -> None:
    exchange, speaker, _, heard = await pair()
    exchange.faults = Faults(late=0.5, late_s=0.01)
    for number in range(50):
        speaker.publish("a", bytes([number]))
    async with asyncio.timeout(5):
        while len(heard) < 50:
            await asyncio.sleep(0.001)
    order = [m.payload[0] for m in heard]
    assert sorted(order) == list(range(50)) != order


async def test_a_partition_is_noticed_and_heals_with_what_is_retained() -> None:
    exchange, speaker, listener, heard = await pair()
    states: list[bool] = []
    listener.watch(states.append)
    exchange.partition("listener")
    assert not listener.connected
    speaker.publish("kept", b"1", retain=True)
    await settle()
    assert heard == []
    exchange.heal()
    async with asyncio.timeout(5):
        while not heard:
            await asyncio.sleep(0.001)
    assert heard == [Message("kept", b"1", retained=True)]
    assert states == [False, True]


async def test_who_is_cut_off_leaves_its_will() -> None:
    exchange, speaker, _, heard = await pair()
    exchange.partition("speaker")
    await settle()
    assert heard == [Message("dead", b"speaker")]
    assert not speaker.publish("a", b"1")
    assert speaker.dropped == {"disconnected": 1}
    await speaker.close()
