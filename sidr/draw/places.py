"""Where things stand in a drawing: what `rows` and `ellipse` compute and `fabric_map` draws.

Lengths are CSS pixels at the drawing's natural size; y grows downwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

LABEL_PX = 11.0
"""Size of a switch's name, px; other words are a pixel larger."""
SCALE_MIN = 0.8
"""Share of its natural size down to which a page may show a drawing, so that it can be read."""
LABEL_CHARS_MAX = 16
"""Longer names are cut on the drawing; their titles are whole."""
NODE_HEIGHT, NODE_PAD, BARE = 20.0, 6.0, 9.0
"""Of nodes: height and the room beside a label; without label, height (and width), px."""
FRAME_TEXT_PAD = 6.0
"""Beside and below the name of a frame, px."""

_NARROW = dict.fromkeys("iljI|.,:;'!", 0.34) | dict.fromkeys("ftr-/() []", 0.42)
_WIDE = dict.fromkeys("mwMW@%…×", 1.0)


class Place(NamedTuple):
    """A node's middle, size and label; the label is empty where there is no room for it."""

    x: float
    y: float
    width: float
    height: float
    label: str


class Frame(NamedTuple):
    """A box around a pod, with its name."""

    x: float
    y: float
    width: float
    height: float
    text: str


class Caption(NamedTuple):
    """A line of text that begins at a point of its baseline."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing before it is drawn.

    Attributes:
        places: one per node. in_rows: edges leave nodes upwards and downwards; else straight.
    """

    width: float
    height: float
    places: tuple[Place, ...]
    frames: tuple[Frame, ...]
    captions: tuple[Caption, ...]
    in_rows: bool


def text_px(text: str, size: float = LABEL_PX) -> float:
    """Width of a text in the widest of the page's fonts, px: an upper bound, for none is known."""
    return size * sum(_char_em(char) for char in text)


def cut(name: str) -> str:
    """A name as long as a label may be."""
    return name if len(name) <= LABEL_CHARS_MAX else name[: LABEL_CHARS_MAX - 1] + "…"


def node_px(label: str) -> float:
    """Width of a node that holds its label."""
    return text_px(label) + 2 * NODE_PAD


def _char_em(char: str) -> float:
    if char in _NARROW:
        return _NARROW[char]
    if char in _WIDE or ord(char) > 0x24F:
        return 1.0
    return 0.75 if char.isupper() else 0.64
