"""Retransmission lists: what each neighbour has not acknowledged, and when it is sent again.

The timer of a neighbour runs freely, with a phase from its adjacency's birth; at a tick only LSAs
that have been in the database for a whole interval are sent again. So an LSA that was dropped
without acknowledgement comes again after one to two intervals: U(5, 10) s with 5 s.
"""

from __future__ import annotations

from collections.abc import Sequence


class Retransmission:
    """The lists of one router.

    Args:
        interval_ns: the timer's period. phases_ns: per port, when in the period it ticks.
    """

    def __init__(self, interval_ns: int, phases_ns: Sequence[int]) -> None:
        self._interval, self._phases = interval_ns, list(phases_ns)
        self._lists: list[dict[int, int]] = [{} for _ in phases_ns]
        self._armed = [False] * len(phases_ns)

    def begin(self, port: int, now_ns: int) -> None:
        """An adjacency is born: its timer ticks from now on."""
        self._phases[port] = now_ns

    def add(self, port: int, origin: int, seq: int) -> None:
        """The neighbour was sent this instance; older ones are no longer wanted."""
        self._lists[port][origin] = seq

    def arm(self, port: int, now_ns: int) -> int | None:
        """Delay to the next tick if the timer has to be started, else None."""
        if self._armed[port] or not self._lists[port]:
            return None
        self._armed[port] = True
        return self._interval - (now_ns - self._phases[port]) % self._interval

    def fired(self, port: int) -> list[tuple[int, int]]:
        """The timer ticks: (origin, seq) of what is not acknowledged, by origin."""
        self._armed[port] = False
        return sorted(self._lists[port].items())

    def acknowledge(self, port: int, origin: int, seq: int) -> bool:
        """The neighbour has this instance; True when it was waited for."""
        if self._lists[port].get(origin) != seq:
            return False
        del self._lists[port][origin]
        return True

    def supersede(self, port: int, origin: int) -> None:
        """The neighbour itself sent something newer."""
        self._lists[port].pop(origin, None)

    def clear(self, port: int) -> None:
        """The adjacency is gone."""
        self._lists[port].clear()
