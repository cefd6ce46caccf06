"""Metrics of real trials against those that plain Python reckons from their traces."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sidr.model.profiles import profile
from sidr.sim.trial import START_NS, Outcome, horizon_ns
from sidr.trace.metrics import Measured
from tests.sim.trials import FOUR, TREE, outcome, place, trace
from tests.trace.replayed import Delays, Reckoning, Replay, reckon

SMALL = "leaf-spine:leaves=2,spines=2"
PARALLEL = "leaf-spine:leaves=3,spines=2,parallel=2"
HARDWARE = "linux-netns,prune=700us,notify=900us"
"""Work and FIB writes cost random times, light and pruning constant ones."""
DELAYS = Delays(prune=700_000, notify=900_000)

LASTING = [
    (SMALL, "cut:leaf0--spine1"),
    (FOUR, "cut:leaf2--spine1"),
    (FOUR, "cut:leaf0--spine0; cut:leaf1--spine1@3ms"),
    (FOUR, "cut:leaf0--spine0; cut:leaf0--spine1@70ms; cut:leaf3--spine0@90ms"),
    (FOUR, "switch:spine2"),
    (FOUR, "switch:leaf1; cut:leaf0--spine3@1ms"),
    (PARALLEL, "cut:leaf0--spine0#1"),
    (PARALLEL, "cut:leaf1--spine0#*"),
    (TREE, "cut:p0-leaf0--p0-agg1"),
    (TREE, "cut:p1-agg0--core1"),
    (TREE, "switch:p2-agg0"),
]


def reckoned(found: Outcome, spec: str, protocol: str, timers: str, end_ns: int) -> Reckoning:
    bounces = profile(timers).sidr.bounces if protocol == "sidr" else None
    records = trace(found)
    return reckon(Replay(place(spec).fabric, bounces=bounces), records, DELAYS, end_ns)


def check_losses(measured: Measured, want: Reckoning, *, unrecovered: bool) -> None:
    """What was lost, by all and by pair."""
    affected = want.scopes["all"]
    total = sum(want.lost.values(), Fraction(0)) / len(want.lost) / 10**9
    assert measured.lost_traffic_s == pytest.approx(float(total), rel=1e-9)
    each = sum((want.lost[p] for p in affected), Fraction(0)) / max(1, len(affected)) / 10**9
    assert measured.lost_traffic_pair_s == pytest.approx(float(each), rel=1e-9)
    windows = [want.window_ns[p] for p in affected]
    longest, mean = max(want.window_ns.values()), round(sum(windows) / max(1, len(affected)))
    shown = (measured.loss_window_ns_max, measured.loss_window_ns_mean)
    assert shown == ((None, None) if unrecovered else (longest, mean))
    assert [measured.pairs_affected, measured.pairs_down, measured.pairs_up] == [
        len(want.scopes[scope]) for scope in ("all", "down", "up")
    ]


@pytest.mark.parametrize(("spec", "fault"), LASTING)
@pytest.mark.parametrize(
    ("protocol", "timers"),
    [("ospf", "frr-datacenter"), ("bgp", "frr-datacenter"), ("sidr", "tuned-no-queues")],
)
def test_every_metric_of_a_lasting_fault_follows_from_its_trace(
    spec: str, fault: str, protocol: str, timers: str
) -> None:
    found = outcome(fault, protocol, timers, HARDWARE, spec=spec)
    end = START_NS + horizon_ns(profile(timers))
    want = reckoned(found, spec, protocol, timers, end)
    m = found.measured
    assert m.repair_ns == want.repair_ns["any"]
    assert (m.repair_down_ns, m.repair_up_ns) == (want.repair_ns["down"], want.repair_ns["up"])
    assert m.repair_ns is not None
    check_losses(m, want, unrecovered=False)
    if protocol != "sidr":
        assert (m.loop_ns, m.blackhole_ns) == (want.loop_ns, want.blackhole_ns)


@pytest.mark.parametrize(
    ("protocol", "asn", "timers"),
    [
        ("ospf", "rfc7938", "frr-datacenter"),
        ("ospf", "rfc7938", "tuned-no-queues"),
        ("bgp", "unique", "frr-datacenter"),
        ("bgp", "rfc7938", "tuned-no-queues"),
    ],
)
def test_double_faults_of_a_fat_tree_follow_from_their_traces_recovered_or_not(
    protocol: str, asn: str, timers: str
) -> None:
    fault = "cut:p0-leaf0--p0-agg0; cut:p0-leaf1--p0-agg1"
    found = outcome(fault, protocol, timers, HARDWARE, spec=TREE, asn=asn)
    end = START_NS + horizon_ns(profile(timers))
    want = reckoned(found, TREE, protocol, timers, end)
    m = found.measured
    assert m.repair_ns == want.repair_ns["any"]
    assert (m.loop_ns, m.blackhole_ns) == (want.loop_ns, want.blackhole_ns)
    check_losses(m, want, unrecovered=m.repair_ns is None)


@pytest.mark.parametrize(
    ("protocol", "time"), [("ospf", "5ms"), ("bgp", "5ms"), ("bgp", "80ms"), ("sidr", "500us")]
)
@pytest.mark.parametrize("fault", ["cut:leaf0--spine0+{}", "cut:leaf3--spine1@40ms+{}"])
def test_a_finite_fault_loses_what_its_trace_says_and_is_whole_when_its_trace_says(
    fault: str, protocol: str, time: str
) -> None:
    timers = "frr-datacenter"
    found = outcome(fault.format(time), protocol, timers, HARDWARE)
    records = trace(found)
    light = max(r.now_ns for r in records if r.kind == "change")
    dark = reckoned(found, FOUR, protocol, timers, light)
    assert dark.repair_ns["any"] is None, "the fault is to end before it is repaired"
    check_losses(found.measured, dark, unrecovered=False)
    whole = reckoned(found, FOUR, protocol, timers, light + horizon_ns(profile(timers)))
    assert found.measured.repair_ns == whole.repair_ns["any"]
    assert found.measured.repair_down_ns == whole.repair_ns["down"]
