from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from sidr.errors import ResultError
from sidr.trace import results
from sidr.trace.results import COLUMNS, Row, read_rows, rows_text, write_results

MakeRow = Callable[..., Row]


def write(directory: Path, rows: list[Row], *, force: bool = False) -> None:
    write_results(directory, rows, summary="{}\n", scenario="faults: []\n", force=force)


def test_columns_start_with_the_trial_and_name_every_metric() -> None:
    assert COLUMNS[:5] == ("trial", "fault", "class", "protocol", "profile")
    assert COLUMNS[5:7] == ("detection_ns", "repair_ns")
    assert COLUMNS[-2:] == ("events", "trace")
    assert len(COLUMNS) == 30


def test_rows_come_back_as_they_were_written(tmp_path: Path, make_row: MakeRow) -> None:
    rows = [
        make_row(fault="flap:leaf0--spine0,period=200ms,count=10", profile="tuned,bfd=300msx3"),
        make_row(trial=1, repair_ns=None, lost_traffic_s=0.1, restore_repair_ns=None),
        make_row(trial=2, restore_repair_ns=5, restore_lost_s=0.25),
    ]
    write(tmp_path / "out", rows)
    back = read_rows(tmp_path / "out" / "results.csv")
    assert [repr(row) for row in back] == [
        repr(row) for row in sorted(rows, key=lambda row: row.profile != rows[0].profile)
    ]
    assert math.isnan(back[0].restore_lost_s)


def test_unrecovered_is_an_empty_cell_and_unmeasured_is_nan(make_row: MakeRow) -> None:
    line = rows_text([make_row(repair_ns=None)]).splitlines()[1].split(",")
    cells = dict(zip(COLUMNS, line, strict=True))
    assert cells["repair_ns"] == ""
    assert cells["loss_window_ns_max"] == ""
    assert cells["restore_repair_ns"] == "nan"


def test_the_bytes_do_not_depend_on_the_order_in_which_trials_finish(make_row: MakeRow) -> None:
    rows = [make_row(trial=t, protocol=p) for t in range(3) for p in ("sidr", "bgp")]
    late = [rows[0], rows[1], *reversed(rows[2:])]
    assert rows_text(rows) == rows_text(late)


def test_floats_are_rounded_to_twelve_decimals(make_row: MakeRow) -> None:
    one = rows_text([make_row(lost_traffic_s=0.1 + 0.2)])
    other = rows_text([make_row(lost_traffic_s=0.3)])
    assert one == other
    assert rows_text([make_row(lost_traffic_s=-0.0)]).splitlines()[1].count("-0.0") == 0


def test_every_damaged_cell_is_named(tmp_path: Path, make_row: MakeRow) -> None:
    path = tmp_path / "results.csv"
    good = rows_text([make_row(), make_row(trial=1)])
    path.write_text(good.replace("3000000", "soon", 1).replace("1,cut", "one,cut", 1))
    with pytest.raises(ResultError) as caught:
        read_rows(path)
    assert [m.where for m in caught.value.mistakes] == [f"{path}:2:repair_ns", f"{path}:3:trial"]


@pytest.mark.parametrize("text", ["", "trial,fault\n", "a\n1\n"])
def test_other_columns_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "results.csv").write_text(text)
    with pytest.raises(ResultError, match="columns"):
        read_rows(tmp_path / "results.csv")


@pytest.mark.parametrize("cell", ["inf", "-inf", "1e999"])
def test_an_infinite_cell_is_refused(tmp_path: Path, make_row: MakeRow, cell: str) -> None:
    path = tmp_path / "results.csv"
    path.write_text(rows_text([make_row(lost_traffic_s=0.125)]).replace("0.125", cell))
    with pytest.raises(ResultError, match="lost_traffic_s"):
        read_rows(path)


def test_a_missing_file_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="sidr bench -o DIR"):
        read_rows(tmp_path / "results.csv")


def test_an_existing_directory_stays_untouched_without_force(
    tmp_path: Path, make_row: MakeRow
) -> None:
    write(tmp_path / "out", [make_row()])
    before = (tmp_path / "out" / "results.csv").read_bytes()
    with pytest.raises(ResultError, match="--force"):
        write(tmp_path / "out", [make_row(trial=9)])
    assert (tmp_path / "out" / "results.csv").read_bytes() == before


def test_force_replaces_results_and_leaves_nothing_beside(
    tmp_path: Path, make_row: MakeRow
) -> None:
    write(tmp_path / "out", [make_row()])
    write(tmp_path / "out", [make_row(trial=9)], force=True)
    assert read_rows(tmp_path / "out" / "results.csv")[0].trial == 9
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_force_does_not_replace_what_is_no_results(tmp_path: Path, make_row: MakeRow) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.txt").write_text("years of work")
    with pytest.raises(ResultError, match="not a directory of results"):
        write(home, [make_row()], force=True)
    (tmp_path / "file").write_text("x")
    with pytest.raises(ResultError, match="not a directory"):
        write(tmp_path / "file", [make_row()], force=True)
    assert (home / "thesis.txt").read_text() == "years of work"


def test_a_failure_while_writing_leaves_the_old_results(tmp_path: Path, make_row: MakeRow) -> None:
    write(tmp_path / "out", [make_row()])
    with pytest.raises(ResultError, match="cannot be written"):
        write_results(
            tmp_path / "out",
            [make_row(trial=9)],
            summary="{}",
            scenario="",
            files={"no/such/place": "x"},
            force=True,
        )
    assert read_rows(tmp_path / "out" / "results.csv")[0].trial == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    results.write_file(tmp_path / "report.html", "one")
    results.write_file(tmp_path / "report.html", "two")
    assert (tmp_path / "report.html").read_text() == "two"
    assert len(list(tmp_path.iterdir())) == 1
