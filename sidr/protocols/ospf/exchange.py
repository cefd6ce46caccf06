"""The exchange of databases with one neighbour (RFC 2328, 10.6 and 10.8), without its timers.

Both ends describe their databases by headers, packet for packet, at the pace of the master, who is
the router with the higher number; what the other has newer is wanted. Called by the router, whose
neighbour FSM says when.
"""

from __future__ import annotations

from collections.abc import Sequence

from sidr.protocols.ospf.lsdb import Lsdb, compare
from sidr.protocols.ospf.messages import DbDesc, Header

HEADERS_MAX = 72
"""Headers of 20 bytes in a packet of 1500 bytes, after 20 + 24 + 8 bytes of other headers."""


class Exchange:
    """One neighbour's.

    Attributes:
        master: we set the pace. wanted: what the neighbour has newer, by origin.
        sent: our last packet, to be repeated.
    """

    def __init__(self, router: int) -> None:
        self._router = router
        self._rest: list[Header] = []
        self._received: DbDesc | None = None
        self.master = False
        self.wanted: dict[int, Header] = {}
        self.sent = DbDesc(router, 0, init=True, more=True, master=True)

    def begin(self, now_ns: int) -> DbDesc:
        """Start anew: claim to be the master, under a number that was never used before."""
        self.clear()
        seq = max(now_ns, self.sent.seq + 1)
        self.sent = DbDesc(self._router, seq, init=True, more=True, master=True)
        return self.sent

    def clear(self) -> None:
        """The adjacency is gone."""
        self.wanted.clear()
        self._rest, self._received = [], None

    def settle(self, packet: DbDesc) -> bool:
        """Whether a packet in ExStart settles who is the master; if so, take that part."""
        claim = packet.init and packet.more and packet.master and not packet.headers
        if claim and packet.router > self._router:
            self.master = False
            return True
        confirmed = not packet.init and not packet.master and packet.seq == self.sent.seq
        if confirmed and packet.router < self._router:
            self.master = True
            return True
        return False

    def describe(self, headers: Sequence[Header]) -> None:
        """The database as it is now is what the neighbour will be told."""
        self._rest = list(headers)

    def is_repeated(self, packet: DbDesc) -> bool:
        """Whether it is the last packet once more."""
        return packet == self._received

    def is_next(self, packet: DbDesc) -> bool:
        """Whether it is the packet that is due in Exchange."""
        due = self.sent.seq + (0 if self.master else 1)
        return packet.seq == due and packet.master != self.master and not packet.init

    def take(self, packet: DbDesc, lsdb: Lsdb) -> tuple[DbDesc | None, bool]:
        """Take in a packet that is due.

        Returns:
            (what to send, or None; whether the exchange is done).
        """
        self._received = packet
        for header in packet.headers:
            held = lsdb.get(header.origin)
            if held is None or compare(header, held) > 0:
                self.wanted[header.origin] = header
        if not self.master:
            answer = self._next(packet.seq)
            return answer, not packet.more and not answer.more
        if not packet.more and not self.sent.more:
            return None, True
        return self._next(packet.seq + 1), False

    def _next(self, seq: int) -> DbDesc:
        page, self._rest = self._rest[:HEADERS_MAX], self._rest[HEADERS_MAX:]
        more = bool(self._rest)
        self.sent = DbDesc(self._router, seq, False, more, self.master, tuple(page))
        return self.sent
