"""What a fault cost, from the shares of all pairs over time. Each metric is defined here, once.

A pair is an ordered pair of destination switches of one component. Only pairs that are still
physically connected count. t0 is the start of the first fault. Phase A ends when light returns
for good (after the last down edge) or the horizon is over; what follows is restoration, measured
apart.

- `repair_ns`: t0 to the instant from which every connected pair is delivered in full, for good
  (RFC 6412 Full Convergence Time). If light returns before that, the instant may lie after it.
- `loss_window_ns` per pair: total time below full share (Route Loss of Connectivity Period).
- `lost_traffic_s`: integral of (1 - share) over all pairs weighted by what they offer, in seconds
  of the fabric's total offered load; `lost_traffic_pair_s` per affected pair.
- `loop_ns`, `blackhole_ns`: total time during which any connected pair looped / was blackholed.
- `load_max_*`: the highest load of any slot over its capacity, during repair and at its end.
- `stretch_max`: the longest delivered path over the shortest path of the intact fabric.

A Meter is told of time passing before shares change (`advance`), and of new shares (`observe`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from sidr.forwarding.rule import Bools
from sidr.forwarding.shares import FULL_SHARE, Traffic
from sidr.model.fabric import F64, I32, I64

LOOP_SHARE = 1e-12
"""Looping or blackholed parts below this are rounding."""

SCOPES = ("all", "down", "up")
"""Pairs that repair is measured over: all, or those whose traffic crossed the failed element
downwards (upper to lower tier) or upwards in the intact fabric."""


class Measured(Struct, frozen=True):
    """The metrics of one trial; None = unrecovered. See the module's text for definitions."""

    repair_ns: int | None
    repair_down_ns: int | None
    repair_up_ns: int | None
    loss_window_ns_max: int | None
    loss_window_ns_mean: int | None
    lost_traffic_s: float
    lost_traffic_pair_s: float
    pairs_affected: int
    pairs_down: int
    pairs_up: int
    loop_ns: int
    blackhole_ns: int
    loops: int
    load_max_during: float
    load_max_after: float
    stretch_max: float
    restore_repair_ns: int | None
    restore_lost_s: float
    restore_loop_ns: int


class _Part:
    """The running sums of one component (columns j, sources v)."""

    def __init__(self, traffic: Traffic, crossed: dict[str, Bools], start_ns: int) -> None:
        g, k = traffic.share.shape
        self.traffic = traffic
        sources = traffic.space.demand > 0
        self.pairs = np.broadcast_to(sources, (g, k)).copy()
        self.pairs[np.arange(g), traffic.space.dests] = False
        self.crossed = crossed
        self.connected = self.pairs.copy()
        self.last_ns = np.full(g, start_ns, np.int64)
        self.lost_ns = np.zeros((g, k))
        self.window_ns = np.zeros((g, k), np.int64)
        self.bad = {scope: np.zeros(g, np.bool_) for scope in SCOPES}
        self.loops = np.zeros(g, np.bool_)
        self.holes = np.zeros(g, np.bool_)
        self.looped = np.zeros(g, np.bool_)

    def missing(self, columns: I32) -> F64:
        """1 - share of connected pairs, 0 elsewhere and where delivered in full."""
        gap: F64 = 1.0 - self.traffic.share[columns]
        gap[~self.connected[columns] | (gap < 1.0 - FULL_SHARE)] = 0.0
        return gap

    def advance(self, columns: I32, now_ns: int) -> None:
        """Charge the time since each column's last change at its old shares."""
        span = now_ns - self.last_ns[columns]
        gap = self.missing(columns)
        self.lost_ns[columns] += gap * span[:, None]
        self.window_ns[columns] += (gap > 0) * span[:, None]
        self.last_ns[columns] = now_ns

    def observe(self, columns: I32) -> None:
        """Take in new shares of columns."""
        traffic = self.traffic
        bad = self.missing(columns) > 0
        for scope in SCOPES:
            mask = self.crossed.get(scope)
            self.bad[scope][columns] = (bad if mask is None else bad & mask[columns]).any(axis=1)
        alive = self.connected[columns]
        looping = traffic.looping[columns]
        hole = 1.0 - traffic.share[columns] - looping
        self.loops[columns] = (alive & (looping > LOOP_SHARE)).any(axis=1)
        self.holes[columns] = (alive & (hole > 1.0 - FULL_SHARE)).any(axis=1)
        self.looped |= self.loops

    def stretch(self, columns: I32) -> float:
        """The longest delivered path over the intact shortest one, over connected pairs."""
        dist = np.maximum(self.traffic.space.part.dist[columns], 1)
        ratio = np.where(self.connected[columns], self.traffic.hops_max[columns] / dist, 0.0)
        return float(ratio.max(initial=0.0))

    def load(self) -> float:
        """The highest load of any slot, over its capacity."""
        return float((self.traffic.total / self.traffic.space.net.cap).max(initial=0.0))


class _PhaseA(NamedTuple):
    """What stands at the end of phase A, per component where it is a list."""

    lost_s: float
    lost_ns: list[F64]
    window_ns: list[I64]
    connected: list[Bools]
    load: float
    loop_ns: int
    hole_ns: int
    loops: int


