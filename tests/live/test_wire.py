"""Dark, silent and lossy directions, and weather."""

from __future__ import annotations

import asyncio
from typing import Any

from sidr.fault.damage import Damage
from sidr.live.wire import Weather, Wire
from sidr.model.faults import NEAR, Change
from sidr.protocols.sidr.messages import Fetch
from sidr.topology import load

FABRIC = load("leaf-spine:leaves=2,spines=2")
NEAR_SLOT, FAR_SLOT = FABRIC.slots_of(0)


class Ends:
    """A wire, and what has arrived at which slot."""

    def __init__(self, seed: int = 0) -> None:
        self.got: list[tuple[int, str, Any]] = []
        self.damage = Damage(FABRIC)
        self.wire = Wire(FABRIC, self.damage, lambda *what: self.got.append(what), seed=seed)

    def send(self, count: int = 1) -> list[int]:
        for number in range(count):
            self.wire.send(NEAR_SLOT, "main", Fetch(1, number))
        return [message.boot for _, _, message in self.got]


def test_a_message_arrives_behind_the_link_at_once() -> None:
    ends = Ends()
    ends.send()
    assert ends.got == [(FAR_SLOT, "main", Fetch(1, 0))]


def test_dark_and_silent_directions_lose_everything() -> None:
    for change in (Change(0, "link-down", 0), Change(0, "silent-down", 0, end=NEAR)):
        ends = Ends()
        ends.damage.apply(change)
        assert ends.send(5) == []
        assert (ends.wire.sent, ends.wire.lost) == (5, 5)


def test_a_lossy_link_loses_its_part_alike_for_one_seed() -> None:
    runs = []
    for _ in range(2):
        ends = Ends(seed=1)
        ends.damage.apply(Change(0, "lossy-down", 0, loss_ratio=0.25))
        runs.append(ends.send(1000))
    assert runs[0] == runs[1]
    assert 700 < len(runs[0]) < 800


def test_other_processes_get_what_is_theirs() -> None:
    ends, far = Ends(), []
    ends.wire.local = [v == int(FABRIC.near[0]) for v in range(FABRIC.switches)]
    ends.wire.far = lambda *what: far.append(what)
    assert ends.send() == []
    assert far == [(FAR_SLOT, "main", Fetch(1, 0))]


async def test_weather_loses_doubles_and_disorders_and_a_cut_stops_what_is_late() -> None:
    ends = Ends(seed=2)
    ends.wire.weather = Weather(loss=0.2, duplicate=0.2, late=0.3, late_s=0.02)
    ends.send(500)
    await asyncio.sleep(0.05)
    numbers = [message.boot for _, _, message in ends.got]
    assert len(set(numbers)) < 500, "some are lost"
    assert len(numbers) > len(set(numbers)), "some came twice"
    assert numbers != sorted(numbers), "some were overtaken"
    before = len(ends.got)
    ends.wire.weather = Weather(late=1.0, late_s=0.02)
    ends.send(50)
    ends.damage.apply(Change(0, "link-down", 0))
    await asyncio.sleep(0.05)
    assert len(ends.got) == before
