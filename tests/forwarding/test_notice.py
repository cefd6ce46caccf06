"""The fixpoint of notices against its definition, by recursion with exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from sidr.forwarding.notice import fixpoint
from sidr.forwarding.space import Space, spaces
from sidr.model.plan import FULL, PRIM, SIB
from sidr.plan import plan
from sidr.topology import load


def slow(space: Space, j: int, v: int, up: np.ndarray, known: dict[int, int]) -> int:
    """r of local switch v for column j."""
    if v == space.dests[j]:
        return FULL
    if v not in known:
        have = nominal = Fraction(0)
        usable = False
        for e in range(space.net.ptr[v], space.net.ptr[v + 1]):
            role = int(space.role[j, e])
            if not role & (PRIM | SIB):
                continue
            r = slow(space, j, int(space.net.nbr[e]), up, known) if up[e] else 0
            usable = usable or r > 0
            if role & PRIM:
                nominal += int(space.w0[j, e])
                have += int(space.w0[j, e]) * r
        r = int(have / nominal + Fraction(1, 2))  # half up
        known[v] = max(1, r) if usable else 0
    return known[v]


@pytest.mark.parametrize(
    "spec",
    [
        "leaf-spine:leaves=4,spines=4,parallel=2",
        "fat-tree:k=4",
        "clos:pods=2,leaves=3,aggs=2,cores=4",
    ],
)
def test_the_fixpoint_is_its_definition(spec: str) -> None:
    fabric = load(spec)
    (space,) = spaces(plan(fabric))
    rng = np.random.default_rng(3)
    for _ in range(20):
        up = ~np.isin(space.link, rng.choice(fabric.links, size=4, replace=False))
        r = np.zeros(space.role.shape, np.uint8)
        fixpoint(space.net, space.dests, space.part.dist, space.role, space.w0, up, r)
        for j in range(len(space.dests)):
            known: dict[int, int] = {}
            for e in range(len(up)):
                u = int(space.net.nbr[e])
                assert r[j, e] == (slow(space, j, u, up, known) if up[e] else FULL)


def test_a_spine_that_lost_a_leaf_announces_zero_for_it_alone() -> None:
    fabric = load("leaf-spine:leaves=4,spines=4")
    (space,) = spaces(plan(fabric))
    up = space.link != 0  # leaf0--spine0
    r = np.zeros(space.role.shape, np.uint8)
    fixpoint(space.net, space.dests, space.part.dist, space.role, space.w0, up, r)
    spine0 = fabric.names.index("spine0")
    heard = (space.net.nbr == spine0) & up
    assert (r[0][heard] == 0).all()
    assert (r[1:][:, heard] == FULL).all()
