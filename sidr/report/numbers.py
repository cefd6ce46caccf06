"""Numbers as people read them: three figures and a unit, ratios never rounded up.

Exact text that can be read back is `model.units`' work.
"""

from __future__ import annotations

import math

NEVER = "never"
"""How an unrecovered time is printed."""

ADVANTAGE_MIN = 10.0
"""A ratio below this stands out: the public claim for SIDR is ten times faster."""

_UNITS = ((10**9, "s"), (10**6, "ms"), (10**3, "µs"), (1, "ns"))


def duration(ns: float | None) -> str:
    """A time in ns with three figures, `3.90 ms`; None = `never`, nan = `not measured`."""
    if ns is None:
        return NEVER
    if math.isnan(ns):
        return "not measured"
    size, unit = next((pair for pair in _UNITS if abs(ns) >= 0.9995 * pair[0]), _UNITS[-1])
    return "0" if ns == 0 else f"{figures(ns / size)} {unit}"


def figures(value: float) -> str:
    """Three significant figures, thousands grouped, without an exponent above 1e-6."""
    if math.isnan(value):
        return "not measured"
    if value == 0 or 0 < abs(value) < 1e-6:
        return f"{value:.2g}" if value else "0"
    value = float(f"{value:.3g}") if abs(value) < 1000 else value
    decimals = max(0, 2 - math.floor(math.log10(abs(value)) + 1e-12))
    return f"{value:,.{decimals}f}"


def times(ratio: float) -> str:
    """A ratio as `7.2×`, cut and not rounded, so that what is below ten never reads ten."""
    if ratio < 0.1:
        return f"{ratio:.2g}×"
    if ratio < ADVANTAGE_MIN:
        return f"{math.floor(ratio * 10 + 1e-9) / 10:.1f}×"
    return f"{math.floor(ratio + 1e-9):,}×"


def plural(count: int, noun: str) -> str:
    """`1 fault`, `2 faults`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
