"""The page: one self-contained HTML file that can be mailed to a sceptical colleague.

Here values from the result files become what `templates/report.html.j2` places; `campaign` calls
`page_text` with values, the command line `write_page` with a directory. The page needs no
JavaScript and no request, and equal results give equal bytes.
"""

from __future__ import annotations

import hashlib
import math
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sidr.draw import palette
from sidr.model.units import NS
from sidr.report import glossary
from sidr.report.figures import VARIABLES, Times, recovery_curve, styles
from sidr.report.numbers import duration, times
from sidr.report.terminal import interval, lost, p99, ratio_text
from sidr.report.verdict import INTERVAL_FAULTS_MIN, advantage, display_name, is_small, verdict
from sidr.trace.results import PAGE, ROWS, SCENARIO, Row, read_rows, read_text, write_file
from sidr.trace.summary import MATCHED, Cell, Ratio, Summary, by_protocol, read_summary

ROWS_MAX = 400
"""Up to this many rows the table of faults shows all of them, ..."""

ROWS_SLOWEST = 200
"""... beyond, the slowest of them: the page stays under 1 MB, the rest is in the CSV."""

WIDE_PX, NARROW_PX = 1110, 330
"""Natural widths of a figure: for a window of 1240 px, and for a telephone."""

HEAT = ((1000.0, "h4"), (100.0, "h3"), (30.0, "h2"), (10.0, "h1"))
"""Ratio from which on a cell of the matrix has a class."""


NOT_MODELLED = "not_modelled"
"""Key of the provenance that lists what the run left out."""


class Card(NamedTuple):
    """One protocol over all faults of the first profile."""

    protocol: str
    colour: str
    median: str
    facts: tuple[tuple[str, str, bool], ...]


class MatrixCell(NamedTuple):
    """One ratio; `style` is its CSS class, `below` for those that stand out."""

    text: str
    interval: str
    style: str
    title: str


class MatrixRow(NamedTuple):
    """One baseline under one profile; a cell is None where a fault class did not occur."""

    protocol: str
    colour: str
    profile: str
    cells: tuple[MatrixCell | None, ...]


class FaultRow(NamedTuple):
    """One trial under one protocol and profile, as text."""

    row: Row
    protocol: str
    colour: str
    detection: str
    repair: str
    down: str
    up: str
    lost: str
    command: str


class Fact(NamedTuple):
    """One line of the provenance."""

    name: str
    value: str
    source: str


def write_page(directory: Path) -> Path:
    """Rebuild `report.html` in a directory of results, and say where it is.

    Raises:
        ResultError: a result file is missing or damaged, or the page cannot be written.
    """
    summary = read_summary(directory)
    rows = read_rows(directory / ROWS)
    text = page_text(summary, rows, scenario=read_text(directory / SCENARIO), directory=directory)
    write_file(directory / PAGE, text)
    return directory / PAGE


