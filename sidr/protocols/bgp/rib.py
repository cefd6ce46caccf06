"""A speaker's tables: what each peer announced, the best path, what was sent to each peer.

Only differences from the converged start are stored; for a speaker that starts from nothing
everything is a difference. Pure bookkeeping: no messages, no timers.
"""

from __future__ import annotations

from typing import NamedTuple

from sidr.protocols.bgp.analytic import LOCAL, Converged, Path


class Best(NamedTuple):
    """The selected path as received, () for an own prefix, and its port (LOCAL for an own one)."""

    path: Path
    port: int


class Rib:
    """Adj-RIB-In, Loc-RIB and Adj-RIB-Out of one speaker.

    Args:
        switch, asn, ports: the speaker. own: groups that it originates. groups: how many there
            are. base: the converged state that it starts from, or None.
    """

    def __init__(
        self, switch: int, ports: int, own: frozenset[int], groups: int, *,
        asn: int, base: Converged | None,
    ) -> None:  # fmt: skip
        self.switch, self.ports, self.own, self.groups, self.asn = switch, ports, own, groups, asn
        self._base = base
        self._old_in = [base is not None] * ports
        self._old_out = [base is not None] * ports
        self._in: dict[tuple[int, int], Path | None] = {}
        self._age: dict[tuple[int, int], int] = {}
        self._arrivals = 0
        self._out: dict[tuple[int, int], Path | None] = {}
        self._best: dict[int, Best | None] = {}
        self._hops: dict[int, bytes] = {}

    def heard(self, port: int, group: int) -> Path | None:
        """The usable path from a peer; None = none."""
        key = (port, group)
        if key in self._in:
            return self._in[key]
        if self._base is not None and self._old_in[port]:
            return self._base.heard(group, self.switch, port)
        return None

    def hear(self, port: int, group: int, path: Path) -> bool:
        """Store a peer's path (() or one with our ASN = unreachable); True when that changed."""
        usable = path if path and self.asn not in path else None
        if usable == self.heard(port, group):
            return False
        self._in[port, group] = usable
        self._arrivals += 1
        self._age[port, group] = self._arrivals
        return True

    def age(self, port: int, group: int) -> int:
        """Orders a group's paths by arrival, the oldest first. Those of the converged start are
        older than all others and came in the order of ports."""
        return self._age.get((port, group), port - self.ports)

    def forget(self, port: int) -> list[int]:
        """Drop everything heard from a peer; returns the groups that had a path, ascending."""
        lost = [g for g in range(self.groups) if self.heard(port, g) is not None]
        self._old_in[port] = False
        for key in [key for key in self._in if key[0] == port]:
            del self._in[key], self._age[key]
        return lost

    def best(self, group: int) -> Best | None:
        """The selected path."""
        if group in self._best:
            return self._best[group]
        if group in self.own:
            return Best((), LOCAL)
        if self._base is None:
            return None
        path = self._base.path(group, self.switch)
        return None if path is None else Best(path, self._base.port(group, self.switch))

    def decide(self, group: int) -> tuple[bool, bytes | None]:
        """Select again: the shortest AS path, of equal ones the oldest. So the selected one stays
        until it goes or is announced with other attributes, which makes it a new one.

        Returns:
            (whether the best path changed, the new ECMP members as a byte per port if they
            changed, else None).
        """
        if group in self.own:
            return False, None
        paths = [(p, path) for p in range(self.ports) if (path := self.heard(p, group)) is not None]
        before, hops_before = self.best(group), self.hops(group)
        best: Best | None = None
        hops = bytearray(self.ports)
        if paths:
            shortest = min(len(path) for _, path in paths)
            tied = {p: path for p, path in paths if len(path) == shortest}
            port = min(tied, key=lambda p: self.age(p, group))
            best = Best(tied[port], port)
            for p in tied:
                hops[p] = 1
        self._best[group] = best
        self._hops[group] = bytes(hops)
        return best != before, None if hops == hops_before else bytes(hops)

    def hops(self, group: int) -> bytes:
        """ECMP members, a byte per port."""
        known = self._hops.get(group)
        if known is not None:
            return known
        if self._base is None:
            return bytes(self.ports)
        lo = self._base.first_slot(self.switch)
        return self._base.fib[group, lo : lo + self.ports].tobytes()

    def to_send(self, port: int, group: int) -> Path | None:
        """What the peer is to know: our best with us in front; nothing to whom it came from."""
        best = self.best(group)
        return None if best is None or best.port == port else (self.asn, *best.path)

    def sent(self, port: int, group: int) -> Path | None:
        """What the peer was last told; None = nothing or withdrawn."""
        key = (port, group)
        if key in self._out:
            return self._out[key]
        if self._base is not None and self._old_out[port]:
            return self._base.announced(group, self.switch, port)
        return None

    def send(self, port: int, group: int) -> Path | None:
        """Note that the peer is told `to_send` now; returns it as an Update's path (() =
        withdrawn), or None when it knows already."""
        path = self.to_send(port, group)
        if path == self.sent(port, group):
            return None
        self._out[port, group] = path
        return path or ()

    def new_peer(self, port: int) -> None:
        """A session begins: nothing has been sent on it."""
        self._old_out[port] = False
        for key in [key for key in self._out if key[0] == port]:
            del self._out[key]
