"""Figures of the report as inline SVG: made by matplotlib, coloured by the page's CSS.

Colours in the drawing are those of the light palette and are replaced by CSS variables, text stays
text, coordinates are rounded to a tenth, and nothing in the file depends on the clock, so equal
values give equal bytes. Placing them is the page's work, and keeping labels apart `labels.py`'s.
"""

from __future__ import annotations

import io
import math
import re
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from sidr.draw.palette import COLOURS
from sidr.report.labels import Box, Label, place
from sidr.report.numbers import duration
from sidr.report.verdict import display_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, LINES = (COLOURS[name].light for name in ("ink", "muted", "lines"))

STYLES: dict[str, tuple[str, str]] = {
    "sidr": (COLOURS["sidr"].light, "o"),
    "bgp": (COLOURS["bgp"].light, "^"),
    "ospf": (COLOURS["ospf"].light, "s"),
}
"""Protocol -> its colour and marker: the shape says it again to those who see no colour."""

SPARE = tuple((COLOURS[f"spare{i}"].light, marker) for i, marker in enumerate("DvP"))
"""For protocols that have no style of their own, in order."""

VARIABLES: dict[str, str] = {
    COLOURS[name].light: f"--{name}"
    for name in ("ink", "muted", "lines", *STYLES, "spare0", "spare1", "spare2")
}
"""Colour in the drawing -> the page's variable."""

DPI = 72
"""One point is one CSS pixel then."""

FONT_PX = 12
LINE_PX = 15
HEIGHT_PX = 330
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 48, 14, 26, 40
TICK_PX = 58
"""Room that a label on the time axis takes, px."""

RC: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "sidr",
    "font.family": "DejaVu Sans",  # comes with matplotlib, and is wider than the page's fonts
    "font.size": FONT_PX,
    "text.color": INK,
    "axes.edgecolor": LINES,
    "axes.labelcolor": MUTED,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": LINES,
    "grid.linewidth": 1.0,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "path.simplify": False,
}

Times = Mapping[str, Sequence[int | None]]
"""Protocol -> repair time of every fault, ns; None = never."""


class Curve(NamedTuple):
    """Steps of one protocol: from time x (ns) on, y per cent of the faults are repaired."""

    x: list[float]
    y: list[float]


