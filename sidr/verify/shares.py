"""Delivered shares of all pairs over failure sets, exactly.

Share = mean over (failure set, ordered pair of destination switches, both alive and still
connected) of the delivered part, under an even split per usable port. Columns that carry nothing
over what failed are not solved again: their traffic does not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from sidr.forwarding.connected import connected
from sidr.forwarding.notice import fixpoint
from sidr.forwarding.rule import Bools, Rule
from sidr.forwarding.shares import FULL_SHARE, Traffic
from sidr.forwarding.space import Space, spaces
from sidr.model.plan import FULL, Plan
from sidr.verify.failures import Item

LOOP_SHARE = 1e-12
"""Looping parts below this are rounding."""
WORST_SHOWN = 5


@dataclass
class Tally:
    """Running sums over failure sets.

    Attributes:
        pairs, full: (set, pair) cases that count, and those delivered in full.
        loops: cases of which some part loops.
        worst: (delivered mean of the set, pairs below full, names) of the worst sets.
    """

    sets: int = 0
    pairs: int = 0
    full: int = 0
    delivered: float = 0.0
    sets_not_full: int = 0
    loops: int = 0
    load_max: float = 0.0
    stretch_sum: float = 0.0
    stretch_pairs: int = 0
    stretch_max: float = 0.0
    worst: list[tuple[float, int, tuple[str, ...]]] = field(default_factory=list)

    def facts(self) -> dict[str, object]:
        """The figures as `sidr verify --format json` names them."""
        pairs = max(1, self.pairs)
        return {
            "sets": self.sets,
            "pairs": self.pairs,
            "delivered_mean": self.delivered / pairs,
            "full_share": self.full / pairs,
            "sets_not_full": self.sets_not_full,
            "loops": self.loops,
            "load_max": self.load_max,
            "stretch_mean": self.stretch_sum / max(1, self.stretch_pairs),
            "stretch_max": self.stretch_max,
            "worst": [
                {"failed": list(names), "delivered_mean": mean, "pairs_not_full": missing}
                for mean, missing, names in self.worst
            ],
        }


class Component:
    """One component under failures: intact results, and the last set's."""

    def __init__(self, space: Space, rule: Rule) -> None:
        self.space = space
        self.traffic = Traffic(space, rule)
        g, k, rows = len(space.dests), len(space.demand), len(space.net.nbr)
        self.r = np.full((g, rows), FULL, np.uint8)
        self.up = np.ones(rows, np.bool_)
        self.pairs = np.broadcast_to(space.demand > 0, (g, k)).copy()
        self.pairs[np.arange(g), space.dests] = False
        self.traffic.solve(np.arange(g), self.r, self.up, self.up, space.demand)
        self.intact = self.traffic.load.copy()
        self.intact_total = self.intact.sum(axis=0)
        self.reach = np.empty((g, k), np.bool_)

    def fail(self, dark: Bools, alive: Bools, *, notified: bool) -> np.ndarray:
        """Solve what a set of failures changes; returns the columns concerned.

        Args:
            dark: bool[E], slots that carry nothing; alive: bool[k].
        """
        s = self.space
        up = ~dark
        connected(s.net, s.dests, up, alive, self.reach)
        self.reach &= self.pairs & alive
        columns = np.flatnonzero((self.intact[:, dark] > 0).any(axis=1)).astype(np.int32)
        if notified:
            fixpoint(s.net, s.dests, s.part.dist, s.role, s.w0, up, self.r)
        self.traffic.solve(columns, self.r, up, up, np.where(alive, s.demand, 0.0))
        return columns

    def count(self, columns: np.ndarray, tally: Tally) -> tuple[int, int, float]:
        """Add this set's pairs; returns (pairs, pairs in full, sum of shares)."""
        reach, traffic = self.reach, self.traffic
        concerned = reach[columns]
        share = traffic.share[columns]
        others = int(reach.sum()) - int(concerned.sum())
        full = int((share[concerned] >= FULL_SHARE).sum()) + others
        tally.loops += int((traffic.looping[columns][concerned] > LOOP_SHARE).sum())
        load = self.intact_total - self.intact[columns].sum(axis=0)
        load += traffic.load[columns].sum(axis=0)
        tally.load_max = max(tally.load_max, float((load / self.space.net.cap).max(initial=0.0)))
        self._stretch(columns, concerned & (share > 0), others, tally)
        return others + int(concerned.sum()), full, others + float(share[concerned].sum())

    def _stretch(self, columns: np.ndarray, got: Bools, others: int, tally: Tally) -> None:
        dist = np.maximum(self.space.part.dist[columns], 1)
        share = self.traffic.share[columns]
        tally.stretch_sum += others
        tally.stretch_pairs += others + int(got.sum())
        if got.any():
            tally.stretch_sum += float(
                (self.traffic.hops[columns][got] / share[got] / dist[got]).sum()
            )
            longest = float((self.traffic.hops_max[columns][got] / dist[got]).max())
            tally.stretch_max = max(tally.stretch_max, longest)
        if others:
            tally.stretch_max = max(tally.stretch_max, 1.0)


def tally(
    plan: Plan,
    failure_sets: Iterable[Sequence[Item]],
    *,
    rule: Rule,
    notified: bool,
    advance: Callable[[int], None] = lambda steps: None,
) -> Tally:
    """Shares over failure sets.

    Args:
        rule: see `forwarding.rule.Rule`; `weighted=0` is the even split of the definition.
        notified: all notices have arrived (their fixpoint), else none has.
        advance: called with 1 after every set.
    """
    fabric = plan.fabric
    components = [Component(space, rule) for space in spaces(plan)]
    total = Tally()
    for failed in failure_sets:
        dark_link = np.zeros(fabric.links, np.bool_)
        alive = np.ones(fabric.switches, np.bool_)
        for item in failed:
            dark_link[list(item.links)] = True
            if item.switch >= 0:
                alive[item.switch] = False
        pairs = full = 0
        delivered = 0.0
        for component in components:
            space = component.space
            columns = component.fail(
                dark_link[space.link], alive[space.part.switches], notified=notified
            )
            some, whole, got = component.count(columns, total)
            pairs, full, delivered = pairs + some, full + whole, delivered + got
        _close(total, failed, pairs, full, delivered)
        advance(1)
    return total


def _close(total: Tally, failed: Sequence[Item], pairs: int, full: int, delivered: float) -> None:
    """Add one set's sums, and keep it if it is among the worst."""
    total.sets += 1
    total.pairs += pairs
    total.full += full
    total.delivered += delivered
    if full < pairs:
        total.sets_not_full += 1
        total.worst.append((delivered / pairs, pairs - full, tuple(i.name for i in failed)))
        total.worst.sort(key=lambda entry: entry[0])
        del total.worst[WORST_SHOWN:]
