"""One end of a TCP connection: messages with numbers, acknowledged, repeated, and kept in order.

A message is a segment and the first one has number 1. What matters to routing is modelled: after a
retransmission timeout the congestion window is shut, and nothing new goes out until the repeated
segment is acknowledged, so that news waits behind a lost keepalive. Not here: who calls whom and
what is sent how (`connections`). Not modelled: windows that are open are never full; there is no
fast retransmit (three later segments in flight are rare between speakers), and acknowledgements are
not delayed.
"""

from __future__ import annotations

from msgspec import structs

from sidr.protocols.bgp.messages import Carried

RTO_MAX_NS = 120_000_000_000
"""Upper bound of the retransmission timeout (Linux, TCP_RTO_MAX)."""
SYN_RTO_NS = 1_000_000_000
"""Retransmission timeout of a connection that is being opened (RFC 6298 section 2.1)."""
DOUBLINGS_MAX = 20
"""More of them would exceed RTO_MAX_NS from any timeout that makes sense."""


def backed_off_ns(first_ns: int, timeouts: int) -> int:
    """The retransmission timeout after so many of them in a row (RFC 6298 section 5.5)."""
    return min(first_ns << min(timeouts, DOUBLINGS_MAX), RTO_MAX_NS)


class Stream:
    """What one end has sent and not yet seen acknowledged, and what it has received.

    Attributes:
        timeouts: in a row, since something was acknowledged; more than 0 = the window is shut.
    """

    def __init__(self, connection: int) -> None:
        self.connection = connection
        self.timeouts = 0
        self._next = 1
        self._expected = 1
        self._unacked: dict[int, Carried] = {}
        self._waiting: list[Carried] = []
        self._early: dict[int, Carried] = {}

    @property
    def is_idle(self) -> bool:
        """Whether everything sent has been acknowledged."""
        return not self._unacked

    @property
    def received(self) -> int:
        """The number up to which everything has arrived."""
        return self._expected - 1

    def push(self, message: Carried) -> list[Carried]:
        """Send a message; returns the segments that go out now."""
        segment = structs.replace(message, connection=self.connection, seq=self._next)
        self._next += 1
        if self.timeouts:
            self._waiting.append(segment)
            return []
        self._unacked[segment.seq] = segment
        return [segment]

    def take(self, segment: Carried) -> list[Carried]:
        """A segment arrives; returns the messages that are now complete in order."""
        if segment.seq >= self._expected:
            self._early[segment.seq] = segment
        ready = []
        while self._expected in self._early:
            ready.append(self._early.pop(self._expected))
            self._expected += 1
        return ready

    def acknowledge(self, seq: int) -> tuple[bool, list[Carried]]:
        """The other end has everything up to `seq`.

        Returns:
            (whether that is news, the segments that go out now: after a timeout, whatever else is
            not acknowledged, and what has waited).
        """
        done = [number for number in self._unacked if number <= seq]
        if not done:
            return False, []
        for number in done:
            del self._unacked[number]
        if not self.timeouts:
            return True, []
        again = list(self._unacked.values())
        self._unacked |= {segment.seq: segment for segment in self._waiting}
        out = again + self._waiting
        self._waiting, self.timeouts = [], 0
        return True, out

    def time_out(self) -> Carried:
        """Nothing was acknowledged in time; returns the oldest segment, which goes out again."""
        self.timeouts += 1
        return next(iter(self._unacked.values()))
