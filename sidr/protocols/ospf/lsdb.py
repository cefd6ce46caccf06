"""A router's link-state database: the newest instance of every router-LSA, and when it came and
went out.

Routers of a converged start share one immutable base; each keeps what it has heard since. Which
slots are listed by anybody is kept as an array for the SPF, copied at the first change.
"""

from __future__ import annotations

import numpy as np

from sidr.forwarding.rule import Bools
from sidr.protocols.ospf.messages import Header, Lsa

LONG_AGO_NS = -(10**18)
"""Arrival of what was there from the start, and sending of what was never sent."""


class Lsdb:
    """One router's database.

    Args:
        base: LSA of every router at the start, by origin; {} = nothing known.
        listed: bool[slots], what `base` lists. Not changed.
    """

    def __init__(self, base: dict[int, Lsa], listed: Bools) -> None:
        self._base, self._listed, self._shared = base, listed, True
        self._new: dict[int, tuple[Lsa, int]] = {}
        self._sent: dict[int, int] = {}

    @property
    def listed(self) -> Bools:
        """bool[slots], whether the slot's router lists it; read only."""
        return self._listed

    def get(self, origin: int) -> Lsa | None:
        """The newest instance of a router's LSA."""
        known = self._new.get(origin)
        return known[0] if known else self._base.get(origin)

    def arrived_ns(self, origin: int) -> int:
        """When the newest instance came."""
        known = self._new.get(origin)
        return known[1] if known else LONG_AGO_NS

    def note_sent(self, origin: int, now_ns: int) -> None:
        """The newest instance goes out to a neighbour."""
        self._sent[origin] = now_ns

    def sent_ns(self, origin: int) -> int:
        """When the newest instance last went out to any neighbour."""
        return self._sent.get(origin, LONG_AGO_NS)

    def all(self) -> tuple[Lsa, ...]:
        """Every LSA, by origin."""
        held = {**self._base, **{origin: lsa for origin, (lsa, _) in self._new.items()}}
        return tuple(held[origin] for origin in sorted(held))

    def install(self, lsa: Lsa, now_ns: int) -> bool:
        """Take in a newer instance; True when it lists other links than the one before."""
        old = self.get(lsa.origin)
        before = old.links if old else ()
        self._new[lsa.origin] = (lsa, now_ns)
        self._sent.pop(lsa.origin, None)
        if before == lsa.links:
            return False
        if self._shared:
            self._listed, self._shared = self._listed.copy(), False
        self._listed[list(before)] = False
        self._listed[list(lsa.links)] = True
        return True


def empty(slots: int) -> Lsdb:
    """A database that knows nothing."""
    return Lsdb({}, np.zeros(slots, np.bool_))


def compare(one: Lsa | Header, other: Lsa | Header) -> int:
    """More than 0 when `one` is the newer of two instances, 0 when they are the same (RFC 2328,
    13.1): the sequence number decides, then the checksum, since a router that has booted may come
    upon a number of its former life with other content.
    """
    if one.seq != other.seq or one is other:
        return one.seq - other.seq
    return one.checksum - other.checksum
