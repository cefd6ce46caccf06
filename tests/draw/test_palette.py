"""Colours can be read, and told apart by those who see fewer of them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from sidr.draw.palette import COLOURS, css

THEMES = ("light", "dark")
TEXT = ("ink", "muted", "sidr", "ospf", "bgp", "spare0", "spare1", "spare2", "down")
STROKES = (*TEXT, "detour", "link")

DEFICIENCIES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""Machado, Oliveira, Fernandes 2009, severity 1, on linear RGB."""

XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]],
)


def linear(name: str, theme: str) -> np.ndarray:
    """Linear RGB of a role."""
    text = getattr(COLOURS[name], theme)
    srgb = np.array([int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str, theme: str) -> float:
    """The ratio of WCAG 2.2."""
    dark, light = sorted(XYZ[1] @ linear(name, theme) for name in (one, other))
    return float((light + 0.05) / (dark + 0.05))


def distance(one: str, other: str, theme: str, sight: np.ndarray) -> float:
    """CIE76 distance as somebody with this sight sees it; about 2 is just noticeable."""
    white = XYZ.sum(axis=1)
    lab = []
    for name in (one, other):
        f = np.cbrt(np.clip(XYZ @ np.clip(sight @ linear(name, theme), 0, 1) / white, 1e-4, None))
        lab.append(np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]))
    return float(np.linalg.norm(lab[0] - lab[1]))


@pytest.mark.parametrize("theme", THEMES)
def test_text_has_contrast_on_its_card(theme: str) -> None:
    short = {name: contrast(name, "card", theme) for name in TEXT}
    assert {name: ratio for name, ratio in short.items() if ratio < 4.5} == {}
    assert contrast("ink", "page", theme) >= 7 and contrast("muted", "page", theme) >= 4.5
    assert contrast("down", "down-tint", theme) >= 4.5 and contrast("card", "ink", theme) >= 7


@pytest.mark.parametrize("theme", THEMES)
def test_strokes_have_contrast_on_their_card(theme: str) -> None:
    short = {name: contrast(name, "card", theme) for name in STROKES}
    assert {name: ratio for name, ratio in short.items() if ratio < 3} == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", ["normal", *DEFICIENCIES])
def test_what_must_be_told_apart_stays_apart(theme: str, sight: str) -> None:
    matrix = np.array(DEFICIENCIES.get(sight, np.eye(3)))
    pairs = [
        *combinations(("down", "detour", "link"), 2),
        *combinations(("sidr", "ospf", "bgp"), 2),
    ]
    near = {pair: distance(*pair, theme, matrix) for pair in pairs}
    assert {pair: d for pair, d in near.items() if d < 12} == {}


def test_the_style_sheet_sets_every_colour_in_both_themes() -> None:
    light, dark = css().split("@media screen and (prefers-color-scheme: dark)")
    for name, colour in COLOURS.items():
        assert f"--{name}: {colour.light};" in light
        assert f"--{name}: {colour.dark};" in dark
