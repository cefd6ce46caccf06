from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from sidr.report.verdict import advantage, is_small, is_tie, verdict
from sidr.trace.results import Row
from sidr.trace.summary import Ratio, Summary

MS = 10**6
MakeRows = Callable[..., list[Row]]
MakeSummary = Callable[..., Summary]


def pair(make_rows: MakeRows, ours: int | None, theirs: int | None, **more: object) -> list[Row]:
    """Twenty equal faults without directions, SIDR beside BGP."""
    rows = [row for row in make_rows(20, ("tuned",)) if row.protocol != "ospf"]
    fixed = {"fault_class": "cut", "pairs_down": 0, "pairs_up": 0, "loops": 0, **more}
    return [
        msgspec.structs.replace(row, repair_ns=ours if row.protocol == "sidr" else theirs, **fixed)
        for row in rows
    ]


def test_the_headline_names_ratio_and_conditions(
    make_rows: MakeRows, make_summary: MakeSummary
) -> None:
    said = verdict(make_summary(pair(make_rows, 3 * MS, 150 * MS)))
    for part in ("50×", "10p10u:size=mini", "linux-netns", "tuned", "20 faults", "seed 1", "BGP"):
        assert part in said.headline
    assert said.exceptions.startswith("Nothing fell below 10×")


def test_below_ten_times_is_said_plainly(make_rows: MakeRows, make_summary: MakeSummary) -> None:
    said = verdict(make_summary(pair(make_rows, 10 * MS, 72 * MS)))
    assert "only 7.2× sooner" in said.headline
    assert "1 of 1 cell (profile, baseline, fault class) is below 10×" in said.exceptions
    assert "7.2×" in said.exceptions


def test_a_tie_and_a_loss_are_called_so(make_rows: MakeRows, make_summary: MakeSummary) -> None:
    assert "SIDR ties with BGP" in verdict(make_summary(pair(make_rows, MS, MS))).headline
    slower = verdict(make_summary(pair(make_rows, 2 * MS, MS)))
    assert "more slowly than BGP" in slower.headline
    assert "SIDR slower in 1" in slower.exceptions


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (None, MS, "SIDR does not recover while BGP does"),
        (MS, None, "SIDR recovers while BGP does not"),
        (None, None, "neither SIDR nor BGP recovers"),
        (0, MS, "SIDR loses nothing while BGP does"),
        (0, 0, "SIDR ties with BGP"),
    ],
)
def test_without_a_ratio_words_say_why(
    make_rows: MakeRows,
    make_summary: MakeSummary,
    ours: int | None,
    theirs: int | None,
    said: str,
) -> None:
    assert said in verdict(make_summary(pair(make_rows, ours, theirs))).headline


def test_unrecovered_faults_and_loops_of_sidr_are_named(
    make_rows: MakeRows, make_summary: MakeSummary
) -> None:
    rows = pair(make_rows, 3 * MS, 150 * MS)
    rows[0] = msgspec.structs.replace(rows[0], repair_ns=None, loops=2)
    said = verdict(make_summary(rows)).exceptions
    assert "never recovered: SIDR 1 of 20" in said
    assert "forwarding loops: SIDR 1 of 20" in said


def test_the_headline_takes_the_worst_class_downwards(
    make_rows: MakeRows, make_summary: MakeSummary
) -> None:
    found = make_summary(make_rows(60))
    held = found.ratios["frr-datacenter"]["ospf"]
    down = min((ratio for name, ratio in held.items() if name.endswith("-down")), key=advantage)
    best = max(ratio.ratio or 0 for ratio in held.values())
    said = verdict(found).headline
    assert f"{int(down.ratio or 0)}." in said.split("OSPF")[0].split(" and ")[-1]
    assert "downward traffic" in said
    assert down.ratio is not None and down.ratio < best


def test_an_interrupted_run_and_a_lonely_protocol_are_said(
    make_rows: MakeRows, make_summary: MakeSummary
) -> None:
    alone = [row for row in make_rows(5) if row.protocol == "sidr"]
    said = verdict(make_summary(alone, incomplete=True))
    assert "nothing to compare" in said.headline
    assert "interrupted" in said.exceptions
    assert "no ratio" in said.exceptions


def test_the_number_shown_decides_what_is_small() -> None:
    def ratio(value: float) -> Ratio:
        return Ratio(value, (value, value), 20, "", 100, int(value * 100))

    assert is_small(ratio(9.99)) and not is_small(ratio(10.0))
    assert is_tie(ratio(1.0)) and not is_tie(ratio(1.01))
    assert is_tie(Ratio(1.2, (0.9, None), 20, "", 10, 12))


def test_a_wide_interval_that_holds_a_tie_is_said(
    make_rows: MakeRows, make_summary: MakeSummary
) -> None:
    rows = pair(make_rows, MS, 50 * MS)
    mixed = [
        msgspec.structs.replace(row, repair_ns=MS) if row.trial % 2 else row for row in rows[:-2]
    ]
    assert "which does not exclude a tie" in verdict(make_summary(mixed)).headline
