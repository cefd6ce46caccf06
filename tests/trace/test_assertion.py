from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from sidr.errors import ResultError
from sidr.trace.assertion import evaluate_assert, misshapen
from sidr.trace.results import Row
from sidr.trace.summary import Summary, summarise

MS = 10**6
PROFILE = "frr-datacenter,bfd=300msx3"


@pytest.fixture
def summary(make_row: Callable[..., Row]) -> Summary:
    rows = []
    for profile in (PROFILE, "frr"):
        for name, time in (("sidr", 4 * MS), ("sidr-hello50", 2 * MS), ("bgp", 80 * MS)):
            rows.append(make_row(profile=profile, protocol=name, repair_ns=time))
        rows.append(make_row(profile=profile, protocol="ospf", repair_ns=None, loops=1))
    return summarise(rows, fabric="f", seed=1, hardware="ideal", provenance={"version": "0.1.0"})


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("sidr.repair_ns.median < 10ms", True),
        ("sidr.repair_ns.median<4ms", False),
        ("sidr.repair_ns.median <= 4ms", True),
        ("sidr.repair_ns.median == 4000us", True),
        ("sidr.repair_ns.median != 4ms", False),
        ("sidr-hello50.repair_ns.max >= 2ms", True),
        ("protocols.bgp.repair_ns.ci95.1 > 79ms", True),
        ("sidr.messages == 7", True),
        ("sidr.lost_traffic_s < 600ms", True),
        (f"results.{PROFILE}.bgp.cut.repair_ns.median > 79ms", True),
        (f"ratios.{PROFILE}.bgp.cut >= 20x", True),
        (f"ratios.{PROFILE}.bgp.cut.ratio < 20", False),
        ("seed == 1", True),
    ],
)
def test_a_question_is_answered(summary: Summary, question: str, holds: bool) -> None:
    assert evaluate_assert(summary, question).holds is holds


def test_an_unrecovered_time_compares_as_infinity(summary: Summary) -> None:
    answer = evaluate_assert(summary, "ospf.repair_ns.median < 300s")
    assert (answer.value, answer.holds) == (math.inf, False)
    assert evaluate_assert(summary, "ospf.repair_ns.max > 1h").holds
    assert evaluate_assert(summary, f"ratios.{PROFILE}.ospf.cut > 10").holds


def test_the_answer_names_the_full_path(summary: Summary) -> None:
    assert evaluate_assert(summary, "sidr.faults > 0").path == "protocols.sidr.faults"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("sidr.repair_ns.p99 < 10ms", "1 faults, 200 needed"),
        ("ospf.repair_ns.p99 < 10ms", "1 faults, 200 needed"),
        ("sidr.repair_ns.p9 < 10ms", "did you mean 'p99'"),
        ("sird.repair_ns.max < 10ms", "did you mean 'sidr'"),
        ("sidr.repair_nss.max < 10ms", "did you mean 'repair_ns'"),
        ("results.frr-datacentre.bgp.cut.faults > 1", "did you mean 'frr-datacenter,bfd=300msx3'"),
        ("sidr.repair_ns < 10ms", "is not a number"),
        ("provenance.version == 1", "is not a number"),
        ("sidr.repair_ns.median < 10", "not a duration"),
        ("sidr.messages < 10ms", "not a number"),
        ("certificate == 1", "has no value"),
        ("sidr.repair_ns.median", "is no assertion"),
        ("", "is no assertion"),
    ],
)
def test_a_question_that_cannot_be_answered_is_bad_input(
    summary: Summary, question: str, said: str
) -> None:
    with pytest.raises(ResultError) as caught:
        evaluate_assert(summary, question)
    assert said in str(caught.value)


def test_a_ratio_without_sidr_time_has_no_value(make_row: Callable[..., Row]) -> None:
    rows = [make_row(repair_ns=0), make_row(protocol="bgp", repair_ns=0)]
    found = summarise(rows, fabric="f", seed=1, hardware="h", provenance={})
    with pytest.raises(ResultError, match="SIDR's median is 0"):
        evaluate_assert(found, "ratios.tuned.bgp.cut > 1")


def test_what_is_no_question_is_found_without_a_summary() -> None:
    found = misshapen(["sidr.loops == 0", "sidr.loops", "nobody.loops < 1", "1 2 3"])
    assert [m.where for m in found] == ["--assert 'sidr.loops'", "--assert '1 2 3'"]