class Meter:
    """Watches one trial.

    Args:
        traffics: one per component that the trial touches.
        crossed: per component, bool[g, k] masks of pairs for the scopes "all" (crossed the failed
            element at all), "down" and "up".
        offered_bps: what the whole fabric offers (components not simulated included).
        t0_ns: start of the first fault.
    """

    def __init__(
        self,
        traffics: Sequence[Traffic],
        crossed: Sequence[dict[str, Bools]],
        offered_bps: float,
        t0_ns: int,
    ) -> None:
        self.parts = [
            _Part(t, {s: c[s] for s in ("down", "up")}, t0_ns)
            for t, c in zip(traffics, crossed, strict=True)
        ]
        self._affected = [c["all"] for c in crossed]
        self._offered, self._t0 = offered_bps, t0_ns
        self._good_since: dict[str, int | None] = dict.fromkeys(SCOPES, t0_ns)
        self._time_ns = t0_ns
        self._loop_ns = self._hole_ns = 0
        self._load_max = self._stretch_max = 0.0
        self._repair: dict[str, int | None] | None = None
        self._closed = False
        self._restore_ns: int | None = None
        self._before: _PhaseA | None = None

    def advance(self, part: int, columns: I32, now_ns: int) -> None:
        """Time has come to `now_ns`, before these columns are solved again."""
        self._pass_time(now_ns)
        self.parts[part].advance(columns, now_ns)

    def connect(self, part: int, connected: Bools) -> None:
        """The physical connection of the pairs changes now (all columns advanced before)."""
        self.parts[part].connected = self.parts[part].pairs & connected

    def observe(self, part: int, columns: I32) -> None:
        """These columns have been solved again."""
        self.parts[part].observe(columns)
        if self._restore_ns is None:
            self._stretch_max = max(self._stretch_max, self.parts[part].stretch(columns))

    def instant(self, now_ns: int) -> None:
        """Everything of this instant has been observed."""
        for scope in SCOPES:
            bad = any(p.bad[scope].any() for p in self.parts)
            if bad:
                self._good_since[scope] = None
            elif self._good_since[scope] is None:
                self._good_since[scope] = now_ns
        if self._restore_ns is None:
            self._load_max = max([self._load_max, *(p.load() for p in self.parts)])

    def _pass_time(self, now_ns: int) -> None:
        span = now_ns - self._time_ns
        if span:
            self._loop_ns += span * any(p.loops.any() for p in self.parts)
            self._hole_ns += span * any(p.holes.any() for p in self.parts)
            self._time_ns = now_ns

    def _charge(self, now_ns: int) -> None:
        for part in range(len(self.parts)):
            self.advance(part, np.arange(len(self.parts[part].bad["all"]), dtype=np.int32), now_ns)

    def _lost_s(self) -> float:
        lost = sum(float((p.lost_ns @ p.traffic.space.demand).sum()) for p in self.parts)
        return lost / self._offered / 1e9 if self._offered else 0.0

    def restore(self, now_ns: int, *, closed: bool = False) -> None:
        """Light begins to return, and phase A ends with it unless it has ended before.

        Args:
            closed: phase A ends at its horizon: what is not repaired by now is unrecovered.
        """
        if self._before is not None:
            self._charge(now_ns)
            self._restore_ns = now_ns
            return
        self._charge(now_ns)
        self._closed = closed
        self._repair = dict(self._good_since)
        self._restore_ns = now_ns
        self._before = _PhaseA(
            lost_s=self._lost_s(),
            lost_ns=[p.lost_ns.copy() for p in self.parts],
            window_ns=[p.window_ns.copy() for p in self.parts],
            connected=[p.connected.copy() for p in self.parts],
            load=max((p.load() for p in self.parts), default=0.0),
            loop_ns=self._loop_ns,
            hole_ns=self._hole_ns,
            loops=int(sum(p.looped.sum() for p in self.parts)),
        )

    def result(self, end_ns: int) -> Measured:
        """The metrics.

        Args:
            end_ns: when watching ends; what is still lost then has been lost until then.
        """
        self._charge(end_ns)
        if self._before is None:
            self.restore(end_ns)
        assert self._before is not None and self._repair is not None
        was = self._before
        repair = {s: self._repaired(s) for s in SCOPES}
        affected = [c & up for c, up in zip(self._affected, was.connected, strict=True)]
        pairs = int(sum(a.sum() for a in affected))
        pair_lost = sum(float(lost[a].sum()) for lost, a in zip(was.lost_ns, affected, strict=True))
        windows = [w[a] for w, a in zip(was.window_ns, affected, strict=True)]
        window_max = max((int(w.max(initial=0)) for w in was.window_ns), default=0)
        window_mean = round(sum(int(w.sum()) for w in windows) / pairs) if pairs else 0
        open_ended = repair["all"] is None
        assert self._restore_ns is not None
        back, since = self._good_since["all"], self._restore_ns
        return Measured(
            repair_ns=repair["all"],
            repair_down_ns=repair["down"],
            repair_up_ns=repair["up"],
            loss_window_ns_max=None if open_ended else window_max,
            loss_window_ns_mean=None if open_ended else window_mean,
            lost_traffic_s=was.lost_s,
            lost_traffic_pair_s=pair_lost / pairs / 1e9 if pairs else 0.0,
            pairs_affected=pairs,
            pairs_down=self._count("down"),
            pairs_up=self._count("up"),
            loop_ns=was.loop_ns,
            blackhole_ns=was.hole_ns,
            loops=was.loops,
            load_max_during=self._load_max,
            load_max_after=was.load,
            stretch_max=self._stretch_max,
            restore_repair_ns=None if back is None else max(0, back - since),
            restore_lost_s=self._lost_s() - was.lost_s,
            restore_loop_ns=self._loop_ns - was.loop_ns,
        )

    def _repaired(self, scope: str) -> int | None:
        """t0 to the end of the loss that began in phase A; None = not before the horizon."""
        assert self._repair is not None
        since = self._repair[scope]
        if since is None and not self._closed:
            since = self._good_since[scope]
        return None if since is None else since - self._t0

    def _count(self, scope: str) -> int:
        assert self._before is not None
        up = self._before.connected
        return int(sum((p.crossed[scope] & c).sum() for p, c in zip(self.parts, up, strict=True)))
