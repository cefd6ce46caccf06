"""How long a port that falls again and again must wait before it may come back.

The hold-up time doubles with every fall, up to a longest one, and starts anew after a quiet time
(RFC 2439 has the idea; the figures are ours).
"""

from __future__ import annotations

from sidr.model.profiles import SidrTimers


class Damping:
    """The falls of one port."""

    def __init__(self, timers: SidrTimers) -> None:
        self._timers = timers
        self._falls = 0
        self._last_ns = 0

    def fall(self, now_ns: int) -> None:
        """The port falls now."""
        if self._falls and now_ns - self._last_ns > self._timers.quiet_ns:
            self._falls = 0
        self._falls += 1
        self._last_ns = now_ns

    def hold_up_ns(self) -> int:
        """How long light must stand before the port says hello."""
        t = self._timers
        doubled = t.hold_up_ns << min(max(0, self._falls - 1), 30)
        return max(t.hold_up_ns, min(doubled, t.hold_up_max_ns))
