"""Virtual time: an event queue of integer nanoseconds.

Order is (time, sequence): calls of one instant run in the order in which they were asked for.
Instants are buckets in a dict with a heap of distinct times beside it, which beats a heap of
tuples because faults make many events of one instant. Knows nothing about networks.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

Call = tuple[Callable[..., None], tuple[Any, ...]]


class Kernel:
    """The clock and the queue.

    Attributes:
        now_ns: the instant being run, or the last one that was.
        ran: calls run so far.
    """

    __slots__ = ("_buckets", "_times", "now_ns", "ran")

    def __init__(self) -> None:
        self.now_ns = 0
        self.ran = 0
        self._buckets: dict[int, list[Call]] = {}
        self._times: list[int] = []

    def at(self, time_ns: int, call: Callable[..., None], *args: Any) -> None:
        """Run call(*args) at an instant that is not before now."""
        bucket = self._buckets.get(time_ns)
        if bucket is None:
            assert time_ns >= self.now_ns, f"{time_ns} ns lies before {self.now_ns} ns"
            self._buckets[time_ns] = [(call, args)]
            heappush(self._times, time_ns)
        else:
            bucket.append((call, args))

    def run(self, until_ns: int, after: Callable[[int], None] | None = None) -> bool:
        """Run everything up to and including `until_ns`.

        Args:
            after: called with the time when an instant is complete.

        Returns:
            True when nothing is left in the queue (quiescence).
        """
        times, buckets = self._times, self._buckets
        while times and times[0] <= until_ns:
            now = self.now_ns = heappop(times)
            bucket = buckets[now]
            for call, args in bucket:  # grows while it runs
                call(*args)
            del buckets[now]
            self.ran += len(bucket)
            if after is not None:
                after(now)
        return not times
