from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from sidr.errors import ResultError
from sidr.trace.results import Row
from sidr.trace.summary import Summary, read_summary, summarise, summary_text

MS = 10**6
MakeRow = Callable[..., Row]


def summary_of(rows: Iterable[Row], **more: object) -> Summary:
    return summarise(rows, fabric="fat-tree:k=4", seed=1, hardware="ideal", provenance={}, **more)  # type: ignore[arg-type]


def trials(make_row: MakeRow, times: list[int | None], **given: object) -> list[Row]:
    return [make_row(trial=i, repair_ns=time, **given) for i, time in enumerate(times)]


def test_medians_are_whole_ns(make_row: MakeRow) -> None:
    found = summary_of(trials(make_row, [1, 4, 2, 8])).protocols["sidr"].repair_ns
    assert (found.median, found.max) == (3, 8)
    assert isinstance(found.median, int)


def test_unrecovered_faults_are_infinite_and_never_dropped(make_row: MakeRow) -> None:
    cell = summary_of(trials(make_row, [1, None, None])).protocols["sidr"]
    assert (cell.faults, cell.unrecovered) == (3, 2)
    assert (cell.repair_ns.median, cell.repair_ns.max) == (None, None)
    assert cell.repair_ns.ci95[1] is None


def test_one_unrecovered_fault_in_three_leaves_the_median(make_row: MakeRow) -> None:
    cell = summary_of(trials(make_row, [1, 5, None])).protocols["sidr"]
    assert (cell.repair_ns.median, cell.repair_ns.max) == (5, None)


@pytest.mark.parametrize(("count", "p99"), [(199, None), (200, 198), (201, 199)])
def test_p99_appears_from_200_faults_on(make_row: MakeRow, count: int, p99: int | None) -> None:
    rows = trials(make_row, list(range(1, count + 1)))
    assert summary_of(rows).protocols["sidr"].repair_ns.p99 == p99


def test_the_interval_of_the_median_covers_it_and_repeats(make_row: MakeRow) -> None:
    rows = trials(make_row, [i * MS for i in range(1, 102)])
    low, high = summary_of(rows).protocols["sidr"].repair_ns.ci95
    assert low is not None and high is not None
    assert 38 * MS <= low < 51 * MS < high <= 64 * MS  # exact order statistics: 41 and 61
    assert summary_of(rows) == summary_of(list(reversed(rows)))


def test_protocols_count_the_first_profile_alone(make_row: MakeRow) -> None:
    rows = trials(make_row, [5, 5], profile="slow") + trials(make_row, [1, 1], profile="fast")
    found = summary_of(rows)
    assert found.profiles == ("slow", "fast")
    assert found.protocols["sidr"].repair_ns.median == 5
    assert found.results["fast"]["sidr"]["cut"].repair_ns.median == 1


def test_sums_are_over_faults_and_loops_count_faults(make_row: MakeRow) -> None:
    rows = [make_row(trial=i, loops=i, messages=10, lost_traffic_s=0.1) for i in range(3)]
    cell = summary_of(rows).protocols["sidr"]
    assert (cell.loops, cell.messages, cell.lost_traffic_s) == (2, 30, 0.3)


def test_directions_are_classes_over_the_trials_that_have_them(make_row: MakeRow) -> None:
    rows = [
        make_row(trial=0, repair_ns=9, repair_down_ns=9, repair_up_ns=2, pairs_down=3, pairs_up=1),
        make_row(trial=1, repair_ns=4, repair_down_ns=0, repair_up_ns=4, pairs_up=1),
    ]
    found = summary_of(rows).results["tuned"]["sidr"]
    assert list(found) == ["cut", "cut-down", "cut-up"]
    assert (found["cut-down"].faults, found["cut-down"].repair_ns.median) == (1, 9)
    assert (found["cut-up"].faults, found["cut-up"].repair_ns.median) == (2, 3)


