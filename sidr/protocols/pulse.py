"""Periodic life signs (BFD packets, keepalives, hellos): their period, and when each one is sent.

Every protocol of a trial draws the life signs of a port from the same stream, so that with equal
periods all of them are sent at the same instants: no protocol detects silence sooner by luck.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from sidr.model.profiles import Profile

JITTER_LOW = 0.75
"""A jittered period is U(0.75, 1) of the nominal one (RFC 5880 section 6.8.7)."""


class Pulse(Struct, frozen=True):
    """Life signs of a port.

    Args:
        period_ns: between two of them. detect_ns: silence that means the neighbour is gone.
        jittered: every period is drawn anew, as BFD does; else they are equal.
    """

    period_ns: int
    detect_ns: int
    jittered: bool = False


def bfd_pulse(profile: Profile) -> Pulse | None:
    """The profile's BFD as a Pulse; None where BFD is off."""
    if profile.bfd is None:
        return None
    return Pulse(profile.bfd.tx_ns, profile.bfd.tx_ns * profile.bfd.multiplier, jittered=True)


class Beat:
    """When one port's life signs are sent: a stream of its own, from a trial's seed and the slot.

    Args:
        slot: the sending port, as the fabric numbers it.
    """

    def __init__(self, seed: int, slot: int, pulse: Pulse) -> None:
        self._rng = np.random.default_rng((seed, slot))
        self._pulse = pulse
        first = self._rng.random()
        span = self.next_ns()
        self.first_ns = round(first * span)
        """The first one after time 0 of a trial at rest."""
        self.last_ns = self.first_ns - span
        """The one before it, not after time 0."""

    def next_ns(self) -> int:
        """From one life sign to the next."""
        if not self._pulse.jittered:
            return self._pulse.period_ns
        return round(self._pulse.period_ns * (JITTER_LOW + (1 - JITTER_LOW) * self._rng.random()))
