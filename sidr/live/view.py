"""What live FIBs do to traffic at this moment: shares, loads, loops, detours, and what is broken.

The exact computation of the simulator over the rows that forward now. Solved only when asked, and
only the columns that changed since.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sidr.forwarding import connected as reach
from sidr.forwarding.rule import Bools, Rule
from sidr.forwarding.shares import FULL_SHARE, Traffic
from sidr.forwarding.space import Space
from sidr.live.switches import Switches
from sidr.model.fabric import F64, I32
from sidr.model.plan import B1, PRIM, SIB


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look gave.

    Attributes:
        delivered_share: of the traffic of all pairs that are physically connected.
        pairs, pairs_affected: connected pairs, and those below full share.
        looping_share: of the same traffic. load_max: of any direction, over its capacity.
        groups: by destination switch, the share of what the others send it.
        links_down, switches_down: names of what is dark, silent, lossy or dead.
        detours: switches that have no next hop of their own plan left for some destinations:
            `switch`, `groups`, and `over`, the links that carry these instead.
    """

    delivered_share: float
    pairs: int
    pairs_affected: int
    looping_share: float
    load_max: float
    groups: dict[str, float]
    links_down: list[str]
    switches_down: list[str]
    detours: list[dict[str, object]]


class View:
    """A look at the switches of an emulation, again and again."""

    def __init__(self, switches: Switches) -> None:
        self._on = switches
        bounces = switches.profile.sidr.bounces
        self._traffics = [Traffic(s, Rule(1, bounces, 1, 1)) for s in switches.fibs.spaces]
        self._version = -1
        self._seen: Seen | None = None
        self._passing = np.full(switches.fabric.slots, np.nan)  # nothing has been solved yet
        self._alive = np.ones(switches.fabric.switches, np.bool_)

    def look(self) -> Seen:
        """What is so now; the last answer where nothing has changed."""
        if self._seen is None or self._version != self._on.version:
            self._version = self._on.version
            self._seen = self._solve()
        return self._seen

    def _solve(self) -> Seen:
        on, fabric = self._on, self._on.fabric
        alive = ~np.array(on.damage.dead)
        touched = on.damage.passing != self._passing
        every = not np.array_equal(alive, self._alive) or bool(np.isnan(self._passing).all())
        sent = delivered = looping = 0.0
        pairs = affected = 0
        groups: dict[str, float] = {}
        detours: list[dict[str, object]] = []
        load_max = 0.0
        for i, traffic in enumerate(self._traffics):
            space = traffic.space
            here = touched[space.part.slots]
            columns = self._all(i) if every else self._changed(i, traffic, here)
            connected = self._columns(i, traffic, alive, columns)
            wanted = connected * space.demand
            share = np.where(connected, traffic.share, 0.0)
            sent += wanted.sum()
            delivered += (wanted * share).sum()
            looping += (wanted * np.where(connected, traffic.looping, 0.0)).sum()
            sources = wanted > 0.0
            pairs += int(sources.sum())
            affected += int((sources & (share < FULL_SHARE)).sum())
            load_max = max(load_max, float((traffic.total / space.net.cap).max(initial=0.0)))
            for j, home in enumerate(space.part.switches[space.dests].tolist()):
                total = wanted[j].sum()
                part = (wanted[j] * share[j]).sum() / total if total else 1.0
                groups[fabric.names[home]] = float(part)
            detours += self._detours(i, space)
        self._passing, self._alive = on.damage.passing.copy(), alive
        return Seen(
            delivered_share=delivered / sent if sent else 1.0,
            pairs=pairs,
            pairs_affected=affected,
            looping_share=looping / sent if sent else 0.0,
            load_max=load_max,
            groups=groups,
            links_down=self._links_down(),
            switches_down=[fabric.names[v] for v in np.flatnonzero(~alive)],
            detours=detours,
        )

    def _all(self, i: int) -> I32:
        """All columns of a component; what has changed in them is forgotten."""
        fibs = self._on.fibs
        for marks in (fibs.dirty[i], fibs.moved[i], fibs.closed[i]):
            marks.clear()
        return np.arange(len(fibs.spaces[i].dests), dtype=np.int32)

    def _changed(self, i: int, traffic: Traffic, touched: Bools) -> I32:
        """The columns of a component that may be forwarded otherwise than they were.

        Args:
            touched: bool[E], slots that carry another part of packets than they did.
        """
        fibs = self._on.fibs
        rows = sorted(fibs.closed[i].union(np.flatnonzero(touched).tolist()))
        found = fibs.dirty[i] | set(fibs.moved[i])
        if rows:
            found.update(traffic.using(np.array(rows, np.int64)).tolist())
        self._all(i)
        return np.array(sorted(found), np.int32)

    def _columns(self, i: int, traffic: Traffic, alive: Bools, columns: I32) -> Bools:
        """Solve columns of a component; returns who is connected with whom."""
        on, space = self._on, traffic.space
        fibs, slots, members = on.fibs, space.part.slots, space.part.switches
        live = fibs.admitted[slots] & ~on.pruned[slots]
        demand: F64 = np.where(alive[members], space.demand, 0.0)
        traffic.role, traffic.w0 = fibs.role[i], fibs.w0[i]
        passing = on.damage.passing[slots]
        if len(columns):
            traffic.solve(columns, fibs.rows[i], live, passing, demand)
        connected = np.empty((len(space.dests), len(space.demand)), np.bool_)
        reach.connected(space.net, space.dests, passing > 0.0, alive[members], connected)
        connected[np.arange(len(space.dests)), space.dests] = False  # nobody sends to itself
        return connected

    def _detours(self, i: int, space: Space) -> list[dict[str, object]]:
        fibs, fabric, slots = self._on.fibs, self._on.fabric, space.part.slots
        if not len(slots):
            return []
        role = fibs.role[i]
        live = fibs.admitted[slots] & ~self._on.pruned[slots]
        first = space.net.ptr[:-1]
        usable = ((role & (PRIM | SIB)) > 0) & (fibs.rows[i] > 0) & live
        planned = np.add.reduceat((role & PRIM) > 0, first, axis=1, dtype=np.int32)
        left = np.add.reduceat(usable, first, axis=1, dtype=np.int32)
        started = np.add.reduceat(fibs.rows[i] > 0, first, axis=1, dtype=np.int32)
        dead = np.array(self._on.damage.dead)[space.part.switches]
        found: list[dict[str, object]] = []
        for v in np.flatnonzero(((planned > 0) & (left == 0) & (started > 0) & ~dead).any(axis=0)):
            lo, hi = int(space.net.ptr[v]), int(space.net.ptr[v + 1])
            columns = np.flatnonzero((planned[:, v] > 0) & (left[:, v] == 0) & (started[:, v] > 0))
            over = ((role[columns, lo:hi] & B1) > 0).any(axis=0) & live[lo:hi]
            homes = space.part.switches[space.dests[columns]]
            found.append(
                {
                    "switch": fabric.names[space.part.switches[v]],
                    "groups": [fabric.names[home] for home in homes],
                    "over": [fabric.link_name(link) for link in space.link[lo:hi][over].tolist()],
                }
            )
        return found

    def _links_down(self) -> list[str]:
        """Links of which some direction does not carry everything."""
        fabric = self._on.fabric
        hurt = np.unique(fabric.link[self._on.damage.passing < 1.0])
        return [fabric.link_name(link) for link in hurt.tolist()]
