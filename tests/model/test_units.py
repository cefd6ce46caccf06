"""Durations and rates, both ways, exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidr.errors import SidrError
from sidr.model.units import (
    DURATION_NS_MAX,
    RATE_BPS_MAX,
    duration_ns,
    format_duration,
    format_rate,
    rate_bps,
)


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("0", 0),
        ("0s", 0),
        ("1ns", 1),
        ("300us", 300_000),
        ("300µs", 300_000),
        ("10ms", 10_000_000),
        ("3s", 3_000_000_000),
        ("1.5s", 1_500_000_000),
        (".5ms", 500_000),
        ("2m", 120_000_000_000),
        ("1h", 3_600_000_000_000),
        (" 10ms ", 10_000_000),
        ("0.1s", 100_000_000),
        ("4.35s", 4_350_000_000),
    ],
)
def test_a_duration_means_whole_nanoseconds(text: str, ns: int) -> None:
    assert duration_ns(text) == ns


@pytest.mark.parametrize(
    ("text", "bps"),
    [("400G", 400 * 10**9), ("100M", 10**8), ("1.6T", 16 * 10**11), ("1", 1), ("10kbps", 10_000)],
)
def test_a_rate_means_whole_bits_per_second(text: str, bps: int) -> None:
    assert rate_bps(text) == bps


@pytest.mark.parametrize(
    "text",
    ["", "5", "-1s", "nan", "inf", "1e9s", "1,5s", "0.5ns", "10 ms x", "1S", "s", "9" * 30 + "s"]
    + ["367h0", "8785h", "1.2.3s", "\uff11s", "31000000000000000.000000000000001ns"],
)
def test_what_is_no_duration_is_a_mistake_that_names_its_place(text: str) -> None:
    with pytest.raises(SidrError) as caught:
        duration_ns(text, "hold")
    assert [m.where for m in caught.value.mistakes] == ["hold"]


@pytest.mark.parametrize("text", ["", "0", "0G", "-1G", "nan", "400X", "1.5", "1001P", "G", "1e3"])
def test_what_is_no_rate_is_a_mistake(text: str) -> None:
    with pytest.raises(SidrError):
        rate_bps(text)


@given(st.integers(0, DURATION_NS_MAX))
def test_every_duration_is_read_back_as_written(ns: int) -> None:
    assert duration_ns(format_duration(ns)) == ns


@given(st.integers(1, RATE_BPS_MAX))
def test_every_rate_is_read_back_as_written(bps: int) -> None:
    assert rate_bps(format_rate(bps)) == bps


@pytest.mark.parametrize(("ns", "text"), [(0, "0"), (1_500_000_000, "1.5s"), (10**7, "10ms")])
def test_durations_are_written_short(ns: int, text: str) -> None:
    assert format_duration(ns) == text


def test_rates_are_written_short() -> None:
    assert [format_rate(r) for r in (400 * 10**9, 16 * 10**11, 7)] == ["400G", "1.6T", "7"]
