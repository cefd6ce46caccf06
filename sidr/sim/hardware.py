"""What things cost in virtual time: draws from a hardware profile's ranges.

Physics (detection, pruning, notification) has a stream of its own, so that every protocol of a
trial meets the same draws; CPU costs come from a second stream.
"""

from __future__ import annotations

import numpy as np

from sidr.model.profiles import Hardware, Range

BATCH = 4096
"""Uniform numbers drawn at once (single draws cost more than the event that needs them)."""


class Draws:
    """Uniform draws from integer ranges, in order of asking."""

    __slots__ = ("_at", "_pool", "_rng")

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._pool: list[float] = []
        self._at = 0

    def ns(self, span: Range) -> int:
        """A duration from [low, high]; a constant range consumes no number."""
        low, high = span
        return low if low == high else low + int(self.unit() * (high - low))

    def unit(self) -> float:
        """A number from [0, 1)."""
        if self._at == len(self._pool):
            self._pool = self._rng.random(BATCH).tolist()
            self._at = 0
        value = self._pool[self._at]
        self._at += 1
        return value


class Costs:
    """CPU and FIB costs of one protocol on one hardware."""

    def __init__(self, hardware: Hardware, protocol: str, rng: np.random.Generator) -> None:
        self._draws = Draws(rng)
        self._own = {
            name.removeprefix(f"{protocol}."): span
            for name, span in hardware.work_ns.items()
            if name.startswith(f"{protocol}.") or "." not in name
        }

    def ns(self, work: str) -> int:
        """Cost of a named piece of work, 0 when the hardware does not price it."""
        span = self._own.get(work)
        return self._draws.ns(span) if span else 0
