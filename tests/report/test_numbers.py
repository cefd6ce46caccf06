from __future__ import annotations

import math

import pytest

from sidr.report.numbers import duration, plural, times


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0"),
        (7, "7.00 ns"),
        (3_900_000, "3.90 ms"),
        (999_900, "1.00 ms"),
        (45_000, "45.0 µs"),
        (1_450_000_000, "1.45 s"),
        (3_600_000_000_000, "3,600 s"),
        (None, "never"),
        (math.nan, "not measured"),
    ],
)
def test_a_time_has_three_figures_and_a_unit(ns: float | None, text: str) -> None:
    assert duration(ns) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (9.99, "9.9×"),
        (10, "10×"),
        (10.99, "10×"),
        (1.0, "1.0×"),
        (0.04, "0.04×"),
        (2527.9, "2,527×"),
    ],
)
def test_a_ratio_is_cut_and_never_rounded_up(ratio: float, text: str) -> None:
    assert times(ratio) == text


def test_one_is_singular() -> None:
    assert (plural(1, "fault"), plural(1000, "fault")) == ("1 fault", "1,000 faults")
