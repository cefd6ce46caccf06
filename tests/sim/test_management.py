"""The way between planner and switches: its delay, a dead planner and a slow one."""

from __future__ import annotations

import numpy as np

from sidr.model.effects import Note
from sidr.model.events import Event, MessageReceived, TableArrived
from sidr.model.faults import Change
from sidr.model.profiles import hardware
from sidr.sim.hardware import Costs
from sidr.sim.kernel import Kernel
from sidr.sim.management import BACK, Management

MS = 1_000_000
PLANNER = 9


class Office:
    """A management network on its own; `got` is (ms, to whom, what)."""

    def __init__(self) -> None:
        self.kernel = Kernel()
        self.got: list[tuple[float, int, Event]] = []
        costs = Costs(hardware("ideal"), "sidr", np.random.default_rng(1))
        self.network = Management(self.kernel, costs, self._take, PLANNER)

    def _take(self, to: int, event: Event) -> None:
        self.got.append((self.kernel.now_ns / MS, to, event))


def test_both_ways_take_the_networks_delay_and_count() -> None:
    office = Office()
    office.network.to_planner(3, Note("x"))
    office.network.to_switch(4, TableArrived(b"t"))
    office.kernel.run(10 * MS)
    assert office.got == [
        (1.0, PLANNER, MessageReceived(3, Note("x"))),
        (1.0, 4, TableArrived(b"t")),
    ]
    assert office.network.messages == 2


def test_a_slow_planner_is_late_by_its_delay_until_it_is_quick_again() -> None:
    office = Office()
    office.network.apply(Change(0, "planner-down", 0, delay_ns=5 * MS))
    assert not office.network.dead
    office.network.to_switch(4, TableArrived(b"t"))
    office.network.apply(Change(0, "planner-up", 0, delay_ns=5 * MS))
    office.network.to_switch(4, TableArrived(b"u"))
    office.kernel.run(10 * MS)
    assert [(at, event) for at, _, event in office.got] == [
        (1.0, TableArrived(b"u")),
        (6.0, TableArrived(b"t")),
    ]


def test_a_planner_that_died_twice_is_back_once_and_told_so() -> None:
    office = Office()
    for _ in range(2):
        office.network.apply(Change(0, "planner-down", 0))
    office.network.apply(Change(0, "planner-up", 0))
    assert office.network.dead
    assert office.got == []
    office.network.apply(Change(0, "planner-up", 0))
    assert not office.network.dead
    assert office.got == [(0.0, PLANNER, BACK)]
