"""The result tables of a campaign for a terminal, from its summary alone.

Here a Summary becomes rich renderables; printing them, and choosing JSON instead, is the command
line's work.
"""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from sidr.model.units import NS
from sidr.report.numbers import duration, times
from sidr.report.verdict import (
    INTERVAL_FAULTS_MIN,
    display_name,
    is_small,
    verdict,
)
from sidr.trace.assertion import P99_FAULTS_MIN
from sidr.trace.summary import Cell, Ratio, Summary


def tables(summary: Summary) -> Group:
    """The verdict, a line per protocol, and the ratio of every profile x fault class."""
    words = verdict(summary)
    parts: list[Text | Table] = [
        Text(words.headline, style="bold"),
        Text(words.exceptions),
        Text(),
        _protocols(summary),
    ]
    if any(classes for held in summary.ratios.values() for classes in held.values()):
        parts += [Text(), _ratios(summary)]
    return Group(*parts)


def _table(title: str) -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style="",
        header_style="bold",
        box=None,
        pad_edge=False,
    )


def _protocols(summary: Summary) -> Table:
    table = _table(f"All faults under {summary.profiles[0]}")
    table.add_column("protocol")
    for name in (
        "faults",
        "median",
        "95 % interval",
        "p99",
        "worst",
        "lost/fault",
        "loops",
        "unrecovered",
    ):
        table.add_column(name, justify="right")
    for name, cell in summary.protocols.items():
        alarm = "bold red" if cell.unrecovered else ""
        table.add_row(
            display_name(name),
            str(cell.faults),
            duration(cell.repair_ns.median),
            interval(cell),
            p99(cell),
            duration(cell.repair_ns.max),
            lost(cell),
            str(cell.loops),
            Text(str(cell.unrecovered), style=alarm),
        )
    return table


def interval(cell: Cell) -> str:
    """The bootstrap interval of the median, where there are faults enough for one."""
    if cell.faults < INTERVAL_FAULTS_MIN:
        return "too few"
    low, high = cell.repair_ns.ci95
    return f"{duration(low)} – {duration(high)}"


def p99(cell: Cell) -> str:
    """The 99th percentile, or a dash where there are too few faults for one."""
    return "–" if cell.faults < P99_FAULTS_MIN else duration(cell.repair_ns.p99)


def lost(cell: Cell) -> str:
    """Traffic lost per fault, as time of the total offered load."""
    return duration(cell.lost_traffic_s / cell.faults * NS["s"])


def ratio_text(ratio: Ratio) -> str:
    """A ratio as its cell shows it; words where there is no number."""
    if ratio.ratio is not None:
        return times(ratio.ratio)
    if ratio.unrecovered:
        return {"sidr": "SIDR never", "both": "both never"}.get(
            ratio.unrecovered, f"{display_name(ratio.unrecovered)} never"
        )
    return "SIDR 0" if ratio.baseline_ns else "both 0"


def _ratios(summary: Summary) -> Table:
    """A line per fault class, a column per profile and baseline."""
    columns = [(profile, name) for profile, held in summary.ratios.items() for name in held]
    classes = dict.fromkeys(
        kind for profile, name in columns for kind in summary.ratios[profile][name]
    )
    table = _table("Baseline's median repair / SIDR's (* below 10×)")
    table.add_column("fault class", vertical="bottom")
    for profile, name in columns:
        heading = Text(f"{profile}\n{display_name(name)}")
        table.add_column(heading, justify="right", overflow="fold", vertical="bottom")
    for kind in classes:
        cells = [_ratio_cell(summary.ratios[profile][name].get(kind)) for profile, name in columns]
        table.add_row(kind, *cells)
    return table


def _ratio_cell(ratio: Ratio | None) -> Text:
    if ratio is None:
        return Text("")
    if is_small(ratio):
        return Text(ratio_text(ratio) + " *", style="bold red")
    return Text(ratio_text(ratio) + "  ")
