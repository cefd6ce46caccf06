"""How long OSPF takes, in virtual time, where real FRR was measured."""

from __future__ import annotations

import pytest

from sidr.fault import schedule
from sidr.model.profiles import hardware, profile
from sidr.protocols.ospf import KIT
from sidr.protocols.pulse import Pulse
from sidr.protocols.registry import kit
from sidr.sim.stage import stage, touched
from sidr.sim.trial import Terms, run
from sidr.topology import load
from tests.protocols.measured import last_write_ms, outcomes, repairs_ms

LEAF_SPINE = "leaf-spine:leaves=4,spines=4"
PARALLEL = "leaf-spine:leaves=2,spines=2,parallel=2"


@pytest.mark.parametrize("timers", ["frr-traditional", "frr-datacenter"])
def test_a_cut_is_repaired_in_12_to_20_ms(timers: str) -> None:
    times = repairs_ms(outcomes(LEAF_SPINE, "cut:leaf*--spine*", "ospf", timers))
    assert len(times) == 20
    assert all(12 <= time <= 20 for time in times), sorted(times)


@pytest.mark.parametrize("gap", ["0ms", "3ms", "10ms"])
def test_both_links_of_a_pair_cut_within_10_ms_wait_for_the_retransmission(gap: str) -> None:
    """Both ends make their second router-LSA within MinLSArrival (1 s) of the first, so every
    receiver drops it without a word. It comes again at a tick of the retransmission timer that
    finds it 5 s old. These timers run freely with a period of 5 s; every direction of every link
    has a phase of its own, drawn evenly from the period once per trial, as the adjacencies' births
    would give them: 5 to 10 s after the cut.
    """
    fault = f"cut:leaf0--spine0; cut:leaf0--spine0#1@{gap}"
    found = outcomes(PARALLEL, f"{fault},repeat=100", "ospf", "frr-traditional", sample=100)
    times = repairs_ms(found)
    assert len(times) == 100
    assert all(5_000 <= time <= 10_100 for time in times), sorted(times)
    assert max(times) - min(times) > 1_000, "phases are not drawn"


def test_without_min_ls_arrival_the_pair_is_repaired_at_once() -> None:
    fault = "cut:leaf0--spine0; cut:leaf0--spine0#1@3ms"
    timers = "frr-traditional,ospf.min_ls_arrival=0"
    times = repairs_ms(outcomes(PARALLEL, fault, "ospf", timers))
    assert all(time < 100 for time in times), sorted(times)


def test_cuts_towards_different_neighbours_do_not_wait() -> None:
    fault = "cut:leaf0--spine0; cut:leaf1--spine1@3ms"
    times = repairs_ms(outcomes(LEAF_SPINE, fault, "ospf", "frr-traditional"), down=False)
    assert all(time < 200 for time in times), sorted(times)


@pytest.mark.parametrize("sender", ["leaf0", "spine0"])
def test_with_bfd_of_3_x_300_ms_a_silent_direction_costs_610_to_930_ms(sender: str) -> None:
    """Real FRR: 686 to 872 ms, n = 8."""
    fault = f"silent:leaf0--spine0,from={sender},repeat=100"
    found = outcomes(LEAF_SPINE, fault, "ospf", "frr-datacenter,bfd=300msx3", sample=100)
    times = repairs_ms(found, down=False)
    assert len(times) == 100
    assert all(610 <= time <= 930 for time in times), sorted(times)
    assert max(times) - min(times) > 150, "life signs have no phases"


@pytest.mark.parametrize("sender", ["leaf0", "spine0"])
def test_without_bfd_the_dead_time_less_the_age_of_the_last_hello_decides(sender: str) -> None:
    """Real FRR: 32 and 39 s."""
    fault = f"silent:leaf0--spine0,from={sender},repeat=60"
    found = outcomes(LEAF_SPINE, fault, "ospf", "frr-datacenter", sample=60)
    times = repairs_ms(found, down=False)
    assert len(times) == 60
    assert all(29_000 <= time <= 40_200 for time in times), sorted(times)
    assert max(times) - min(times) > 5_000, "hellos have no phases"
    assert all(29_000 <= o.detection_ns / 1e6 <= 40_000 for o in found), "the dead timer detects"


@pytest.mark.parametrize(
    ("timers", "hello_ms", "loop_ms"), [("frr-traditional", 10_000, 60), ("tuned", 1_000, 10)]
)
def test_a_restored_link_is_used_after_a_hello_interval_and_loops_are_short(
    timers: str, hello_ms: int, loop_ms: int
) -> None:
    """Downward traffic first finds its shortest path again when the adjacency is full. Real FRR:
    10.0 to 10.1 s with its own timers, loops of 0 to 7 ms; the wait of FRR's SPF throttle (50 ms)
    bounds them, for a router that hears of both ends at once is that much ahead of the others.
    """
    fault = "cut:leaf0--spine0@0s+5s,repeat=40"
    found = outcomes(LEAF_SPINE, fault, "ospf", timers, sample=40, keep=True)
    back_ms = [last_write_ms(o) - 5_000 for o in found]
    assert all(hello_ms <= ms <= hello_ms + 100 for ms in back_ms), sorted(back_ms)
    loops = [o.measured.restore_loop_ns / 1e6 for o in found]
    assert 0 < max(loops) <= loop_ms, sorted(loops)
    assert sorted(loops)[len(loops) // 2] <= 7, sorted(loops)


def test_many_prefixes_cost_writes_and_no_message() -> None:
    fabric = load(LEAF_SPINE)
    made = schedule(fabric, ["cut:leaf0--spine0"], sample=1, seed=7).trials[0]
    ready = stage(fabric, touched(fabric, made))
    found = [
        run(ready, made, KIT, Terms(profile("tuned"), hardware("ideal"), prefixes=count))
        for count in (1, 100)
    ]
    few, many = (o.measured.repair_down_ns for o in found)
    assert found[0].messages == found[1].messages
    assert few is not None
    assert many == few + 99 * 100_000  # the one group that changes, 0.1 ms a route


@pytest.mark.parametrize("sender", ["leaf0", "spine0"])
def test_sidr_with_the_same_hellos_finds_silence_at_the_same_instant(sender: str) -> None:
    fabric, timers = load(LEAF_SPINE), profile("frr-datacenter")
    made = schedule(fabric, [f"silent:leaf0--spine0,from={sender}"], sample=3, seed=7).trials
    ready, machine = stage(fabric, touched(fabric, made[0])), hardware("linux-netns")
    hellos = Pulse(timers.ospf.hello_ns, timers.ospf.dead_ns)
    for trial in made:
        mine = run(ready, trial, KIT, Terms(timers, machine))
        other = run(ready, trial, kit("sidr"), Terms(timers, machine, hello=hellos))
        assert mine.detection_ns == other.detection_ns
