"""The result files of a campaign: a Row per trial x protocol x profile, and DIR as a whole.

Here rows become `results.csv` and come back, and a directory of results is written beside its
place and renamed. What rows mean together is `summary.py`. `campaign` writes, `report` reads.

In the CSV an empty cell is "unrecovered" (+infinity), `nan` is "not measured". Nothing in it
depends on the clock or on the number of workers, so equal runs give equal bytes.
"""

from __future__ import annotations

import csv
import io
import math
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct, convert

from sidr.errors import Mistake, ResultError

ROWS, SUMMARY, SCENARIO, PAGE = "results.csv", "summary.json", "scenario.yaml", "report.html"

DECIMALS = 12
"""Floats are rounded to 12 decimals: beyond that lies the order of summation, not the result."""

SHOWN_MISTAKES = 20
"""A damaged file names this many of its mistakes; more would hide the first."""


class Row(Struct, frozen=True, rename={"fault_class": "class"}):
    """One trial under one protocol and one profile, with a field per metric.

    None = unrecovered (only in repair and loss-window fields); nan = not measured. Times are ns.

    Args:
        trial: number of the trial in the scenario, from 0.
        fault: the expression with its target filled in.
        fault_class: `class` in the files.
        repair_down_ns: repair over the pairs whose traffic crossed the failed element downwards
            (from the upper tier to the lower) before the fault, `pairs_down` of them; 0 where
            there is none. `repair_up_ns`, `pairs_up` alike.
        loops: forwarding loops that formed.
        events: how many events the trial took.
        trace: hex digest of the trial's trace.
    """

    trial: int
    fault: str
    fault_class: str
    protocol: str
    profile: str
    detection_ns: int | float
    repair_ns: int | None
    repair_down_ns: int | None
    repair_up_ns: int | None
    reconvergence_ns: int
    loss_window_ns_max: int | None
    loss_window_ns_mean: int | None
    lost_traffic_s: float
    lost_traffic_pair_s: float
    pairs_affected: int
    pairs_down: int
    pairs_up: int
    loop_ns: int
    blackhole_ns: int
    loops: int
    load_max_during: float
    load_max_after: float
    stretch_max: float
    messages: int
    switches_changed: int
    restore_repair_ns: int | float | None
    restore_lost_s: float
    restore_loop_ns: int | float
    events: int
    trace: str


COLUMNS: tuple[str, ...] = Row.__struct_encode_fields__
"""Column names of `results.csv`, in order."""

_FIELDS = Row.__struct_fields__
_KINDS: dict[str, str] = dict(zip(COLUMNS, Row.__annotations__.values(), strict=True))
"""Column -> what its cells may hold, as the Row says it."""


def rows_text(rows: Iterable[Row]) -> str:
    """The rows as CSV, sorted by (profile, trial, protocol) in order of first appearance."""
    held = list(rows)
    profiles = {name: i for i, name in enumerate(dict.fromkeys(row.profile for row in held))}
    protocols = {name: i for i, name in enumerate(dict.fromkeys(row.protocol for row in held))}
    held.sort(key=lambda row: (profiles[row.profile], row.trial, protocols[row.protocol]))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(getattr(row, name)) for name in _FIELDS] for row in held)
    return out.getvalue()


def read_rows(path: Path) -> list[Row]:
    """The rows of a `results.csv`, in file order.

    Raises:
        ResultError: missing or damaged; every bad cell is named by file:line:column.
    """
    try:
        lines = list(csv.reader(io.StringIO(read_text(path), newline="")))
    except csv.Error as error:
        raise ResultError([Mistake(str(path), f"is no CSV file: {error}")]) from error
    if not lines or tuple(lines[0]) != COLUMNS:
        found = ", ".join(lines[0]) if lines else "an empty file"
        raise ResultError([Mistake(f"{path}:1", f"columns {found[:200]}", ", ".join(COLUMNS))])
    mistakes: list[Mistake] = []
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        values = _row_values(cells, f"{path}:{number}", mistakes)
        if values is not None:
            rows.append(convert(values, Row))
    if mistakes:
        raise ResultError(mistakes[:SHOWN_MISTAKES])
    return rows


