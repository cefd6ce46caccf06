"""Text is measured from above, and cut."""

from __future__ import annotations

import matplotlib.font_manager as fonts
import pytest
from matplotlib.textpath import text_to_path

from sidr.draw.places import LABEL_CHARS_MAX, cut, node_px, text_px


@pytest.mark.parametrize(
    "text", ["leaf0", "spine17", "p0-agg3", "WWW", "mmm-mm", "Los Angeles", "×32"]
)
def test_a_text_is_never_wider_than_said(text: str) -> None:
    widest = fonts.FontProperties(family="DejaVu Sans", size=11)
    real = text_to_path.get_text_width_height_descent(text, widest, False)[0]
    assert real <= text_px(text, 11) < 1.35 * real
    assert node_px(text) > text_px(text)


def test_long_names_are_cut() -> None:
    assert cut("x" * LABEL_CHARS_MAX) == "x" * LABEL_CHARS_MAX
    assert cut("x" * 40) == "x" * (LABEL_CHARS_MAX - 1) + "…"
