"""The metrics of a trial reckoned anew from its trace alone, in plain Python with fractions.

It shares nothing with the program but the fabric and the trace: tables are dicts, shares follow
packets by recursion, distances come from a breadth-first search, time is kept pair by pair. The
instants at which hardware prunes are not in a trace, so the hardware must be without jitter there.
Switches that come back are not replayed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from sidr.model.fabric import Fabric
from sidr.trace.reader import Record
from tests.forwarding.oracle import Oracle, hops_to

Pair = tuple[int, int]
"""(source, destination), both leaves."""
Shares = tuple[Fraction, Fraction]
"""Delivered and looping."""
FULL = 16


@dataclass(frozen=True)
class Delays:
    """Of the hardware, in ns: fault to pruning, and fault to the port's notice."""

    prune: int
    notify: int


class Replay:
    """What forwards, as the trace changes it.

    Attributes:
        table: (group, slot) -> 1 for a next hop; with tags the r that the neighbour announced.
        dark, pruned, expelled: slots. dead: switches.
        touched: groups whose packets may have new ways since the last instant.
    """

    def __init__(self, fabric: Fabric, *, bounces: int | None) -> None:
        self.fabric, self.bounces = fabric, bounces
        self.nbr, self.src = fabric.nbr.tolist(), fabric.src.tolist()
        self.homes: list[int] = fabric.groups.tolist()
        self.dist = [hops_to(fabric, home) for home in self.homes]
        self.dark: set[int] = set()
        self.pruned: set[int] = set()
        self.expelled: set[int] = set()
        self.dead: set[int] = set()
        self.touched: set[int] = set()
        self._cuts = [0] * fabric.links
        self._edges = [0] * fabric.slots
        self._roles: dict[tuple[int, int], tuple[set[int], set[int], set[int]]] = {}
        self.table = {
            (g, e): FULL if self.tagged else int(self.is_closer(g, e))
            for g in range(len(self.homes))
            for e in range(fabric.slots)
        }

    @property
    def tagged(self) -> bool:
        return self.bounces is not None

    @cached_property
    def pairs(self) -> list[Pair]:
        return [(v, d) for d in self.homes for v in self.homes if v != d]

    def is_closer(self, group: int, e: int) -> bool:
        return self.dist[group][self.nbr[e]] < self.dist[group][self.src[e]]

    # --- time -----------------------------------------------------------------------------------

    def run(self, trace: Sequence[Record], delays: Delays, end_ns: int) -> Iterator[int]:
        """Instants before the end at which something changes; the state is then the new one."""
        queue = [(r.now_ns, r.kind, r) for r in trace if r.kind in ("change", "write", "masks")]
        while queue:
            now = min(when for when, _, _ in queue)
            if now >= end_ns:
                return
            self.touched = set()
            for item in [item for item in queue if item[0] == now]:
                queue.remove(item)
                queue += self._apply(now, item, delays)
            yield now

    def _apply(
        self, now: int, item: tuple[int, str, object], delays: Delays
    ) -> list[tuple[int, str, object]]:
        _, kind, what = item
        groups = what.payload[0]["groups"] if kind == "write" else range(len(self.homes))  # type: ignore[attr-defined]
        self.touched.update(groups)
        if isinstance(what, Record):
            if kind == "change":
                return self._change(now, what.payload[0], delays)
            first = int(self.fabric.ptr[what.switch])
            if kind == "masks":
                self.expelled |= {first + p for p in what.payload[0]}
                self.expelled -= {first + p for p in what.payload[1]}
            else:
                for group in groups:
                    for port, value in enumerate(what.payload[0]["ports"]):
                        self.table[group, first + port] = value
            return []
        e, edge = what  # type: ignore[misc]
        if self._edges[e] == edge:
            (self.pruned.add if kind == "prune" else self.pruned.discard)(e)
        return []

    def _change(
        self, now: int, change: dict[str, object], delays: Delays
    ) -> list[tuple[int, str, object]]:
        number = int(change["id"])  # type: ignore[call-overload]
        links = [number]
        if change["kind"] == "switch-down":
            self.dead.add(number)
            links = [int(self.fabric.link[e]) for e in self.fabric.ports(number)]
        else:
            self._cuts[number] += 1 if change["kind"] == "link-down" else -1
        later: list[tuple[int, str, object]] = []
        for link in links:
            ends = [e for e in range(self.fabric.slots) if self.fabric.link[e] == link]
            for e in ends:
                dark = self._cuts[link] > 0 or {self.src[e], self.nbr[e]} & self.dead != set()
                if dark != (e in self.dark):
                    (self.dark.add if dark else self.dark.discard)(e)
                    self._edges[e] += 1
                    kind, delay = ("prune", delays.prune) if dark else ("back", delays.notify)
                    later.append((now + delay, kind, (e, self._edges[e])))
        return later

    # --- packets --------------------------------------------------------------------------------

    def is_connected(self, pair: Pair) -> bool:
        """Whether light joins a pair, whatever tables say."""
        reached, new = {pair[0]} - self.dead, {pair[0]} - self.dead
        while new:
            new = {
                self.nbr[e] for v in new for e in self.fabric.ports(v) if e not in self.dark
            } - reached
            reached |= new
        return pair[1] in reached

    def fates(self) -> dict[Pair, Shares]:
        """What becomes of the traffic of touched pairs; all is well where light does not join."""
        well = Fraction(1), Fraction(0)
        return {
            (v, d): self._from(v, g, (0, -1), ()) if self.is_connected((v, d)) else well
            for g, d in enumerate(self.homes)
            for v in self.homes
            if g in self.touched and v != d
        }

    def _from(self, v: int, group: int, way: tuple[int, int], path: tuple[object, ...]) -> Shares:
        if v == self.homes[group]:
            return Fraction(1), Fraction(0)
        if (v, way) in path:
            return Fraction(0), Fraction(1)
        hops, tag = self._hops(v, group, *way)
        total = sum(hops.values())
        got = lost = Fraction(0)
        for e, weight in hops.items():
            if e not in self.dark:
                onward = (tag, v) if self.tagged else way
                more, gone = self._from(self.nbr[e], group, onward, (*path, (v, way)))
                got += more * Fraction(weight, total)
                lost += gone * Fraction(weight, total)
        return got, lost

    def _hops(self, v: int, group: int, tag: int, behind: int) -> tuple[dict[int, int], int]:
        """Slots with their weights, and the tag afterwards."""
        live = {
            e: self.table[group, e]
            for e in self.fabric.ports(v)
            if e not in self.pruned | self.expelled
        }
        if self.bounces is None:
            return {e: 1 for e, member in live.items() if member}, tag
        if (v, group) not in self._roles:
            oracle = Oracle(self.fabric, self.homes[group], set(), self.bounces)
            self._roles[v, group] = oracle.roles(v)
        prim, sib, b1 = self._roles[v, group]
        away = {e for e in live if self.nbr[e] != behind}
        ok = {e for e in away if live[e]}
        rise = tag < self.bounces
        lines = [
            ({e: live[e] for e in ok if self.nbr[e] in prim}, tag),
            ({e: 1 for e in ok if self.nbr[e] in sib}, tag),
            ({e: 1 for e in live if rise and live[e] and self.nbr[e] in b1}, tag + 1),
            ({e: 1 for e in ok if rise and self.nbr[e] not in prim | b1}, tag + 1),
            ({e: 1 for e in away if self.nbr[e] in prim}, tag),
            ({e: 1 for e in live if rise}, tag + 1),
        ]
        return next(((hops, t) for hops, t in lines if hops), ({}, tag))

    def uses(self, pair: Pair) -> set[int]:
        """Slots of a pair's shortest paths in the intact fabric."""
        group, found, front = self.homes.index(pair[1]), set[int](), {pair[0]}
        while front:
            slots = {e for v in front for e in self.fabric.ports(v) if self.is_closer(group, e)}
            found |= slots
            front = {self.nbr[e] for e in slots}
        return found


