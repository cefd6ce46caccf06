"""Places for a fabric with tiers: a row per tier, the core on top, pods boxed, planes apart.

A block is a plane. In it stand boxes (pods, or sites where there are no pods) side by side; what
belongs to no pod stands above them, spread over its site or over the whole block.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sidr.draw.places import (
    BARE,
    FRAME_TEXT_PAD,
    LABEL_PX,
    NODE_HEIGHT,
    Caption,
    Frame,
    Layout,
    Place,
    cut,
    node_px,
    text_px,
)
from sidr.draw.sketch import Sketch

WIDTH = 1160.0
"""Width that a page has for a drawing, px: labels that make a block wider are left out, and blocks
stand side by side up to it."""
STRETCHED, STRETCH_MAX = 720.0, 2.2
"""Narrower blocks are stretched to this many px, at most by this factor."""
GAP = 6.0
"""Between the labels of neighbours, px."""
BARE_PITCH_MAX, BARE_PITCH_MIN = 26.0, 7.0
"""From node to node without labels, px."""
ROW_GAP, ROW_GAP_MORE, ROW_GAP_BUNDLED = 84.0, 60.0, 60.0
"""From row to row, and what wide blocks may have more, so that links are not too flat, px."""
BOX_GAP, BOX_PAD, BOX_TOP, BOX_FOOT = 14.0, 8.0, 24.0, 38.0
"""Between boxes; inside them at the sides, above the first and below the last row, px."""
BLOCK_GAP, EDGE, PLANE_HEAD = 26.0, 8.0, 24.0

Box = tuple[int, int]
"""(site, pod); -1 = none."""
WHOLE: Box = (-2, -2)
"""Stands for the whole block."""


class Span(NamedTuple):
    """Room in a block, from x0 to x1, px."""

    x0: float
    x1: float


class Block(NamedTuple):
    """A plane with its corner at 0, 0."""

    width: float
    height: float
    places: dict[int, Place]
    frames: list[Frame]
    captions: list[Caption]


def rows(sketch: Sketch) -> Layout:
    """Places by tier, pod and plane."""
    planes = np.unique(sketch.plane)
    several = len(planes) > 1
    blocks = []
    for plane in planes.tolist():
        title = f"plane {plane}" if several and plane >= 0 else ""
        blocks.append(_Plane(sketch, np.flatnonzero(sketch.plane == plane).tolist(), title).block())
    return _packed(blocks, len(sketch.names))


class _Plane:
    """One block in the making.

    Args:
        nodes: its nodes, ascending. title: what stands above it; "" = nothing.
    """

    def __init__(self, sketch: Sketch, nodes: Sequence[int], title: str) -> None:
        self._title = title
        self._tiers = sorted({int(sketch.tier[node]) for node in nodes}, reverse=True)
        sites = len({int(sketch.site[node]) for node in nodes}) > 1
        self._rows: dict[Box, dict[int, list[int]]] = {}
        for node in nodes:
            home = int(sketch.site[node]) if sites else -1, int(sketch.pod[node])
            self._rows.setdefault(home, {}).setdefault(int(sketch.tier[node]), []).append(node)
        with_pods = {site for site, pod in self._rows if pod >= 0}
        self._boxes = sorted(
            (site, pod)
            for site, pod in self._rows
            if pod >= 0 or (site >= 0 and site not in with_pods)
        )
        self._captions = [sketch.tier_names.get(tier, "") for tier in self._tiers]
        self._gutter = max(text_px(text, LABEL_PX + 1) for text in self._captions) + 12
        self._bundled = sketch.bundled
        self._labels = self._short_names(sketch)

    def block(self) -> Block:
        """The block with the longest labels for which there is room."""
        words = dict(zip(self._tiers, self._captions, strict=True))
        spans = self._labelled_spans()
        if spans[WHOLE].x1 > WIDTH:
            for tiers in self._rows.values():
                for tier, nodes in tiers.items():
                    self._labels |= {n: _number(self._labels[n], words[tier]) for n in nodes}
            spans = self._labelled_spans()
        if spans[WHOLE].x1 > WIDTH:
            room = WIDTH - self._gutter - len(self._boxes) * (2 * BOX_PAD + BOX_GAP)
            bare = min(BARE_PITCH_MAX, max(BARE_PITCH_MIN, room / self._columns()))
            self._labels = dict.fromkeys(self._labels, "")
            spans = self._spans(dict.fromkeys(self._rows, bare))
        return self._placed(spans)

    def _labelled_spans(self) -> dict[Box, Span]:
        pitch = {home: self._pitch(home) for home in self._rows}
        pitch |= dict.fromkeys(self._boxes, max((pitch[b] for b in self._boxes), default=0.0))
        spans = self._spans(pitch)
        if (self._bundled and self._boxes) or spans[WHOLE].x1 > STRETCHED:
            return spans
        stretch = min(STRETCH_MAX, STRETCHED / spans[WHOLE].x1)
        return self._spans({home: px * stretch for home, px in pitch.items()})

    def _short_names(self, sketch: Sketch) -> dict[int, str]:
        """Labels without what the box or the plane says already, such as `p0-`."""
        labels = {}
        for home, tiers in self._rows.items():
            mine = [node for nodes in tiers.values() for node in nodes]
            said = home in self._boxes or bool(self._title)
            shared = _prefix(sketch.names[n] for n in mine) if said and not sketch.bundled else 0
            labels.update({node: cut(sketch.names[node][shared:]) for node in mine})
        return labels

    def _pitch(self, home: Box) -> float:
        """From node to node where every label of a home has room."""
        nodes = (node for row in self._rows[home].values() for node in row)
        return max(node_px(self._labels[node]) for node in nodes) + GAP

    def _widest(self, home: Box) -> int:
        return max(len(row) for row in self._rows[home].values())

    def _columns(self) -> int:
        """Nodes side by side in the whole block."""
        others = max(
            (self._widest(home) for home in self._rows if home not in self._boxes), default=0
        )
        return max(others, sum(self._widest(box) for box in self._boxes))

    def _spans(self, pitch: Mapping[Box, float]) -> dict[Box, Span]:
        """Where every home spreads its rows; `WHOLE` = the whole block."""
        spans: dict[Box, Span] = {}
        x = self._gutter
        for box in self._boxes:
            spans[box] = Span(x, x + self._widest(box) * pitch[box] + 2 * BOX_PAD)
            x = spans[box].x1 + BOX_GAP
        end = max((span.x1 for span in spans.values()), default=x)
        for home in (home for home in self._rows if home not in spans):
            inside = [span for box, span in spans.items() if 0 <= home[0] == box[0]]
            left = min((span.x0 for span in inside), default=self._gutter)
            right = max((span.x1 for span in inside), default=end)
            spans[home] = Span(left, max(right, left + self._widest(home) * pitch[home]))
            end = max(end, spans[home].x1)
        return spans | {WHOLE: Span(self._gutter, end)}

    def _placed(self, spans: Mapping[Box, Span]) -> Block:
        width = spans[WHOLE].x1
        sparse = self._bundled and self._boxes
        step = ROW_GAP_BUNDLED if sparse else ROW_GAP + min(ROW_GAP_MORE, width / 20)
        top = (PLANE_HEAD if self._title else 0.0) + BOX_TOP
        y = {tier: top + row * step for row, tier in enumerate(self._tiers)}
        places: dict[int, Place] = {}
        for home, tiers in self._rows.items():
            pad = BOX_PAD if home in self._boxes else 0.0
            span = Span(spans[home].x0 + pad, spans[home].x1 - pad)
            for tier, nodes in tiers.items():
                places |= self._row_places(nodes, span, y[tier])
        frames = [self._frame(box, spans[box], y) for box in self._boxes]
        captions = [
            Caption(0.0, y[tier] + 4, text)
            for tier, text in zip(self._tiers, self._captions, strict=True)
        ]
        if self._title:
            captions.append(Caption(0.0, 12.0, self._title))
        feet = [f.y + f.height for f in frames] + [p.y + p.height / 2 for p in places.values()]
        return Block(width, max(feet), places, frames, captions)

    def _row_places(self, nodes: Sequence[int], span: Span, y: float) -> dict[int, Place]:
        each = (span.x1 - span.x0) / len(nodes)
        widest = max((node_px(self._labels[n]) for n in nodes if self._labels[n]), default=0.0)
        width, height = (widest, NODE_HEIGHT) if widest else (min(16.0, each - 3), BARE)
        return {
            node: Place(span.x0 + (i + 0.5) * each, y, width, height, self._labels[node])
            for i, node in enumerate(nodes)
        }

    def _frame(self, box: Box, span: Span, y: Mapping[int, float]) -> Frame:
        mine = [y[tier] for tier in self._rows[box]]
        site, pod = box
        parts = [f"site {site}"] * (site >= 0) + [f"pod {pod}"] * (pod >= 0)
        top, foot = min(mine) - BOX_TOP, max(mine) + BOX_FOOT
        texts = (", ".join(parts), parts[-1], str(max(pod, site)))
        room = span.x1 - span.x0 - 2 * FRAME_TEXT_PAD
        text = next((text for text in texts if text_px(text, LABEL_PX + 1) <= room), "")
        return Frame(span.x0, top, span.x1 - span.x0, foot - top, text)


def _prefix(names: Iterable[str]) -> int:
    """How many letters names share, up to a separator; 0 where one would be left empty."""
    listed = list(names)
    first, last = min(listed), max(listed)
    ends = (i for i, sign in enumerate(first, 1) if sign in "-_./:" and last[:i] == first[:i])
    end = max(ends, default=0)
    return end if all(len(name) > end for name in listed) else 0


def _number(label: str, word: str) -> str:
    """What is left of a label without its row's word: `leaf3` in the row of leaves is 3."""
    rest = label.removeprefix(word)
    return rest if rest.isdecimal() else label


