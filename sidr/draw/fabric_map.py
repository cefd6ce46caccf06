"""The map of a fabric as SVG text: its switches and links, and which of them a state marks.

A drawing is made once; `svg` writes it in a state, `marks` says which elements a state marks, so
that a page can follow changes without a new drawing. Colours and strokes are the page's: `STYLE`
below, on the variables of `palette`. Names are escaped here, and only here.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from sidr.draw.edges import edge_paths, number
from sidr.draw.ellipse import ellipse
from sidr.draw.places import FRAME_TEXT_PAD, Layout
from sidr.draw.rows import rows
from sidr.draw.sketch import LINKS_MAX, Sketch, sketch
from sidr.model.fabric import Fabric

STYLE = """\
svg.fabric { display: block; font-family: inherit; }
svg.fabric text { fill: var(--ink); font-size: 11px; }
svg.fabric .frame { fill: var(--page); stroke: var(--lines); }
svg.fabric .words { fill: var(--muted); font-size: 12px; }
svg.fabric .link path { fill: none; stroke: var(--link); stroke-width: 1; }
svg.fabric.dense .link path { stroke-width: .6; }
svg.fabric .link.wide path { stroke-width: 2; }
svg.fabric .link.detour path { stroke: var(--detour); stroke-width: 2.5; }
svg.fabric .link.down path { stroke: var(--down); stroke-width: 2.5; stroke-dasharray: 6 4; }
svg.fabric .switch rect { fill: var(--card); stroke: var(--muted); }
svg.fabric .switch.bare rect { fill: var(--ink); stroke: none; }
svg.fabric .switch.dead rect { fill: var(--down-tint); stroke: var(--down); stroke-width: 2;
  stroke-dasharray: 4 3; }
svg.fabric .switch.dead text { fill: var(--down); }
svg.fabric:not(.bundles) .switch.dead text { text-decoration: line-through; }
svg.fabric .switch text { text-anchor: middle; }
"""
"""Style sheet of the map."""

DENSE = 200
"""Edges from which on they are drawn thinner."""
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 does not allow."""


@dataclass(frozen=True, slots=True)
class State:
    """What is not as it should be, by the names of links and switches."""

    links_down: frozenset[str] = frozenset()
    detours: frozenset[str] = frozenset()
    switches_down: frozenset[str] = frozenset()


WELL = State()


class Mark(NamedTuple):
    """What a state makes of one element: more classes, and another title."""

    classes: str
    title: str


