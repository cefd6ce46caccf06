"""The hold-up time doubles with every fall and starts anew after quiet."""

from __future__ import annotations

import msgspec

from sidr.model.profiles import profile
from sidr.protocols.sidr.damping import Damping

SECOND = 1_000_000_000
TIMERS = profile("frr-datacenter").sidr


def waits(*falls_s: int) -> list[int]:
    """Hold-up times in seconds after each fall."""
    damping = Damping(TIMERS)
    found = []
    for at in falls_s:
        damping.fall(at * SECOND)
        found.append(damping.hold_up_ns() // SECOND)
    return found


def test_a_port_that_never_fell_waits_once() -> None:
    assert Damping(TIMERS).hold_up_ns() == SECOND


def test_every_fall_doubles_up_to_the_longest() -> None:
    assert waits(*range(9)) == [1, 2, 4, 8, 16, 32, 64, 64, 64]


def test_quiet_starts_anew() -> None:
    assert waits(0, 10, 130, 251, 252) == [1, 2, 4, 1, 2]


def test_a_longest_time_below_the_first_never_shortens_it() -> None:
    timers = msgspec.structs.replace(TIMERS, hold_up_max_ns=0)
    damping = Damping(timers)
    damping.fall(0)
    assert damping.hold_up_ns() == SECOND