def styles(protocols: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Colour and marker of each protocol."""
    given = list(protocols)
    others = [name for name in given if name not in STYLES]
    spare = {name: SPARE[index % len(SPARE)] for index, name in enumerate(others)}
    return {name: STYLES.get(name) or spare[name] for name in given}


def recovery_curve(times: Times, width_px: int) -> str:
    """Share of faults repaired within a time, a curve per protocol, as SVG text.

    An unrecovered fault never counts as repaired: its curve stays below 100 % to the right edge.
    Repairs of 0 stand at the left edge, for the axis is logarithmic.
    """
    with _settings():
        low, high = range_ns(times)
        figure, axes = _axes(width_px, low, high)
        looks = styles(times)
        boxes: list[Box] = []
        for name, values in times.items():
            curve = steps(values, low, high)
            colour, marker = looks[name]
            axes.plot(curve.x, curve.y, color=colour, lw=2, drawstyle="steps-post")
            median = _median(values)
            if math.isfinite(median):
                axes.plot([max(median, low)], [50], marker=marker, color=colour, ms=7)
            boxes += _step_boxes(axes, curve)
        labels = [_label(name, values, axes, (low, high)) for name, values in times.items()]
        _write_labels(figure, axes, place(labels, boxes, _inside(axes)), looks)
        return _svg(figure, f"Share of faults repaired over time for {_listed(times)}")


def range_ns(times: Times) -> tuple[float, float]:
    """Whole decades that hold every finite, positive time, ns."""
    seen = [time for values in times.values() for time in values if time]
    if not seen:
        return 1e6, 1e9
    low = 10.0 ** math.floor(math.log10(min(seen)))
    return low, max(10 * low, 10.0 ** math.ceil(math.log10(max(seen) * 1.25)))


def steps(values: Sequence[int | None], low: float, high: float) -> Curve:
    """The cumulative curve of repair times between the edges of the axis."""
    x, y = [low], [0.0]
    finite = sorted(max(float(value), low) for value in values if value is not None)
    for rank, value in enumerate(finite, start=1):
        share = 100.0 * rank / len(values)
        if value == x[-1]:
            y[-1] = share
        else:
            x.append(value)
            y.append(share)
    return Curve([*x, high], [*y, y[-1]])


@contextmanager
def _settings() -> Iterator[None]:
    """Matplotlib as this file wants it, whatever the user's own settings are."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)
        yield


def _axes(width_px: int, low: float, high: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_px / DPI, HEIGHT_PX / DPI), dpi=DPI)
    axes = figure.add_axes(_frame(width_px, HEIGHT_PX, 0))
    figure.patch.set_visible(False)
    axes.patch.set_visible(False)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(0, 102)
    axes.set_yticks([0, 25, 50, 75, 100], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    _decades(axes, low, high, width_px - LEFT_PX - RIGHT_PX)
    axes.text(0, 1 + 8 / _height(axes), "faults repaired", color=MUTED, transform=axes.transAxes)
    axes.set_xlabel("time since the fault →", loc="right")
    return figure, axes


def _frame(width: float, height: float, top: float) -> tuple[float, float, float, float]:
    """Place of the axes in a figure, as fractions, with `top` px more above them."""
    inner = height - TOP_PX - BOTTOM_PX - top
    return LEFT_PX / width, BOTTOM_PX / height, 1 - (LEFT_PX + RIGHT_PX) / width, inner / height


def _height(axes: Axes) -> float:
    return float(axes.bbox.height)


def _decades(axes: Axes, low: float, high: float, room: float) -> None:
    first, last = round(math.log10(low)), round(math.log10(high))
    step = max(1, math.ceil((last - first + 1) * TICK_PX / room))
    powers = range(first, last + 1, step)
    axes.set_xticks([10.0**p for p in powers], [_round_duration(10.0**p) for p in powers])
    axes.set_xticks([], minor=True)
    texts = axes.get_xticklabels()
    texts[0].set_horizontalalignment("left")
    if powers[-1] == last:
        texts[-1].set_horizontalalignment("right")


def _round_duration(ns: float) -> str:
    number, unit = duration(ns).split(" ")
    return f"{float(number.replace(',', '')):g} {unit}"


def _median(values: Sequence[int | None]) -> float:
    return statistics.median(math.inf if value is None else float(value) for value in values)


def _points(axes: Axes, curve: Curve) -> list[tuple[float, float]]:
    return [
        (float(x), float(y)) for x, y in axes.transData.transform(list(zip(*curve, strict=True)))
    ]


def _step_boxes(axes: Axes, curve: Curve) -> list[Box]:
    """The px that the steps cover: each a horizontal and a vertical stroke."""
    points = _points(axes, curve)
    boxes = []
    for (x0, y0), (x1, y1) in pairwise(points):
        boxes += [Box(x0, y0, x1, y0), Box(x1, min(y0, y1), x1, max(y0, y1))]
    return boxes


def _inside(axes: Axes) -> Box:
    x0, y0, x1, y1 = axes.bbox.extents
    return Box(float(x0), float(y0), float(x1), float(y1))


def _label(name: str, values: Sequence[int | None], axes: Axes, ends: tuple[float, float]) -> Label:
    """What stands beside a curve, and the points of the curve that it may stand beside."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    median = _median(values)
    never = sum(value is None for value in values)
    text = duration(median if math.isfinite(median) else None)
    lines = (display_name(name), f"{text}, {never} never" if 0 < never < len(values) else text)
    bold = FontProperties(family="DejaVu Sans", size=FONT_PX, weight="bold")
    width = max(text_to_path.get_text_width_height_descent(s, bold, False)[0] for s in lines)
    curve = steps(values, *ends)
    anchors = [axes.transData.transform(_crossing(curve, level)) for level in (50, 35, 65, 20, 80)]
    points = tuple((float(x), float(y)) for x, y in anchors)
    return Label(name, lines, points, float(width), float(2 * LINE_PX))


def _crossing(curve: Curve, level: float) -> tuple[float, float]:
    """Where a curve reaches a level; its end where it never does."""
    for x, y in zip(*curve, strict=True):
        if y >= level:
            return x, level
    return curve.x[-1], curve.y[-1]


def _write_labels(
    figure: Figure,
    axes: Axes,
    placed: Mapping[str, tuple[Label, Box | None]],
    looks: Mapping[str, tuple[str, str]],
) -> None:
    """Labels beside their curves, and in rows above the axes where no place was free."""
    homeless = [label for label, box in placed.values() if box is None]
    width, height = figure.bbox.width, float(HEIGHT_PX + LINE_PX * len(homeless))
    figure.set_size_inches(width / DPI, height / DPI)
    axes.set_position(_frame(width, height, LINE_PX * len(homeless)))
    for name, (label, box) in placed.items():
        if box is not None:
            rows = zip(
                label.lines, (box.y1 - LINE_PX + 3, box.y0 + 3), ("bold", "normal"), strict=True
            )
            for line, y, weight in rows:
                _text(figure, line, (box.x0, y), (looks[name][0], weight))
    for row, label in enumerate(homeless):
        y = height - TOP_PX - LINE_PX * (row + 1) + 18
        _text(figure, " ".join(label.lines), (LEFT_PX + 120, y), (looks[label.name][0], "bold"))


def _text(figure: Figure, text: str, at: tuple[float, float], look: tuple[str, str]) -> None:
    x, y = at[0] / figure.bbox.width, at[1] / figure.bbox.height
    figure.text(x, y, text, color=look[0], weight=look[1], parse_math=False)


def _listed(times: Times) -> str:
    return ", ".join(
        f"{display_name(name)} (median {duration(m if math.isfinite(m) else None)})"
        for name, m in ((name, _median(values)) for name, values in times.items())
    )


def _svg(figure: Figure, title: str) -> str:
    """The drawing as an inline SVG element without addresses, dates, fixed colours or fonts."""
    out = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(out, format="svg", metadata=nothing)
    return clean_svg(out.getvalue(), title)


_DROPPED = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"<metadata>.*?</metadata>",
        r"<style.*?</style>",
        r"<!--.*?-->",
        r'(?<=<g) id="[^"]*"',
        r"font-family: [^;\"]*;? ?",
        r'transform="rotate\(-0 [^"]*"',
        r"xlink:(?=href)",
    )
)
"""Of matplotlib's SVG: what the page sets itself, or what only takes room."""


def clean_svg(text: str, title: str) -> str:
    """Turn matplotlib's SVG file into an element for a page."""
    body = text[text.index("<svg") :]
    width, height = re.findall(r'(?:width|height)="([0-9.]+)pt"', body)[:2]
    body = body[body.index(">") + 1 :]
    for pattern in _DROPPED:
        body = pattern.sub("", body)
    body = re.sub(r"<[^>]+>", _short_tag, body)
    for colour, name in VARIABLES.items():
        body = body.replace(colour, f"var({name})")
    head = f'<svg class="figure" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'{head} role="img" aria-label="{escape(title)}">{_short(body)}'


def _short_tag(tag: re.Match[str]) -> str:
    """A tag with its numbers to a tenth; text between tags stays as it is."""
    return re.sub(r"-?[0-9]+\.[0-9]+", lambda found: f"{round(float(found[0]), 1) + 0.0:g}", tag[0])


def _short(body: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", body).strip()