def page_text(summary: Summary, rows: Sequence[Row], *, scenario: str, directory: Path) -> str:
    """The page as HTML text.

    Args:
        scenario: text of `scenario.yaml`, the exact faults.
        directory: where the results stand or will stand, as the replay commands name it.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    loader = PackageLoader("sidr.report", "templates")
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    repairs = _times(summary, rows)
    return environment.get_template("report.html.j2").render(
        palette=Markup(palette.css()),
        summary=summary,
        verdict=verdict(summary),
        cards=_cards(summary),
        figures=[
            (kind, Markup(recovery_curve(repairs, width)))
            for kind, width in (("wide", WIDE_PX), ("narrow", NARROW_PX))
        ],
        headings=_headings(summary),
        matrix=_matrix(summary),
        faults=_faults(summary, rows, directory),
        rows_total=len(rows),
        provenance=_provenance(summary, scenario),
        fairness=_fairness(rows),
        definitions=glossary.METRICS,
        not_modelled=summary.provenance.get(NOT_MODELLED) or glossary.NOT_MODELLED,
        display_name=display_name,
    )


def _times(summary: Summary, rows: Sequence[Row]) -> Times:
    """Repair times of the first profile by protocol, one per fault."""
    held = by_protocol(rows, summary.profiles[0])
    return {name: [row.repair_ns for row in trials] for name, trials in held.items()}


def _colours(summary: Summary) -> dict[str, str]:
    return {name: VARIABLES[look[0]] for name, look in styles(summary.protocols).items()}


def _cards(summary: Summary) -> list[Card]:
    colours = _colours(summary)
    return [
        Card(name, colours[name], duration(cell.repair_ns.median), _card_facts(cell))
        for name, cell in summary.protocols.items()
    ]


def _card_facts(cell: Cell) -> tuple[tuple[str, str, bool], ...]:
    """Name, value, and whether it is bad news."""
    return (
        ("95 % interval", interval(cell), False),
        ("p99 / worst", f"{p99(cell)} / {duration(cell.repair_ns.max)}", False),
        ("traffic lost per fault", lost(cell), False),
        ("faults with loops", f"{cell.loops:,} of {cell.faults:,}", cell.loops > 0),
        ("unrecovered faults", f"{cell.unrecovered:,} of {cell.faults:,}", cell.unrecovered > 0),
    )


def _classes(summary: Summary) -> list[str]:
    held = (found for protocols in summary.ratios.values() for found in protocols.values())
    return list(dict.fromkeys(name for found in held for name in found))


def _headings(summary: Summary) -> list[tuple[str, list[str]]]:
    """Fault classes, each with the directions that stand below it: "all", "down", "up"."""
    found: dict[str, list[str]] = {}
    for name in _classes(summary):
        head, _, way = name.rpartition("-")
        if way in ("down", "up") and head in found:
            found[head].append(way)
        else:
            found[name] = ["all"]
    return list(found.items())


def _columns(summary: Summary) -> list[str]:
    """The fault classes in the order of `_headings`."""
    return [
        name if way == "all" else f"{name}-{way}"
        for name, ways in _headings(summary)
        for way in ways
    ]


def _matrix(summary: Summary) -> list[MatrixRow]:
    """A row per baseline x profile, baselines together."""
    colours = _colours(summary)
    names = list(dict.fromkeys(name for held in summary.ratios.values() for name in held))
    return [
        MatrixRow(
            display_name(name),
            colours.get(name, "--ink"),
            profile,
            tuple(_matrix_cell(held[name].get(kind)) for kind in _columns(summary)),
        )
        for name in names
        for profile, held in summary.ratios.items()
        if name in held
    ]


def _matrix_cell(ratio: Ratio | None) -> MatrixCell | None:
    if ratio is None:
        return None
    value = advantage(ratio)
    style = "below" if is_small(ratio) else next(name for least, name in HEAT if value >= least)
    title = (
        f"{duration(ratio.baseline_ns)} against SIDR's {duration(ratio.sidr_ns)}, "
        f"{ratio.faults:,} faults"
    )
    return MatrixCell(ratio_text(ratio), _ratio_interval(ratio), style, title)


def _ratio_interval(ratio: Ratio) -> str:
    if ratio.faults < INTERVAL_FAULTS_MIN:
        return f"n = {ratio.faults}"
    if ratio.ci95 is None:
        return f"{duration(ratio.baseline_ns)} : {duration(ratio.sidr_ns)}"
    low, high = ("∞" if end is None else times(end)[:-1] for end in ratio.ci95)
    return low if low == high else f"{low} – {high}"


def _faults(summary: Summary, rows: Sequence[Row], directory: Path) -> list[FaultRow]:
    """The rows to show, slowest first, unrecovered before all."""
    order = sorted(rows, key=lambda row: -math.inf if row.repair_ns is None else -row.repair_ns)
    shown = order if len(order) <= ROWS_MAX else order[:ROWS_SLOWEST]
    colours = _colours(summary)
    return [
        FaultRow(
            row,
            display_name(row.protocol),
            colours.get(row.protocol, "--sidr" if row.protocol.startswith("sidr") else "--ink"),
            duration(row.detection_ns),
            duration(row.repair_ns),
            duration(row.repair_down_ns) if row.pairs_down else "–",
            duration(row.repair_up_ns) if row.pairs_up else "–",
            duration(row.lost_traffic_s * NS["s"]),
            _replay(row, summary.profiles[0], directory),
        )
        for row in shown
    ]


def _replay(row: Row, first_profile: str, directory: Path) -> str:
    words = ["sidr", "replay", str(directory), "--fault", str(row.trial)]
    words += ["--protocol", row.protocol]
    if row.profile != first_profile:
        words += ["--profile", row.profile]
    return shlex.join(words)


def _fairness(rows: Sequence[Row]) -> str:
    notes = [glossary.FAIRNESS, glossary.SIDR_NOTE]
    if any(row.protocol.startswith(MATCHED) for row in rows):
        notes.insert(1, glossary.MATCHED_NOTE)
    return " ".join(notes)


def _provenance(summary: Summary, scenario: str) -> list[tuple[str, list[Fact]]]:
    """Titled lists of facts: what is flat under "run", a list for every nested part."""
    run = [
        Fact("fabric", summary.fabric, ""),
        Fact("seed", str(summary.seed), ""),
        Fact("hardware", summary.hardware, ""),
        Fact("profiles", " ".join(summary.profiles), ""),
        Fact("scenario", f"sha256 {hashlib.sha256(scenario.encode()).hexdigest()}", SCENARIO),
    ]
    known = {NOT_MODELLED, *(fact.name for fact in run)}
    parts: list[tuple[str, list[Fact]]] = [("run", run)]
    for key, value in summary.provenance.items():
        if isinstance(value, Mapping):
            parts += _sheets(key, value)
        elif key not in known:
            run.append(Fact(key, _plain(value), ""))
    return parts


def _sheets(title: str, value: Mapping[object, object]) -> list[tuple[str, list[Fact]]]:
    """A list for a part of the provenance; one per sheet where it holds named sheets of values."""
    values = value.get("values")
    if isinstance(values, Mapping):
        about = [Fact("about", str(value["about"]), "")] if value.get("about") else []
        return [(f"{title}: {value.get('name', '')}", about + _flat(values))]
    inner = list(value.values())
    if inner and all(isinstance(sheet, Mapping) and "values" in sheet for sheet in inner):
        return [
            part for sheet in inner if isinstance(sheet, Mapping) for part in _sheets(title, sheet)
        ]
    return [(title, _flat(value))]


def _flat(value: Mapping[object, object], above: str = "") -> list[Fact]:
    facts: list[Fact] = []
    for key, inner in value.items():
        name = f"{above}{key}"
        if isinstance(inner, Mapping) and "value" in inner:
            source = [str(inner[k]) for k in ("evidence", "source") if inner.get(k)]
            facts.append(Fact(name, _plain(inner.get("text", inner["value"])), ": ".join(source)))
        elif isinstance(inner, Mapping):
            facts += _flat(inner, f"{name} ")
        else:
            facts.append(Fact(name, _plain(inner), ""))
    return facts


def _plain(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "unknown"}[value]
    if isinstance(value, (list, tuple)):
        return " ".join(_plain(inner) for inner in value)
    return str(value)