def read_text(path: Path) -> str:
    """The text of a result file.

    Raises:
        ResultError: there is no such file, or it is no text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        fix = "name a directory that `sidr bench -o DIR` wrote"
        raise ResultError([Mistake(str(path), reason, fix=fix)]) from error
    except UnicodeDecodeError as error:
        raise ResultError([Mistake(str(path), "is not UTF-8 text")]) from error


def check_free(directory: Path, *, force: bool = False) -> None:
    """See that results may be written to `directory`; call it before the long work.

    Raises:
        ResultError: something is there and `force` is not given, or what is there is not a
            directory of results (which `force` does not overwrite either).
    """
    if not directory.exists() and not directory.is_symlink():
        return
    if not force:
        fix = "give --force to replace it, or another -o DIR"
        raise ResultError([Mistake(str(directory), "exists already", fix=fix)])
    if not directory.is_dir():
        raise ResultError([Mistake(str(directory), "is not a directory", fix="give another DIR")])
    if any(directory.iterdir()) and not (directory / SUMMARY).is_file():
        found = f"holds no {SUMMARY}, so it is not a directory of results"
        raise ResultError([Mistake(str(directory), found, fix="--force replaces only results")])


def write_results(
    directory: Path,
    rows: Iterable[Row],
    *,
    summary: str,
    scenario: str,
    files: Mapping[str, str] | None = None,
    force: bool = False,
) -> None:
    """Write a directory of results: all of it, or nothing.

    Args:
        summary: content of `summary.json`, see `summary.summary_text`.
        scenario: content of `scenario.yaml`, the exact faults.
        files: further files by name, such as `report.html`.
        force: replace earlier results, at the very end.

    Raises:
        ResultError: as `check_free`, or the place cannot be written.
    """
    check_free(directory, force=force)
    place = directory.resolve()
    texts = {ROWS: rows_text(rows), SUMMARY: summary, SCENARIO: scenario, **(files or {})}
    beside = place.with_name(f".{place.name}.{os.getpid()}.new")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _fill(beside, texts)
        _swap(beside, place)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ResultError([Mistake(str(directory), f"cannot be written: {reason}")]) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_file(path: Path, text: str) -> None:
    """Write one text file beside its place and rename it.

    Raises:
        ResultError: the place cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ResultError([Mistake(str(path), f"cannot be written: {reason}")]) from error
    finally:
        beside.unlink(missing_ok=True)


def _fill(beside: Path, texts: Mapping[str, str]) -> None:
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    for name, text in texts.items():
        (beside / name).write_text(text, encoding="utf-8", newline="\n")


def _swap(beside: Path, place: Path) -> None:
    """Put `beside` where `place` is; what was there goes only once the new results stand."""
    if not place.exists():
        beside.rename(place)
        return
    old = place.with_name(f".{place.name}.{os.getpid()}.old")
    place.rename(old)
    try:
        beside.rename(place)
    except OSError:
        old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        assert not math.isinf(value), "infinity is written as None"
        return repr(round(value, DECIMALS) + 0.0)
    return str(value)


def _row_values(
    cells: list[str], where: str, mistakes: list[Mistake]
) -> dict[str, int | float | str | None] | None:
    """The values of a line by column; None when the line was a mistake."""
    if len(cells) != len(COLUMNS):
        mistakes.append(Mistake(where, f"{len(cells)} cells", f"{len(COLUMNS)} cells"))
        return None
    before = len(mistakes)
    values: dict[str, int | float | str | None] = {}
    for column, text in zip(COLUMNS, cells, strict=True):
        try:
            values[column] = _value(text, _KINDS[column])
        except ValueError:
            mistakes.append(Mistake(f"{where}:{column}", f"{text!r}", _KINDS[column]))
    return values if len(mistakes) == before else None


def _value(text: str, kind: str) -> int | float | str | None:
    if kind == "str":
        return text
    if text == "" and kind.endswith("None"):
        return None
    if text == "nan" and "float" in kind:
        return math.nan
    value = int(text) if kind.startswith("int") else float(text)
    if math.isinf(value):
        raise ValueError(text)
    return value
