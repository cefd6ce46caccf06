"""The planner: waits for quiet, pushes one epoch, and nothing waits for it."""

from __future__ import annotations

from typing import cast

from sidr.forwarding.codec import decode
from sidr.model.effects import Note, Push, Send, SetTimer
from sidr.model.events import MessageReceived, TimerFired, Told
from sidr.model.faults import Change, Trial
from sidr.model.profiles import hardware, profile
from sidr.plan import plan
from sidr.protocols.sidr import KIT
from sidr.protocols.sidr.messages import Poll, Ports
from sidr.protocols.sidr.planner import Planner, links_out
from sidr.sim.stage import stage
from sidr.sim.trial import Outcome, Terms, run
from sidr.topology import load

TRIPLE = "leaf-spine:leaves=4,spines=4,parallel=3"
TIMERS = profile("frr-datacenter").sidr
CUT = Change(0, "link-down", 0)
OPTIMUM = 12 / 11
"""A leaf's traffic over the 11 links that are left to it, where each of 12 was full."""


def planner() -> Planner:
    return Planner(plan(load(TRIPLE)), TIMERS)


def report(switch: int, seq: int, admitted: int, boot: int = 1) -> MessageReceived:
    return MessageReceived(switch, Ports(boot, seq, admitted.to_bytes(2, "little")))


def trial(*changes: Change, timers: str = "frr-datacenter") -> Outcome:
    fabric = load(TRIPLE)
    terms = Terms(profile(timers), hardware("linux-netns"))
    return run(stage(fabric, (0,)), Trial(0, "x", "x", 3, changes), KIT, terms)


def test_it_waits_for_quiet_and_then_pushes_tables_of_the_next_epoch() -> None:
    book = planner()
    full = (1 << 12) - 1
    assert list(book.handle(report(0, 1, full - 1), 0)) == [SetTimer("replan", TIMERS.replan_ns)]
    assert list(book.handle(report(4, 1, full - 1), 1)) == [SetTimer("replan", TIMERS.replan_ns)]
    note, *pushes = book.handle(TimerFired("replan"), 2)
    assert cast(Note, note).text.startswith("epoch 2: 1 links out")
    assert pushes
    for push in pushes:
        assert isinstance(push, Push)
        assert decode(push.table, push.switch, 12).epoch == 2


def test_it_pushes_nothing_when_nothing_changes_and_goes_back_when_light_returns() -> None:
    book = planner()
    full = (1 << 12) - 1
    _ = book.handle(report(0, 1, full), 0)
    assert list(book.handle(TimerFired("replan"), 1)) == []
    _ = book.handle(report(0, 2, full - 1), 2)
    first = [e for e in book.handle(TimerFired("replan"), 3) if isinstance(e, Push)]
    _ = book.handle(report(0, 3, full), 4)
    second = [e for e in book.handle(TimerFired("replan"), 5) if isinstance(e, Push)]
    assert {p.switch for p in first} == {p.switch for p in second}
    base = plan(load(TRIPLE))
    for push in second:
        now, intact = (decode(t, push.switch, 12) for t in (push.table, base.tables[push.switch]))
        assert (now.classes, now.epoch) == (intact.classes, 3)


def test_an_old_report_is_ignored_and_another_boot_is_not() -> None:
    book = planner()
    assert list(book.handle(report(0, 5, 0), 0))
    assert list(book.handle(report(0, 4, 1), 1)) == []
    assert list(book.handle(report(0, 1, 1, boot=9), 2))


def test_back_from_death_it_asks_everybody() -> None:
    asked = list(planner().handle(Told("driver", "started"), 0))
    assert asked == [Send(switch, Poll()) for switch in range(8)]


def test_a_link_is_out_when_either_end_says_so() -> None:
    fabric = load(TRIPLE)
    full = (1 << 12) - 1
    assert links_out(fabric, {}) == []
    assert links_out(fabric, {0: full - 2}) == [1]
    assert links_out(fabric, {0: full - 2, 4: full - 1}) == [0, 1]


def test_the_third_phase_rebalances_and_loses_nothing() -> None:
    alive = trial(CUT)
    dead = trial(Change(0, "planner-down", 0), CUT)
    assert dead.measured.load_max_after > 1.02 * OPTIMUM
    assert alive.measured.load_max_after < 1.001 * OPTIMUM
    assert alive.reconvergence_ns > TIMERS.replan_ns > dead.reconvergence_ns
    assert alive.measured.lost_traffic_s == dead.measured.lost_traffic_s > 0


def test_without_the_planner_phases_one_and_two_are_the_same() -> None:
    alive = trial(CUT)
    dead = trial(Change(0, "planner-down", 0), CUT)
    for name in ("repair_ns", "repair_down_ns", "repair_up_ns", "loss_window_ns_max", "loops"):
        assert getattr(alive.measured, name) == getattr(dead.measured, name)
    assert alive.detection_ns == dead.detection_ns
    assert dead.measured.restore_lost_s == alive.measured.restore_lost_s == 0


def test_a_slow_planner_comes_later_and_a_returning_one_catches_up() -> None:
    late = 5_000_000_000
    slow = trial(Change(0, "planner-down", 0, delay_ns=late), CUT)
    assert slow.reconvergence_ns > late + TIMERS.replan_ns
    assert slow.measured.load_max_after < 1.001 * OPTIMUM
    back = trial(Change(0, "planner-down", 0), CUT, Change(late, "planner-up", 0))
    assert back.measured.load_max_after < 1.001 * OPTIMUM


def test_a_link_that_comes_back_while_the_planner_is_dead_is_used_at_once() -> None:
    changes = (CUT, Change(5_000_000_000, "planner-down", 0), Change(6_000_000_000, "link-up", 0))
    found = trial(*changes)
    assert found.measured.restore_lost_s == 0
    assert found.measured.restore_repair_ns == 0
