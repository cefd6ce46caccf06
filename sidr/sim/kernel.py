"""Virtual time: an event queue of integer nanoseconds.

Order is (time, sequence): calls of one instant run in the order in which they were asked for.
Instants are buckets in a dict with a heap of distinct times beside it, which beats a heap of
tuples because faults make many events of one instant. A call takes exactly one item: a third
faster than any number of arguments. Knows nothing about networks.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

Call = tuple[Callable[[Any], None], Any]
"""What to run, and on what. An instant with one call holds it bare: most instants have one."""


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
        self._buckets: dict[int, Call | list[Call]] = {}
        self._times: list[int] = []

    def at(self, time_ns: int, call: Callable[[Any], None], item: Any) -> None:
        """Run call(item) at an instant that is not before now."""
        buckets = self._buckets
        if time_ns in buckets:
            bucket = buckets[time_ns]
            if isinstance(bucket, list):
                bucket.append((call, item))
            else:
                buckets[time_ns] = [bucket, (call, item)]
        else:
            assert time_ns >= self.now_ns, f"{time_ns} ns lies before {self.now_ns} ns"
            buckets[time_ns] = (call, item)
            heappush(self._times, time_ns)

    def run(self, until_ns: int, after: Callable[[int], None] | None = None) -> bool:
        """Run everything up to and including `until_ns`.

        Args:
            after: called with the time when an instant is complete.

        Returns:
            True when nothing is left in the queue (quiescence).
        """
        times, take = self._times, self._buckets.pop
        ran = 0
        while times and times[0] <= until_ns:
            now = self.now_ns = heappop(times)
            bucket = take(now)
            if isinstance(bucket, tuple):
                call, item = bucket
                call(item)
                ran += 1
            else:
                for call, item in bucket:
                    call(item)
                ran += len(bucket)
            if after is not None and not (times and times[0] == now):
                after(now)  # calls asked for at `now` meanwhile have made a bucket of their own
        self.ran += ran
        return not times
