"""Exact shares, loads and hops of a component, kept up to date column by column.

Traffic owns the results of the last evaluation; callers say which columns changed. The arrays
that describe tables and ports are the caller's, so that a simulation changes them in place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sidr.forwarding import columns as kernels
from sidr.forwarding.ripple import ripple
from sidr.forwarding.rule import Bools, Rule
from sidr.forwarding.space import Space
from sidr.model.fabric import F64, I32, I64
from sidr.model.plan import U8

FULL_SHARE = 1.0 - 1e-9
"""A pair at or above this share is delivered in full (sums of fractions round below 1)."""


def work(space: Space, bounces: int) -> kernels.Work:
    """Scratch arrays of the kernels for tags 0..bounces."""
    ptr, nbr = space.net.ptr, space.net.nbr
    degree = ptr[1:] - ptr[:-1]
    width = len(nbr) + len(degree)
    states = width * (bounces + 1)
    arena = int((degree[nbr].sum() + degree.sum()) * (bounces + 1))

    def empty(kind: type, size: int = states) -> np.ndarray:
        return np.zeros(size, kind)

    return kernels.Work(
        number=np.full(states, -1, np.int32),
        low=empty(np.int32),
        part=empty(np.int32),
        on_stack=empty(np.bool_),
        on_path=empty(np.bool_),
        cyclic=empty(np.bool_),
        first=empty(np.int64),
        fan=empty(np.int64),
        at=empty(np.int64),
        calls=empty(np.int64),
        stack=empty(np.int64),
        order=empty(np.int64),
        share=empty(np.float64),
        looping=empty(np.float64),
        hops=empty(np.float64),
        hops_max=empty(np.float64),
        flow=empty(np.float64),
        child=empty(np.int32, arena),
        slot=empty(np.int32, arena),
        weight=empty(np.float64, arena),
        prim_ok=empty(np.bool_, len(degree)),
        buf_slots=empty(np.int64, int(degree.max())),
        buf_weights=empty(np.float64, int(degree.max())),
        n=empty(np.int64, 6),
    )


class Traffic:
    """Results per (group column j, source switch v) of one component under one rule.

    Attributes:
        share, looping: float64[g, k], delivered and looping part of what v sends to j's switch;
            the rest is blackholed. 0 where v is no source.
        hops: float64[g, k], expected hops of the delivered part, times that part.
        hops_max: float64[g, k], the longest delivered path; 0 where a cycle is on the way.
        load: float64[g, E], bps per slot; total: float64[E], its sum over columns.
        role, w0: uint8[g, E], the tables that forward; the space's until the caller sets others.
        truncated: some share of looping is an upper bound (see `columns.WALK_STEPS_MAX`).
    """

    def __init__(self, space: Space, rule: Rule) -> None:
        g, k, rows = len(space.dests), len(space.demand), len(space.net.nbr)
        self.space, self.rule = space, rule
        self.role, self.w0 = space.role, space.w0
        self.share, self.looping = np.zeros((g, k)), np.zeros((g, k))
        self.hops, self.hops_max = np.zeros((g, k)), np.zeros((g, k))
        self.load = np.zeros((g, rows))
        self.total = np.zeros(rows)
        self.truncated = False
        self._calm = np.zeros(g, np.bool_)
        self._work = work(space, rule.bounces if rule.tagged and rule.raise_tag else 0)

    def using(self, rows: I64) -> I64:
        """The columns of which some traffic is sent into any of these slots, ascending."""
        found: I64 = np.flatnonzero((self.load[:, rows] > 0.0).any(axis=1))
        return found

    def solve(
        self, columns: Sequence[int] | I32 | I64, r: U8, live: Bools, lit: Bools | F64, demand: F64
    ) -> None:
        """Solve columns again.

        Args:
            columns: which; r: uint8[g, E], FIB rows (see `effects.FibWrite.ports`).
            live: bool[E], ports in their groups; lit: the part of packets that each direction
                carries, float64[E] or bool[E].
            demand: float64[k]; 0 = no source (a dead leaf sends nothing).
        """
        s = self.space
        chosen = np.asarray(columns, np.int32)
        every = len(chosen) == len(self.load)
        if every:
            self.total[:] = 0.0
            self.load[:] = 0.0
        out = (
            self.share, self.looping, self.hops, self.hops_max, self.load, self.total, self._calm
        )  # fmt: skip
        short = kernels.solve(
            s.net, self.rule, chosen, s.dests, s.part.dist, self.role, self.w0, r, live, lit,
            demand, self._work, out,
        )  # fmt: skip
        self.truncated = self.truncated or bool(short)

    def ripple(
        self, columns: I32, starts: I32, r: U8, now: tuple[Bools, Bools | F64, F64]
    ) -> Bools:
        """Bring columns up to date in which one switch each forwards otherwise than before.

        Args:
            columns, starts: which, and the switch of each.
            r, now: r, (live, lit, demand) of `solve`; what has changed in a column since it was
                solved belongs to its switch.

        Returns:
            bool[c]: whether the column is up to date; its shares and hops are what they were.
            Where it is not, it must be solved.
        """
        s = self.space
        done: Bools = ripple(
            s.net, self.rule, columns, starts, s.dests, s.part.dist, self.role, self.w0, r, *now,
            self._work, (self.load, self.total, self._calm),
        )  # fmt: skip
        return done