@dataclass(frozen=True, eq=False, slots=True)
class FabricMap:
    """A drawing of a fabric: elements `link-3` and `switch-5`, by number, with their names beside.

    Attributes:
        prefix: begins every id, so that several maps may stand on one page.
        paths: path data of every edge.
    """

    prefix: str
    sketch: Sketch
    layout: Layout
    paths: tuple[str, ...]

    def marks(self, state: State) -> dict[str, Mark]:
        """The elements that a state marks, by id; all others look well.

        Raises:
            KeyError: the state names something that the fabric does not have.
        """
        of = self.sketch
        down = Counter(int(of.edge_of[of.link_id(name)]) for name in sorted(state.links_down))
        detour = Counter(int(of.edge_of[of.link_id(name)]) for name in sorted(state.detours))
        dead = Counter(int(of.node_of[of.switch_ids[n]]) for n in sorted(state.switches_down))
        found = {}
        for edge in sorted(down | detour):
            classes = "detour " * (edge in detour) + "down" * (edge in down)
            words = _words({"down": down[edge], "detour": detour[edge]}, counted=of.bundled)
            title = f"{of.edge_title(edge)}{',' if of.bundled else ':'} {words}"
            found[f"{self.prefix}link-{edge}"] = Mark(classes.strip(), title)
        for node in sorted(dead):
            words = _words({"down": dead[node]}, counted=of.bundled)
            found[f"{self.prefix}switch-{node}"] = Mark("dead", f"{of.titles[node]}: {words}")
        return found

    def svg(self, state: State = WELL) -> str:
        """The drawing in a state, as an SVG element; equal values give equal text."""
        of, layout, marks = self.sketch, self.layout, self.marks(state)
        width, height = number(layout.width), number(layout.height)
        size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        kind = "fabric" + " dense" * (len(self.paths) > DENSE) + " bundles" * of.bundled
        label = (
            f"Map of {of.fabric.label}: {of.fabric.switches:,} switches, {of.fabric.links:,} links"
        )
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" {size} '
            f'role="img" aria-label="{text(label)}">',
            *self._words(),
            '<g class="links">',
            *self._links(marks),
            "</g>",
            '<g class="switches">',
            *self._switches(marks),
            "</g>",
            "</svg>",
        ]
        return "\n".join(parts)

    def _words(self) -> list[str]:
        found = []
        for x, y, width, height, words in self.layout.frames:
            box = (
                f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
            )
            found.append(f'<rect class="frame" {box} rx="8"/>')
            found.append(_words_at(x + FRAME_TEXT_PAD, y + height - FRAME_TEXT_PAD - 3, words))
        return found + [_words_at(*caption) for caption in self.layout.captions if caption.text]

    def _links(self, marks: dict[str, Mark]) -> list[str]:
        """Marked edges last, so that nothing lies over them."""
        of, found = self.sketch, []
        for edge, path in enumerate(self.paths):
            id = f"{self.prefix}link-{edge}"
            mark = marks.get(id, Mark("", of.edge_title(edge)))
            if of.bundled:
                kind, data = "link wide", f'data-links="{of.links[edge]}"'
            else:
                kind, data = "link", f'data-link="{text(of.edge_title(edge))}"'
            found.append(
                f'<g class="{f"{kind} {mark.classes}".strip()}" id="{text(id)}" {data}>'
                f'<title>{text(mark.title)}</title><path d="{path}"/></g>'
            )
        order = sorted(range(len(found)), key=lambda edge: f"{self.prefix}link-{edge}" in marks)
        return [found[edge] for edge in order]

    def _switches(self, marks: dict[str, Mark]) -> list[str]:
        of, found = self.sketch, []
        for node, (x, y, width, height, label) in enumerate(self.layout.places):
            id = f"{self.prefix}switch-{node}"
            mark = marks.get(id, Mark("", of.titles[node]))
            kind = "switch" if label else "switch bare"
            data = "" if of.bundled else f' data-switch="{text(of.titles[node])}"'
            corner = f'x="{number(x - width / 2)}" y="{number(y - height / 2)}"'
            words = (
                f'<text x="{number(x)}" y="{number(y + 4)}">{text(label)}</text>' if label else ""
            )
            found.append(
                f'<g class="{f"{kind} {mark.classes}".strip()}" id="{text(id)}"{data}>'
                f"<title>{text(mark.title)}</title>"
                f'<rect {corner} width="{number(width)}" height="{number(height)}" rx="4"/>'
                f"{words}</g>"
            )
        return found


def draw_map(fabric: Fabric, prefix: str = "", links_max: int = LINKS_MAX) -> FabricMap:
    """The drawing of a fabric.

    Args:
        prefix: of every id.
        links_max: beyond this many links, bundles are drawn instead of links.
    """
    drawn = sketch(fabric, links_max)
    layout = rows(drawn) if fabric.tiered else ellipse(drawn)
    return FabricMap(prefix, drawn, layout, tuple(edge_paths(drawn, layout)))


def fabric_map(fabric: Fabric, state: State = WELL) -> str:
    """The map of a fabric in a state, as SVG text."""
    return draw_map(fabric).svg(state)


def text(value: str) -> str:
    """A text as it may stand in an element or a quoted attribute of XML and of HTML."""
    safe = escape(ILLEGAL.sub("\ufffd", value))
    return safe.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


def _words(counts: dict[str, int], *, counted: bool) -> str:
    return ", ".join(f"{many} {what}" if counted else what for what, many in counts.items() if many)


def _words_at(x: float, y: float, words: str) -> str:
    return f'<text class="words" x="{number(x)}" y="{number(y)}">{text(words)}</text>'
