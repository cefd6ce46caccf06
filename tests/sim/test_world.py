"""The door, timers, orders and returns of a World, with scripted cores that do as they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from sidr.forwarding.space import spaces
from sidr.model.effects import (
    MANAGEMENT,
    CancelTimer,
    Effect,
    FibWrite,
    Note,
    ProgramFib,
    Push,
    Send,
    SetTimer,
    Tell,
)
from sidr.model.events import (
    Event,
    MessageReceived,
    PortDown,
    PortUp,
    TableArrived,
    TimerFired,
    Told,
)
from sidr.model.faults import Change
from sidr.model.profiles import hardware
from sidr.plan import plan
from sidr.protocols.kit import Core, Start
from sidr.sim.world import Chance, World
from sidr.topology import load
from sidr.trace.recorder import Recorder

MS = 1_000_000
FABRIC = load("leaf-spine:leaves=2,spines=2")
PLAN = plan(FABRIC)
MACHINE = "ideal,detect=0,route_write=2ms,group_write=1ms"
Script = Callable[[Event, int], Iterable[Effect]]


class Scripted:
    """A core that writes down what it is fed and does what its script says."""

    def __init__(self, script: Script | None = None) -> None:
        self.fed: list[tuple[float, Event]] = []
        self._script = script

    def handle(self, event: Event, now_ns: int) -> Iterable[Effect]:
        self.fed.append((now_ns / MS, event))
        return self._script(event, now_ns) if self._script else ()


class Theatre:
    """A World of scripted cores; `cores` are those that run now."""

    def __init__(self, scripts: dict[int, Script] | None = None, **more: Core) -> None:
        self.scripts = scripts or {}
        self.reborn: list[Scripted] = []
        detector, controller = more.get("detector"), more.get("controller")
        start = self._start()
        start = Start(
            start.cores,
            start.fib,
            start.admitted,
            detectors={0: detector} if detector else {},
            controller=controller,
            ticking=(1,),
        )
        self.cores = [core for core in start.cores if isinstance(core, Scripted)]
        self.world = World(
            FABRIC,
            spaces(PLAN),
            start,
            tagged=False,
            hardware=hardware(MACHINE),
            protocol="test",
            chance=Chance(*(np.random.default_rng(i) for i in range(3))),
            recorder=Recorder(),
            reboot=self._reboot,
        )

    def _start(self) -> Start:
        cores = [Scripted(self.scripts.get(v)) for v in range(FABRIC.switches)]
        fib = np.ones((2, FABRIC.slots), np.uint8)
        return Start(cores, fib, np.ones(FABRIC.slots, np.bool_))

    def _reboot(self) -> Start:
        start = self._start()
        self.reborn = [core for core in start.cores if isinstance(core, Scripted)]
        return Start(start.cores, np.zeros_like(start.fib), start.admitted)

    def feed(self, at_ms: float, switch: int, event: Event) -> None:
        at = round(at_ms * MS)
        self.world.kernel.at(at, lambda item: self.world.feed(switch, item), event)

    def change(self, at_ms: float, kind: str, id: int = 0) -> None:
        self.world.kernel.at(round(at_ms * MS), self.world.apply, Change(0, kind, id))

    def run(self, until_ms: float = 1000) -> Theatre:
        self.world.kernel.run(round(until_ms * MS))
        return self


def when(answers: dict[Event, list[Effect]]) -> Script:
    """A script: what to do on which event."""
    return lambda event, now_ns: answers.get(event, [])


GO = TimerFired("go")


def test_all_effects_of_an_event_are_carried_out_before_the_next_event() -> None:
    told: list[str] = []

    def script(event: Event, now_ns: int) -> Iterable[Effect]:
        told.append("in")
        yield Note("one")
        told.append("out")
        yield Note("two")

    theatre = Theatre({0: script})
    theatre.feed(1, 0, GO)
    theatre.feed(1, 0, GO)
    theatre.run()
    assert told == ["in", "out", "in", "out"]


def test_a_timer_that_is_set_again_fires_once_and_a_cancelled_one_never() -> None:
    script = when({
        GO: [SetTimer("a", 5 * MS), SetTimer("b", 5 * MS), SetTimer("a", 9 * MS)],
        TimerFired("stop"): [CancelTimer("b"), CancelTimer("never set")],
    })  # fmt: skip
    theatre = Theatre({0: script})
    theatre.feed(0, 0, GO)
    theatre.feed(5, 0, TimerFired("stop"))
    theatre.run()
    assert theatre.cores[0].fed[2:] == [(9.0, TimerFired("a"))]


def test_a_timer_cancelled_at_its_own_instant_does_not_fire_late() -> None:
    script = when({GO: [SetTimer("b", 5 * MS)], TimerFired("stop"): [CancelTimer("b")]})
    theatre = Theatre({0: script})
    theatre.feed(5, 0, TimerFired("stop"))
    theatre.feed(0, 0, GO)
    theatre.run()
    assert TimerFired("b") not in [event for _, event in theatre.cores[0].fed]


def test_a_message_arrives_at_the_port_behind_the_link() -> None:
    theatre = Theatre({0: when({GO: [Send(1, Note("hi"))]})})
    theatre.feed(1, 0, GO)
    theatre.run()
    spine1 = FABRIC.names.index("spine1")
    assert [event for _, event in theatre.cores[spine1].fed] == [MessageReceived(0, Note("hi"))]


def test_detectors_are_fed_first_and_tell_the_protocol() -> None:
    detector = Scripted(when({PortDown(0): [Tell("main", "down", 0)]}))
    theatre = Theatre(detector=detector)
    theatre.change(1, "link-down")
    theatre.run()
    assert [event for _, event in detector.fed] == [PortDown(0)]
    assert [event for _, event in theatre.cores[0].fed] == [Told("bfd", "down", 0), PortDown(0)]
    assert theatre.world.first_event_ns == MS


def test_what_a_core_finds_out_by_itself_is_a_detection() -> None:
    theatre = Theatre(
        {0: when({GO: [Note("hold time over", detected=True)], PortUp(0): [Note("x")]})}
    )
    theatre.feed(1, 0, PortUp(0))
    theatre.feed(7, 0, GO)
    theatre.run()
    assert theatre.world.first_event_ns == 7 * MS


def test_who_ticks_is_told_that_the_trial_begins() -> None:
    theatre = Theatre().run()
    assert theatre.cores[1].fed == [(0.0, Told("driver", "started"))]
    assert theatre.cores[0].fed == []


def test_fib_writes_follow_one_another_and_are_told_when_asked() -> None:
    order = ProgramFib((FibWrite((1,), b"\1\0"), FibWrite((1,), b"\0\1")), token=7)
    theatre = Theatre({0: when({GO: [order]})})
    theatre.feed(1, 0, GO)
    theatre.run(4)
    assert theatre.world.fibs.rows[0][1, :2].tolist() == [1, 0]
    theatre.run()
    assert theatre.world.fibs.rows[0][1, :2].tolist() == [0, 1]
    assert theatre.cores[0].fed[-1] == (5.0, Told("fib", "written", 7))


def test_a_dead_switch_is_told_nothing_and_its_writes_are_void() -> None:
    order = ProgramFib((FibWrite((1,), b"\1\0"),), token=1)
    theatre = Theatre({0: when({GO: [order, SetTimer("t", 3 * MS)]})})
    theatre.feed(1, 0, GO)
    theatre.change(2, "switch-down", 0)
    theatre.run()
    assert [event for _, event in theatre.cores[0].fed] == [GO]
    assert theatre.world.fibs.rows[0][1, :2].tolist() == [1, 1]


def test_a_switch_that_returns_has_a_new_core_an_empty_fib_and_no_old_timers() -> None:
    order = ProgramFib((FibWrite((1,), b"\7\7"),))
    theatre = Theatre({0: when({GO: [SetTimer("t", 5 * MS), order]})})
    theatre.feed(1, 0, GO)
    theatre.change(1.5, "switch-down", 0)
    theatre.change(2, "switch-up", 0)
    theatre.run()
    assert [event for _, event in theatre.reborn[0].fed] == [PortUp(0), PortUp(1)]
    assert theatre.world.fibs.rows[0][1, :2].tolist() == [0, 0]


def test_the_planner_hears_reports_and_pushes_tables_over_the_management_network() -> None:
    report = MessageReceived(0, Note("mine"))
    planner = Scripted(when({report: [Push(1, b"t"), Send(0, Note("thanks"))]}))
    theatre = Theatre({0: when({GO: [Send(MANAGEMENT, Note("mine"))]})}, controller=planner)
    theatre.feed(1, 0, GO)
    theatre.run()
    assert planner.fed == [(2.0, report)]
    assert theatre.cores[1].fed[-1] == (3.0, TableArrived(b"t"))
    assert theatre.cores[0].fed[-1] == (3.0, MessageReceived(MANAGEMENT, Note("thanks")))
    assert theatre.world.messages == 3


def test_a_dead_planner_hears_nothing() -> None:
    planner = Scripted()
    theatre = Theatre({0: when({GO: [Send(MANAGEMENT, Note("mine"))]})}, controller=planner)
    theatre.change(0, "planner-down")
    theatre.feed(1, 0, GO)
    theatre.change(50, "planner-up")
    theatre.run()
    assert planner.fed == [(50.0, Told("driver", "started"))]


def test_boot_gives_tables_and_light_to_everybody() -> None:
    theatre = Theatre()
    theatre.world.boot(PLAN.tables)
    for v, core in enumerate(theatre.cores):
        assert [event for _, event in core.fed] == [
            TableArrived(PLAN.tables[v]),
            PortUp(0),
            PortUp(1),
        ]
