"""A look at agents of other processes: complete, believed only if it fits, and never waited for."""

from __future__ import annotations

import asyncio
import zlib

import numpy as np
import pytest

from sidr.live import elsewhere
from sidr.live.elsewhere import Answering, Asking, Part
from sidr.live.host import Host
from sidr.live.keys import SigningKey, verifier
from sidr.live.letters import Response, encode
from sidr.live.memory import Exchange, MemoryBus
from sidr.live.switches import Shown, Switches
from sidr.live.topics import VERSION, Topics
from sidr.model.plan import FULL
from sidr.model.profiles import profile
from sidr.plan import plan
from sidr.topology import fabric_hash, load

FABRIC = load("leaf-spine:leaves=2,spines=2")
PLAN, HASH = plan(FABRIC), fabric_hash(FABRIC)
LEAVES, SPINES = (0, 1), (2, 3)
KEY = SigningKey()


class Two:
    """A process that looks, and one that shows its spines."""

    def __init__(self) -> None:
        exchange = Exchange()
        self.theirs = Switches(FABRIC, PLAN, profile("tuned"), SPINES)
        self.host = Host(self.theirs, HASH, verifier(KEY.public), name="two", boot=1)
        self.their_bus, self.bus = MemoryBus(exchange, "two"), MemoryBus(exchange, "one")
        self.host.join(self.their_bus)
        Answering(self.host, HASH, self.their_bus)
        self.ours = Switches(FABRIC, PLAN, profile("tuned"), LEAVES)
        self.asking = Asking(self.ours, HASH, KEY, self.bus, lambda: ["two"], client="one")

    async def start(self) -> None:
        await self.their_bus.start()
        await self.bus.start()
        for v in SPINES:
            self.theirs._write_all(v, FULL, admitted=True)


async def test_rows_of_other_processes_are_seen_as_they_are() -> None:
    two = Two()
    await two.start()
    assert await two.asking.look()
    slots = [e for v in SPINES for e in FABRIC.ports(v)]
    assert two.ours.fibs.admitted[slots].all()
    assert (two.ours.fibs.rows[0][:, slots] == FULL).all()
    before = two.ours.version
    assert await two.asking.look()
    assert two.ours.version == before, "nothing has changed"
    two.theirs.fibs.admitted[slots[0]] = False
    assert await two.asking.look()
    assert not two.ours.fibs.admitted[slots[0]]


async def test_who_does_not_answer_is_seen_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "PATIENCE_S", 0.05)
    two = Two()
    await two.start()
    assert await two.asking.look()
    rows = two.ours.fibs.rows[0].copy()
    await two.their_bus.close()
    assert not await two.asking.look()
    assert np.array_equal(rows, two.ours.fibs.rows[0])


async def test_answers_that_do_not_fit_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "PATIENCE_S", 0.2)
    two = Two()
    await two.start()
    two.host.commands.clear()  # the host itself is silent
    topic = Topics(HASH).response("one")
    bad = [
        b"",
        b"no zlib",
        zlib.compress(b"no msgpack"),
        *(
            zlib.compress(encode(Part(9, shown)))
            for shown in (
                {2: Shown(b"", b"short", b"")},
                {2: Shown(b"no table", bytes(4), bytes(2))},
                {0: Shown(b"", bytes([9] * 4), bytes(2))},
                {99: Shown(b"", bytes(4), bytes(2))},
            )
        ),
    ]
    looking = asyncio.ensure_future(two.asking.look())
    await asyncio.sleep(0)
    for answer in bad:
        two.their_bus.publish(topic, encode(Response(VERSION, "two", 1, answer)))
    await looking
    assert not two.ours.fibs.rows[0].any()
    assert not two.ours.fibs.admitted.any()


async def test_a_request_is_answered_once() -> None:
    two = Two()
    await two.start()
    sent: list[object] = []
    two.bus.subscribe(Topics(HASH).response("one"), sent.append)
    assert await two.asking.look()
    two.asking._number -= 1  # the same request again
    looking = asyncio.ensure_future(two.asking.look())
    await asyncio.sleep(0.05)
    assert len(sent) == 1
    looking.cancel()
