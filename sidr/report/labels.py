"""Places for direct labels: beside their own curve, on no curve and on no other label.

Plain geometry in pixels, y upwards. Nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

GAP_PX = 9.0
"""Between a curve and its label: clears the median's marker."""

CLEAR_PX = 2.0
"""Between a label and anything that is not its own."""


class Box(NamedTuple):
    """An upright rectangle, lower left to upper right."""

    x0: float
    y0: float
    x1: float
    y1: float

    def meets(self, other: Box) -> bool:
        """Whether the two overlap or nearly touch."""
        return (
            self.x0 - CLEAR_PX < other.x1
            and other.x0 < self.x1 + CLEAR_PX
            and self.y0 - CLEAR_PX < other.y1
            and other.y0 < self.y1 + CLEAR_PX
        )

    def holds(self, other: Box) -> bool:
        """Whether the other lies inside."""
        return (
            self.x0 <= other.x0
            and self.y0 <= other.y0
            and other.x1 <= self.x1
            and other.y1 <= self.y1
        )


class Label(NamedTuple):
    """A text of known size and the points that it may stand beside, best first."""

    name: str
    lines: tuple[str, ...]
    anchors: tuple[tuple[float, float], ...]
    width: float
    height: float

    def boxes(self) -> list[Box]:
        """Where it may stand: beside each anchor, then where a rising curve leaves room: below
        on the right, above on the left."""
        found = []
        for x, y in self.anchors:
            right, left = x + GAP_PX, x - GAP_PX - self.width
            half = self.height / 2
            spots = ((right, y - half), (left, y - half), (right, y - 2 * half), (left, y))
            found += [Box(x0, y0, x0 + self.width, y0 + self.height) for x0, y0 in spots]
        return found


def place(
    labels: Sequence[Label], curves: Sequence[Box], inside: Box
) -> dict[str, tuple[Label, Box | None]]:
    """A box for each label that touches neither curves nor other labels; None = no place free."""
    placed: dict[str, tuple[Label, Box | None]] = {}
    taken = list(curves)
    for label in labels:
        free = (
            box
            for box in label.boxes()
            if inside.holds(box) and not any(box.meets(other) for other in taken)
        )
        box = next(free, None)
        placed[label.name] = (label, box)
        if box is not None:
            taken.append(box)
    return placed
