"""Which rows SIDR makes of a trial, and that none of a headline rests on a better detector."""

from __future__ import annotations

from functools import cache

import pytest

from sidr.campaign.bench import Campaign, Runner
from sidr.campaign.variants import FAST, FAST_PULSE, base_of, hello_for, variants
from sidr.fault import schedule
from sidr.model.faults import Trial
from sidr.model.profiles import hardware, profile
from sidr.protocols.pulse import Pulse
from sidr.protocols.registry import KEPT_NAME, KEPT_START
from sidr.protocols.sidr import hello_of, matched
from sidr.topology import load
from sidr.trace.results import Row
from sidr.trace.summary import MATCHED, summarise

MS, S = 10**6, 10**9
SPEC = "leaf-spine:leaves=3,spines=2"
ALL = ("sidr", "bgp", "ospf")
PLAIN, BFD = "frr-datacenter", "frr-datacenter,bfd=300msx3"
SILENT = "silent:leaf0--spine1,from=leaf0"
LIT = (SILENT, "one-way:leaf0--spine1", "degrade:leaf0--spine1", f"cut:leaf1--spine1; {SILENT}")
DARK = ("cut:leaf0--spine1", "flap:leaf0--spine1", "switch:spine1", "plane:1", "planner:dead")


def trial(text: str) -> Trial:
    (found,) = schedule(load(SPEC), [text], sample=1, seed=3).trials
    return found


def rows(text: str, timers: str, beside: tuple[str, ...] = ALL, protocol: str = "sidr") -> list:
    return variants(protocol, beside, trial(text), profile(timers))


@pytest.mark.parametrize("fault", DARK)
@pytest.mark.parametrize("timers", [PLAIN, BFD])
def test_where_light_goes_out_there_is_one_row(fault: str, timers: str) -> None:
    assert rows(fault, timers) == ["sidr"]


@pytest.mark.parametrize("fault", LIT)
def test_where_light_stays_the_row_has_the_profiles_bfd_and_fast_hellos_are_apart(
    fault: str,
) -> None:
    assert rows(fault, BFD) == rows(fault, "tuned") == ["sidr", FAST]


@pytest.mark.parametrize("fault", LIT)
def test_without_bfd_there_is_a_row_per_baseline_that_runs_beside(fault: str) -> None:
    assert rows(fault, PLAIN) == ["sidr-as-bgp", "sidr-as-ospf", FAST]
    assert rows(fault, PLAIN, ("ospf", "sidr")) == ["sidr-as-ospf", FAST]
    assert rows(fault, PLAIN, ("sidr",)) == ["sidr", FAST]
    assert rows(fault, PLAIN, ("sidr", "example")) == ["sidr", FAST]


@pytest.mark.parametrize("fault", [*LIT, *DARK])
@pytest.mark.parametrize("protocol", ["bgp", "ospf", "example"])
def test_other_protocols_make_one_row(fault: str, protocol: str) -> None:
    assert rows(fault, PLAIN, protocol=protocol) == [protocol]


def test_rows_stand_for_their_protocols() -> None:
    names = ["sidr", FAST, "sidr-as-bgp", "sidr-as-ospf", "bgp", "ospf", "example"]
    assert [base_of(name) for name in names] == ["sidr"] * 4 + ["bgp", "ospf", "example"]


def test_names_of_rows_are_those_that_no_protocol_may_have() -> None:
    assert (MATCHED, FAST) == (KEPT_START, KEPT_NAME)


def test_life_signs_of_a_row_are_those_that_its_name_says() -> None:
    plain, bfd = profile(PLAIN), profile(BFD)
    assert hello_for("sidr-as-bgp", plain) == Pulse(3 * S, 9 * S)
    assert hello_for("sidr-as-ospf", plain) == Pulse(10 * S, 40 * S)
    assert hello_for("sidr", plain) == hello_of(plain) == Pulse(10 * S, 40 * S)
    for row in ("sidr", "sidr-as-bgp", "sidr-as-ospf"):
        assert hello_for(row, bfd) == Pulse(300 * MS, 900 * MS, jittered=True)
    assert hello_for(FAST, plain) == hello_for(FAST, bfd) == FAST_PULSE
    assert hello_for("bgp", plain) is hello_for("ospf", bfd) is hello_for("example", bfd) is None


@pytest.mark.parametrize("timers", ["frr-traditional", PLAIN, "rfc", "tuned,bfd=off"])
def test_alone_sidr_is_as_slow_as_the_slowest_baseline(timers: str) -> None:
    sheet = profile(timers)
    assert hello_of(sheet).detect_ns == max(p.detect_ns for p in matched(sheet).values())
    assert hello_of(sheet).detect_ns == max(sheet.bgp.hold_ns, sheet.ospf.dead_ns)


# --- what comes of it ---------------------------------------------------------------------------


def campaign(timers: str, *faults: str) -> Campaign:
    fabric = load(SPEC)
    made = schedule(fabric, list(faults), sample=1, seed=3)
    return Campaign(fabric, made, ALL, (profile(timers),), hardware("linux-netns"))


@cache
def ran(timers: str, fault: str) -> tuple[Row, ...]:
    """All rows of three trials of one fault."""
    made = campaign(timers, f"{fault},repeat=3")
    runner = Runner(made)
    found = tuple(row for one in made.schedule.trials for row in runner.rows(one))
    assert len(found) == made.runs
    return found


@pytest.mark.parametrize("baseline", ["bgp", "ospf"])
@pytest.mark.parametrize("fault", [SILENT, "silent:leaf0--spine1,from=spine1", "one-way"])
@pytest.mark.parametrize("timers", [PLAIN, BFD, "tuned"])
def test_no_row_of_a_headline_notices_silence_before_its_baseline(
    timers: str, fault: str, baseline: str
) -> None:
    found = {(row.trial, row.protocol): row for row in ran(timers, fault)}
    for number in range(3):
        theirs = found[number, baseline].detection_ns
        ours = found.get((number, MATCHED + baseline)) or found[number, "sidr"]
        assert ours.detection_ns >= theirs > 0


def test_fast_hellos_notice_sooner_and_take_no_part_in_ratios() -> None:
    found = ran(PLAIN, SILENT)
    by_row = {row.protocol: row for row in found if row.trial == 0}
    assert by_row[FAST].detection_ns <= FAST_PULSE.detect_ns < by_row["sidr-as-bgp"].detection_ns
    summary = summarise(list(found), fabric=SPEC, seed=3, hardware="linux-netns", provenance={})
    without = [row for row in found if row.protocol != FAST]
    assert (
        summary.ratios
        == summarise(without, fabric=SPEC, seed=3, hardware="linux-netns", provenance={}).ratios
    )


def test_sidr_as_a_whole_is_its_slowest_matched_run() -> None:
    found = ran(PLAIN, SILENT)
    summary = summarise(list(found), fabric=SPEC, seed=3, hardware="linux-netns", provenance={})
    slowest = max(r.repair_ns or 0 for r in found if r.protocol.startswith(MATCHED))
    assert summary.protocols["sidr"].repair_ns.max == slowest


def test_a_campaign_counts_its_rows_before_it_runs() -> None:
    assert campaign(PLAIN, SILENT, "cut:leaf0--spine1").runs == (3 + 2) + 3
    assert campaign(BFD, SILENT, "cut:leaf0--spine1").runs == (2 + 2) + 3
