"""Durations and rates as people write them, to and from integers. Exact: no float is involved.

Durations are ints in ns (`10ms`, `3s`, `2m`, `1.5s`, `300us`, `0`), rates ints in bit/s
(`400G`, `100M`, `1.6T`). A text that means no whole number of ns or bit/s is a mistake.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from sidr.errors import Mistake, SidrError

NS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
BPS = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}

DURATION_NS_MAX = 366 * 24 * NS["h"]
"""A year: longer is a slip of the pen, and sums of it stay far inside an int64."""
RATE_BPS_MAX = 10**18
"""1 Eb/s: more than any link, and a fabric's sum of them is checked by its builder."""

DURATION_WORDS = "a duration such as 10ms, 1.5s, 300us, 2m or 0"
RATE_WORDS = "a rate such as 400G, 100M or 1.6T"

_AMOUNT = re.compile(r"([0-9]{1,20}(?:\.[0-9]{1,15})?|\.[0-9]{1,15})([A-Za-zµμ]*)", re.ASCII)


def duration_ns(text: str, where: str = "duration") -> int:
    """The duration written in `text`, in ns.

    Args:
        where: names the place in the mistake.

    Raises:
        SidrError: not a duration, negative, finer than 1 ns, or longer than a year.
    """
    if text.strip() == "0":
        return 0
    text = text.strip().replace("µ", "u").replace("μ", "u")
    return _amount(text, NS, (where, DURATION_WORDS), DURATION_NS_MAX)


def rate_bps(text: str, where: str = "rate") -> int:
    """The rate written in `text`, in bit/s; `bps` or `b/s` may follow the prefix.

    Raises:
        SidrError: not a rate, zero, negative, no whole number of bit/s, or more than 1 Eb/s.
    """
    short = re.sub(r"(bps|b/s|bit/s)$", "", text.strip())
    bps = _amount(short, BPS, (where, RATE_WORDS), RATE_BPS_MAX)
    if bps == 0:
        raise SidrError([Mistake(where, f"{text!r} is no rate", RATE_WORDS)])
    return bps


def format_duration(ns: int) -> str:
    """The shortest exact text that `duration_ns` reads back, such as `1.5s`."""
    if ns == 0:
        return "0"
    return _shortest(ns, {unit: NS[unit] for unit in ("s", "ms", "us", "ns")})


def format_rate(bps: int) -> str:
    """The shortest exact text that `rate_bps` reads back, such as `400G`."""
    return _shortest(bps, {unit: BPS[unit] for unit in ("T", "G", "M", "k", "")})


def _amount(text: str, units: dict[str, int], place: tuple[str, str], limit: int) -> int:
    where, words = place
    match = _AMOUNT.fullmatch(text)
    if match is None or match[2] not in units:
        raise SidrError([Mistake(where, f"{text!r} is not {words.split(' such')[0]}", words)])
    value = Fraction(match[1]) * units[match[2]]
    if value > limit:
        most = "a year" if units is NS else "1000P"
        raise SidrError([Mistake(where, f"{text!r} is too large", f"at most {most}")])
    if value.denominator != 1:
        smallest = "1ns" if units is NS else "1 bit/s"
        raise SidrError([Mistake(where, f"{text!r} is finer than {smallest}", words)])
    return int(value)


def _shortest(value: int, units: dict[str, int]) -> str:
    """In the largest unit that leaves at least 1 in front of the point."""
    unit = next(name for name, size in units.items() if value >= size)
    number = Decimal(value) / units[unit]
    return f"{number:f}{unit}"