def _packed(blocks: Sequence[Block], nodes: int) -> Layout:
    """Blocks from left to right and top to bottom, as lines of text are broken."""
    room = max([WIDTH] + [block.width for block in blocks])
    corners, x, y, line = [], 0.0, 0.0, 0.0
    for block in blocks:
        if x and x + block.width > room:
            x, y, line = 0.0, y + line + BLOCK_GAP, 0.0
        corners.append((x + EDGE, y + EDGE))
        x, line = x + block.width + BLOCK_GAP, max(line, block.height)
    places: list[Place | None] = [None] * nodes
    frames, captions = [], []
    for (dx, dy), block in zip(corners, blocks, strict=True):
        for node, place in block.places.items():
            places[node] = place._replace(x=place.x + dx, y=place.y + dy)
        frames += [f._replace(x=f.x + dx, y=f.y + dy) for f in block.frames]
        captions += [c._replace(x=c.x + dx, y=c.y + dy) for c in block.captions]
    width = max(dx + block.width for (dx, _), block in zip(corners, blocks, strict=True))
    placed = tuple(place for place in places if place is not None)
    assert len(placed) == nodes, (len(placed), nodes)
    return Layout(width + EDGE, y + line + 2 * EDGE, placed, tuple(frames), tuple(captions), True)
