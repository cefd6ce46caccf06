from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from sidr.report.figures import range_ns, recovery_curve, steps, styles

MS = 10**6
TIMES = {
    "sidr": [i * MS for i in range(1, 41)],
    "bgp": [*[i * 40 * MS for i in range(1, 39)], None, None],
    "ospf": [i * 12 * MS for i in range(1, 41)],
}


@pytest.mark.parametrize("width", [330, 1110])
def test_equal_times_give_equal_bytes(width: int) -> None:
    assert recovery_curve(TIMES, width) == recovery_curve(TIMES, width)


def test_an_unrecovered_fault_keeps_its_curve_below_100_per_cent() -> None:
    assert steps([1, 2, None, None], 1, 10).y[-1] == 50
    assert steps([1, 2, 3, 4], 1, 10).y[-1] == 100
    assert steps([None], 1, 10).y[-1] == 0


def test_a_repair_of_zero_stands_at_the_left_edge() -> None:
    curve = steps([0, 5], 1, 10)
    assert (curve.x, curve.y) == ([1, 5, 10], [50, 100, 100])


def test_the_axis_holds_every_time_in_whole_decades() -> None:
    assert range_ns({"a": [3 * MS, 40 * MS, None]}) == (MS, 100 * MS)
    low, high = range_ns({"a": [0, None]})
    assert 0 < low < high


def test_text_stays_text_and_says_the_medians() -> None:
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", recovery_curve(TIMES, 1110))
    assert "SIDR" in texts
    assert "20.5 ms" in texts
    assert "820 ms, 2 never" in texts
    assert "100 %" in texts


def test_colours_are_variables_and_there_is_no_address_or_date() -> None:
    svg = recovery_curve(TIMES, 1110)
    assert "var(--sidr)" in svg and "var(--bgp)" in svg
    assert not re.search(r"#[0-9a-f]{6}\b", svg)
    assert "http" not in svg
    assert "font-family" not in svg
    assert not re.search(r"\b20\d\d-\d\d", svg)


@pytest.mark.parametrize("width", [330, 1110])
@pytest.mark.parametrize(
    "times",
    [
        TIMES,
        {"sidr": [MS], "bgp": [MS], "ospf": [MS], "a": [MS], "b": [MS], "c": [MS]},
        {"sidr": [None]},
        {"sidr": [0, 0]},
        {"sidr": [1], "bgp": [300 * 10**9]},
    ],
)
def test_every_label_is_there_inside_and_alone(
    width: int, times: dict[str, list[int | None]]
) -> None:
    root = ElementTree.fromstring(recovery_curve(times, width))
    height = float(root.attrib["height"])
    at = []
    for text in root.iter("text"):
        x, y = float(text.attrib["x"]), float(text.attrib["y"])
        assert 0 <= x <= width and 0 < y <= height
        at.append((round(x), round(y)))
    assert len(set(at)) == len(at)
    said = " ".join(text.text or "" for text in root.iter("text"))
    assert all(name in said for name in times if name not in ("sidr", "bgp", "ospf"))
    assert "SIDR" in said


def test_a_hostile_name_is_text_and_not_markup() -> None:
    svg = recovery_curve({'<script>"&$x^2$': [MS]}, 330)
    assert "<script" not in svg
    ElementTree.fromstring(svg)


def test_protocols_differ_in_colour_and_marker() -> None:
    looks = styles(["sidr", "bgp", "ospf", "sidr-hello50", "other"])
    assert len({colour for colour, _ in looks.values()}) == 5
    assert len({marker for _, marker in looks.values()}) == 5
