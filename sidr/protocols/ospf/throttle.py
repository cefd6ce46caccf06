"""When the next SPF runs: FRR's `timers throttle spf DELAY HOLD MAX`.

An event within hold x multiplier of the last SPF waits for the rest of that time and raises the
multiplier; a later one waits for the initial delay only and resets it.
Source: FRR 8.4.4, ospf_spf_calculate_schedule.
"""

from __future__ import annotations

from collections.abc import Callable

from sidr.model.effects import Effect, SetTimer
from sidr.model.profiles import OspfTimers


class Throttle:
    """The throttle of one router.

    Attributes:
        timers: further timers than `spf`: it has none.
    """

    def __init__(self, timers: OspfTimers) -> None:
        self._timers = timers
        self._multiplier = 1
        self._last_ns: int | None = None
        self._waiting = False
        self.timers: dict[str, Callable[[int], list[Effect]]] = {}

    def ask(self, now_ns: int) -> list[Effect]:
        """An SPF is wanted; its timer is `spf`. Nothing when one is scheduled already."""
        if self._waiting:
            return []
        self._waiting = True
        return [SetTimer("spf", self._delay_ns(now_ns))]

    def _delay_ns(self, now_ns: int) -> int:
        t = self._timers
        hold = min(t.spf_hold_ns * self._multiplier, t.spf_hold_max_ns)
        if self._last_ns is not None and now_ns - self._last_ns < hold:
            if hold < t.spf_hold_max_ns:
                self._multiplier += 1
            return max(t.spf_delay_ns, hold - (now_ns - self._last_ns))
        self._multiplier = 1
        return t.spf_delay_ns

    def ran(self, now_ns: int) -> None:
        """The SPF runs now."""
        self._last_ns = now_ns
        self._waiting = False
