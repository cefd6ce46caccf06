"""When peers are told: at once, after MRAI, or when coalescing at the start of a session ends.

FRR puts peers that come up together into one new update subgroup and tells them nothing until a
timer of the subgroup has run, one for all that join meanwhile; then all its routes go out. MRAI
runs per peer: the first message after quiet goes at once, what changes meanwhile waits, withdraws
too (RFC 4271 section 9.2.1.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from sidr.model.effects import CancelTimer, Effect, SetTimer
from sidr.model.profiles import BgpTimers
from sidr.protocols.bgp.messages import Update
from sidr.protocols.bgp.rib import Rib

JITTER_LOW = 0.75
"""MRAI is U(0.75, 1) of its nominal value, drawn every time (RFC 4271 section 10)."""


class Adverts:
    """What one speaker tells, and when.

    Args:
        send: puts an UPDATE on a port's connection.
        peers: ports whose sessions are established and that know everything.
        seed: of the jitter.
    """

    def __init__(
        self,
        rib: Rib,
        timers: BgpTimers,
        send: Callable[[int, Update], list[Effect]],
        *,
        peers: Iterable[int],
        seed: int,
    ) -> None:
        self._rib, self._timers, self._send, self._seed = rib, timers, send, seed
        self._rng: np.random.Generator | None = None
        self._peers = sorted(peers)
        self._forming: set[int] = set()
        self._held: dict[int, set[int]] = {}

    def join(self, port: int) -> list[Effect]:
        """A session is established: nothing has been sent on it yet."""
        self._rib.new_peer(port)
        timers = self._timers
        delay_ns = timers.coalesce_ns + timers.coalesce_per_peer_ns * self._rib.ports
        delay_ns = min(delay_ns, timers.coalesce_max_ns)
        if not delay_ns:
            return self._admit([port])
        first = not self._forming
        self._forming.add(port)
        return [SetTimer("coalesce", delay_ns)] if first else []

    def coalesced(self) -> list[Effect]:
        """The peers that have come up are told everything."""
        joined = sorted(self._forming)
        self._forming.clear()
        return self._admit(joined)

    def _admit(self, ports: list[int]) -> list[Effect]:
        self._peers = sorted({*self._peers, *ports})
        return self._tell(range(self._rib.groups), ports)

    def leave(self, port: int) -> list[Effect]:
        """A session has been lost."""
        self._forming.discard(port)
        if port in self._peers:
            self._peers.remove(port)
        return [CancelTimer(f"mrai:{port}")] if self._held.pop(port, None) is not None else []

    def tell(self, groups: Iterable[int]) -> list[Effect]:
        """Tell all peers what is new of some groups."""
        return self._tell(groups, self._peers)

    def release(self, port: int) -> list[Effect]:
        """The MRAI ends: what has changed meanwhile goes out, in its newest form."""
        return self._tell(sorted(self._held.pop(port)), [port])

    def _tell(self, groups: Iterable[int], ports: list[int]) -> list[Effect]:
        effects: list[Effect] = []
        told = set()
        for group in groups:
            for port in ports:
                if port in self._held:
                    self._held[port].add(group)
                    continue
                path = self._rib.send(port, group)
                if path is not None:
                    effects += self._send(port, Update(group, path))
                    told.add(port)
        return effects + self._hold(sorted(told))

    def _hold(self, ports: list[int]) -> list[Effect]:
        """Start the MRAI of peers that were just told something."""
        if not self._timers.mrai_ns:
            return []
        for port in ports:
            self._held[port] = set()
        return [SetTimer(f"mrai:{port}", self._mrai_ns()) for port in ports]

    def _mrai_ns(self) -> int:
        if self._rng is None:  # most speakers of a trial never need one
            self._rng = np.random.default_rng(self._seed)
        part = JITTER_LOW + (1 - JITTER_LOW) * float(self._rng.random())
        return round(self._timers.mrai_ns * part)
