"""FRR's SPF throttle, worked out by hand for 0 / 50 / 5000 ms."""

from __future__ import annotations

import msgspec

from sidr.model.effects import SetTimer
from sidr.model.profiles import profile
from sidr.protocols.ospf.throttle import Throttle

MS = 1_000_000
FRR = profile("frr-traditional").ospf
TUNED = profile("tuned").ospf


def asked(throttle: Throttle, now_ns: int) -> int | None:
    """The wait for the SPF that is asked for now; None when one waits already."""
    effects = throttle.ask(now_ns)
    for effect in effects:
        assert isinstance(effect, SetTimer) and effect.name == "spf"
        return effect.delay_ns
    return None


def test_the_first_spf_waits_for_the_initial_delay_only() -> None:
    assert asked(Throttle(FRR), 7 * MS) == 0
    assert asked(Throttle(TUNED), 7 * MS) == 10 * MS


def test_a_second_request_does_not_schedule_again() -> None:
    throttle = Throttle(FRR)
    assert (asked(throttle, 0), asked(throttle, 1)) == (0, None)


def test_requests_close_to_the_last_spf_wait_ever_longer() -> None:
    throttle, waits = Throttle(FRR), []
    now = 0
    for _ in range(5):
        wait = asked(throttle, now)
        assert wait is not None
        waits.append(wait // MS)
        throttle.ran(now + wait)
        now += wait + 10 * MS
    assert waits == [0, 40, 90, 140, 190]


def test_quiet_for_the_hold_time_resets_it() -> None:
    throttle = Throttle(FRR)
    for now in (0, 10 * MS):
        assert asked(throttle, now) is not None
        throttle.ran(50 * MS if now else 0)
    assert asked(throttle, 150 * MS) == 0
    throttle.ran(150 * MS)
    assert asked(throttle, 160 * MS) == 40 * MS


def test_the_wait_never_passes_the_maximum_nor_falls_below_the_delay() -> None:
    throttle = Throttle(msgspec.structs.replace(TUNED, spf_hold_max_ns=100 * MS))
    now, waits = 0, []
    for _ in range(6):
        wait = asked(throttle, now)
        assert wait is not None
        waits.append(wait // MS)
        throttle.ran(now + wait)
        now += wait
    assert waits == [10, 50, 100, 100, 100, 100]
    assert asked(throttle, now + 95 * MS) == 10 * MS


def test_a_request_exactly_at_the_end_of_the_hold_time_is_a_quiet_one() -> None:
    throttle = Throttle(FRR)
    for now, wait in ((0, 0), (50 * MS, 0), (99 * MS, 1 * MS)):
        assert asked(throttle, now) == wait
        throttle.ran(now + wait)


def test_a_request_while_one_waits_does_not_raise_the_multiplier() -> None:
    throttle = Throttle(FRR)
    assert asked(throttle, 0) == 0
    throttle.ran(0)
    assert [asked(throttle, now * MS) for now in (10, 20, 30)] == [40 * MS, None, None]
    throttle.ran(50 * MS)
    assert asked(throttle, 60 * MS) == 90 * MS  # twice the hold time, not four times