def test_a_class_without_directions_stands_alone(make_row: MakeRow) -> None:
    assert list(summary_of([make_row()]).results["tuned"]["sidr"]) == ["cut"]


def both(make_row: MakeRow, ours: list[int | None], theirs: list[int | None]) -> list[Row]:
    return trials(make_row, ours) + trials(make_row, theirs, protocol="bgp")


def test_the_ratio_is_of_medians_over_the_same_faults(make_row: MakeRow) -> None:
    rows = both(make_row, [2, 4, 6], [20, 60, 80, 10**9])
    found = summary_of(rows).ratios["tuned"]["bgp"]["cut"]
    assert (found.ratio, found.faults, found.unrecovered) == (15.0, 3, "")
    assert (found.sidr_ns, found.baseline_ns) == (4, 60)


def test_the_interval_of_a_ratio_is_paired(make_row: MakeRow) -> None:
    ours: list[int | None] = [7**i for i in range(12)]
    found = summary_of(both(make_row, ours, [10 * (t or 0) for t in ours]))
    assert found.ratios["tuned"]["bgp"]["cut"].ci95 == (10.0, 10.0)


@pytest.mark.parametrize(
    ("ours", "theirs", "unrecovered"),
    [(1, None, "bgp"), (None, 1, "sidr"), (None, None, "both"), (0, 1, ""), (0, 0, "")],
)
def test_there_is_no_ratio_with_infinity_or_nothing(
    make_row: MakeRow, ours: int | None, theirs: int | None, unrecovered: str
) -> None:
    found = summary_of(both(make_row, [ours], [theirs])).ratios["tuned"]["bgp"]["cut"]
    assert (found.ratio, found.ci95, found.unrecovered) == (None, None, unrecovered)


def test_a_ratio_takes_the_run_matched_to_its_baseline(make_row: MakeRow) -> None:
    rows = [
        make_row(protocol="sidr-as-bgp", repair_ns=9),
        make_row(protocol="sidr-as-ospf", repair_ns=40),
        make_row(protocol="bgp", repair_ns=18),
        make_row(protocol="ospf", repair_ns=40),
    ]
    found = summary_of(rows)
    assert list(found.protocols) == ["sidr", "bgp", "ospf"]
    assert found.protocols["sidr"].repair_ns.median == 40
    assert found.ratios["tuned"]["bgp"]["cut"].ratio == 2
    assert found.ratios["tuned"]["ospf"]["cut"].ratio == 1


def test_a_variant_of_sidr_is_no_baseline(make_row: MakeRow) -> None:
    rows = [make_row(), make_row(protocol="sidr-hello50"), make_row(protocol="bgp")]
    found = summary_of(rows)
    assert list(found.ratios["tuned"]) == ["bgp"]
    assert "sidr-hello50" in found.protocols


def test_the_file_holds_the_agreed_fields_and_comes_back(tmp_path: Path, make_row: MakeRow) -> None:
    found = summary_of(both(make_row, [1], [None]))
    text = summary_text(found)
    (tmp_path / "summary.json").write_text(text)
    assert read_summary(tmp_path) == found
    held = json.loads(text)
    assert list(held) == [
        "fabric", "seed", "hardware", "profiles", "protocols", "results", "ratios",
        "certificate", "provenance",
    ]  # fmt: skip
    assert held["certificate"] is None
    assert set(held["protocols"]["bgp"]["repair_ns"]) == {"median", "ci95", "p99", "max"}
    assert held["protocols"]["bgp"]["repair_ns"]["median"] is None


def test_an_interrupted_run_is_marked(make_row: MakeRow) -> None:
    assert json.loads(summary_text(summary_of([make_row()], incomplete=True)))["incomplete"] is True


def test_a_run_without_rows_is_an_error() -> None:
    with pytest.raises(ResultError, match="no trial finished"):
        summary_of([])


def test_a_damaged_summary_is_named(tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text('{"fabric": 3}')
    with pytest.raises(ResultError, match="damaged"):
        read_summary(tmp_path)