@dataclass
class Reckoning:
    """Metrics in fractions, named as the program's."""

    repair_ns: dict[str, int | None]
    window_ns: dict[Pair, int]
    lost: dict[Pair, Fraction]
    loop_ns: int
    blackhole_ns: int
    scopes: dict[str, set[Pair]]


def reckon(replay: Replay, trace: Sequence[Record], delays: Delays, end_ns: int) -> Reckoning:
    """All metrics from the first change to an end; every pair is to offer the same."""
    first = next(r for r in trace if r.kind == "change")
    scopes = _scopes(replay, [r.payload[0] for r in trace if r.kind == "change"])
    window = dict.fromkeys(replay.pairs, 0)
    lost = dict.fromkeys(replay.pairs, Fraction(0))
    since: dict[str, int | None] = dict.fromkeys(scopes, first.now_ns)
    loop_ns = blackhole_ns = 0
    instants = [*replay.run(trace, delays, end_ns)]
    replay = Replay(replay.fabric, bounces=replay.bounces)
    fate: dict[Pair, Shares] = {}
    for now, then in zip(replay.run(trace, delays, end_ns), [*instants[1:], end_ns], strict=True):
        fate |= replay.fates()
        bad = {pair for pair, (got, _) in fate.items() if got < 1}
        for pair in bad:
            window[pair] += then - now
            lost[pair] += (1 - fate[pair][0]) * (then - now)
        for scope, pairs in scopes.items():
            if bad & pairs:
                since[scope] = None
            elif since[scope] is None:
                since[scope] = now
        loop_ns += (then - now) * any(gone > 0 for _, gone in fate.values())
        blackhole_ns += (then - now) * any(got + gone < 1 for got, gone in fate.values())
    scopes = {s: {p for p in pairs if replay.is_connected(p)} for s, pairs in scopes.items()}
    repair = {s: None if at is None else at - first.now_ns for s, at in since.items()}
    return Reckoning(repair, window, lost, loop_ns, blackhole_ns, scopes)


def _scopes(replay: Replay, changes: Sequence[dict[str, object]]) -> dict[str, set[Pair]]:
    """Pairs by what they cross in the intact fabric."""
    fabric = replay.fabric
    cut = {c["id"] for c in changes if c["kind"] == "link-down"}
    gone = {c["id"] for c in changes if c["kind"] == "switch-down"}
    failed = {e for e in range(fabric.slots) if int(fabric.link[e]) in cut}
    lost = failed | {e for e in range(fabric.slots) if {replay.src[e], replay.nbr[e]} & gone}
    down = {e for e in failed if fabric.tier[replay.src[e]] > fabric.tier[replay.nbr[e]]}
    slots = {"all": lost, "down": down, "up": failed - down}
    found = {
        scope: {pair for pair in replay.pairs if replay.uses(pair) & wanted}
        for scope, wanted in slots.items()
    }
    return {"any": set(replay.pairs), **found}
