"""A trial is a pure function, fair to every protocol, and honest about what is not repaired."""

from __future__ import annotations

import pytest

from sidr.fault import schedule
from sidr.model.faults import Change, Trial
from sidr.model.profiles import hardware, profile
from sidr.protocols.registry import kit
from sidr.sim.stage import stage, touched
from sidr.sim.trial import Outcome, Terms, exercised, horizon_ns, lasting, run
from sidr.topology import load
from sidr.trace.reader import records

SPEC = "leaf-spine:leaves=3,spines=2"
SECOND = 1_000_000_000
PROTOCOLS = ("sidr", "bgp", "ospf")


def outcome(
    protocol: str, *faults: str, timers: str = "frr-datacenter", seed: int = 1, machine: str = ""
) -> Outcome:
    fabric = load(SPEC)
    (trial,) = schedule(fabric, ["; ".join(faults)], sample=1, seed=seed).trials
    terms = Terms(profile(timers), hardware(machine or "linux-netns"))
    return run(stage(fabric, touched(fabric, trial)), trial, kit(protocol), terms, keep=True)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("fault", ["cut", "silent", "switch"])
def test_the_same_trial_gives_the_same_bytes(protocol: str, fault: str) -> None:
    one, two = (outcome(protocol, fault, timers="tuned") for _ in range(2))
    assert one.recorder.data() == two.recorder.data()
    assert one.measured == two.measured
    other = outcome(protocol, fault, timers="tuned", seed=2)
    assert other.recorder.digest() != one.recorder.digest()


@pytest.mark.parametrize(
    "fault", ["cut:leaf0--spine1", "switch:spine0", "flap:leaf0--spine0,count=2"]
)
def test_light_and_hardware_are_the_same_for_every_protocol(fault: str) -> None:
    """First port events of each end, at the same nanosecond whatever protocol runs."""
    seen = []
    for protocol in PROTOCOLS:
        found = records(outcome(protocol, fault).recorder.data())
        seen.append(
            [
                (r.now_ns, r.switch, r.payload[0]["type"], r.payload[0].get("port"))
                for r in found
                if r.kind == "event"
                and r.payload[2] == "main"
                and r.payload[0]["type"] in ("PortDown", "PortUp")
            ][:4]
        )
    assert seen[0] == seen[1] == seen[2] != []


def test_what_is_not_repaired_before_the_horizon_is_unrecovered_though_light_returns() -> None:
    slow = outcome("bgp", "cut:leaf0--spine1", timers="frr-datacenter,clear_queue=200s")
    assert slow.measured.repair_ns is None
    assert slow.measured.loss_window_ns_max is None
    assert slow.measured.restore_repair_ns is not None
    right = outcome("bgp", "cut:leaf0--spine1")
    assert right.measured.repair_ns is not None


def test_a_finite_fault_that_ends_before_its_repair_is_repaired_by_its_end() -> None:
    slow = outcome("bgp", "cut:leaf0--spine1+300ms", timers="frr-datacenter,clear_queue=200s")
    assert slow.measured.repair_ns is not None
    assert slow.measured.repair_ns >= 300_000_000


def test_the_horizon_is_three_times_the_slowest_detection_and_ten_seconds() -> None:
    assert horizon_ns(profile("frr-datacenter")) == (3 * 40 + 10) * SECOND
    assert horizon_ns(profile("frr-traditional")) == (3 * 180 + 10) * SECOND
    assert horizon_ns(profile("tuned")) == (3 * 4 + 10) * SECOND


def test_time_zero_is_the_first_fault_and_not_the_planners_death() -> None:
    late = outcome("sidr", "planner:dead", "cut:leaf0--spine1@5s")
    soon = outcome("sidr", "cut:leaf0--spine1")
    assert late.measured.repair_ns == pytest.approx(soon.measured.repair_ns, abs=2_000_000)
    assert late.detection_ns < 2_000_000


def test_pairs_that_nothing_connects_do_not_count() -> None:
    alone = outcome("sidr", "cut:leaf0--spine0", "cut:leaf0--spine1")
    assert alone.measured.repair_ns is not None
    assert alone.measured.lost_traffic_s < 0.01


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_restoration_is_measured_for_every_protocol(protocol: str) -> None:
    found = outcome(protocol, "cut:leaf0--spine1").measured
    assert found.restore_repair_ns is not None
    assert found.restore_lost_s >= 0.0


def test_what_lasts_is_what_nothing_takes_back() -> None:
    down, up = Change(0, "link-down", 1), Change(9, "link-up", 1)
    silent = Change(1, "silent-down", 1, "near")
    assert lasting((down, silent, up)) == [silent]
    assert lasting((down, Change(2, "link-down", 1), up)) == [Change(2, "link-down", 1)]
    assert lasting(()) == []


def test_exercised_slots_are_both_directions_of_what_a_trial_touches() -> None:
    fabric = load(SPEC)
    ready = stage(fabric, (0,))
    spine = fabric.names.index("spine0")
    changes = (Change(0, "switch-down", spine), Change(0, "planner-down", 0))
    found = exercised(ready, changes, everywhere=False)
    assert found == {e for p in fabric.ports(spine) for e in (p, int(fabric.twin[p]))}
    assert exercised(ready, changes, everywhere=True) == set(range(fabric.slots))


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("fault", ["cut", "silent", "switch", "degrade:*,loss=0.4"])
def test_life_signs_on_links_that_lose_nothing_change_nothing(protocol: str, fault: str) -> None:
    fabric = load(SPEC)
    (trial,) = schedule(fabric, [fault], sample=1, seed=3).trials
    ready = stage(fabric, touched(fabric, trial))
    found = [
        run(
            ready,
            trial,
            kit(protocol),
            Terms(profile("tuned"), hardware("ideal"), everywhere=everywhere),
        )
        for everywhere in (False, True)
    ]
    few, all_ = (o.measured for o in found)
    for name in few.__struct_fields__:
        assert getattr(few, name) == pytest.approx(getattr(all_, name), abs=1e-9), name
    assert found[0].detection_ns == found[1].detection_ns
    assert isinstance(trial, Trial)
