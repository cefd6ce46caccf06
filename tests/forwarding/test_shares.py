"""Shares, loads and hops of the kernels against the slow oracle with exact fractions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sidr.forwarding.rule import PLAIN, Rule
from sidr.forwarding.shares import Traffic
from sidr.forwarding.space import Space, spaces
from sidr.model.plan import FULL, PRIM
from sidr.plan import plan
from sidr.topology import load
from tests.forwarding.oracle import Oracle

SPECS = ("leaf-spine:leaves=3,spines=3", "leaf-spine:leaves=2,spines=2,parallel=2", "fat-tree:k=4")


def solved(space: Space, rule: Rule, dark: set[int]) -> Traffic:
    """Everything solved, with some links dark at both ends and no notices."""
    traffic = Traffic(space, rule)
    up = ~np.isin(space.link, sorted(dark))
    r = np.full(space.role.shape, FULL, np.uint8)
    traffic.solve(np.arange(len(space.dests)), r, up, up, space.demand)
    return traffic


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("bounces", [0, 1, 2])
def test_shares_equal_the_oracle_for_every_pair_of_link_cuts(spec: str, bounces: int) -> None:
    fabric = load(spec)
    (space,) = spaces(plan(fabric))
    rule = Rule(1, bounces, 1, 0)
    pairs = list(itertools.combinations(range(fabric.links), 2))
    for dark in pairs[:: max(1, len(pairs) // 12)]:
        traffic = solved(space, rule, set(dark))
        for j, dest in enumerate(space.dests.tolist()):
            oracle = Oracle(fabric, dest, set(dark), bounces)
            for source in np.flatnonzero(space.demand).tolist():
                if source != dest:
                    got, lost = oracle.share(source)
                    assert traffic.share[j, source] == pytest.approx(float(got), abs=1e-12)
                    assert traffic.looping[j, source] == pytest.approx(float(lost), abs=1e-12)


def test_loads_are_conserved_from_sources_to_destination() -> None:
    fabric = load("fat-tree:k=4")
    (space,) = spaces(plan(fabric))
    traffic = solved(space, Rule(1, 2, 1, 0), {0})
    for j, dest in enumerate(space.dests.tolist()):
        into = traffic.load[j][space.net.nbr == dest].sum()
        offered = np.delete(space.demand, dest)
        assert into == pytest.approx(float((traffic.share[j] * space.demand).sum()))
        assert into == pytest.approx(offered.sum())


def test_a_bounce_costs_two_hops_and_the_rest_none() -> None:
    fabric = load("leaf-spine:leaves=3,spines=3")
    (space,) = spaces(plan(fabric))
    cut = [i for i in range(fabric.links) if fabric.link_name(i) == "leaf0--spine0"]
    traffic = solved(space, Rule(1, 1, 1, 0), set(cut))
    j, source = int(np.flatnonzero(space.dests == 0)[0]), 1
    assert traffic.hops_max[j, source] == 4
    # a third goes over spine0, which bounces it over leaf1 or leaf2 to another spine
    assert traffic.hops[j, source] == pytest.approx(2 + 2 / 3)
    assert traffic.hops[1, 0] == pytest.approx(2)


def test_a_plain_fib_that_points_back_loops_what_returns() -> None:
    """leaf1 splits over both spines; spine1 sends back: that half goes round for ever."""
    fabric = load("leaf-spine:leaves=2,spines=2")
    (space,) = spaces(plan(fabric))
    fib = (space.role & PRIM).astype(np.uint8)
    spine1, leaf1 = fabric.names.index("spine1"), fabric.names.index("leaf1")
    rows = slice(space.net.ptr[spine1], space.net.ptr[spine1 + 1])
    fib[0, rows] = space.net.nbr[rows] == leaf1
    traffic = Traffic(space, PLAIN)
    up = np.ones(len(space.link), np.bool_)
    traffic.solve([0], fib, up, up, space.demand)
    assert traffic.share[0, leaf1] == pytest.approx(0.5)
    assert traffic.looping[0, leaf1] == pytest.approx(0.5)


def test_an_undetected_cut_blackholes_its_part() -> None:
    fabric = load("leaf-spine:leaves=2,spines=4")
    (space,) = spaces(plan(fabric))
    traffic = Traffic(space, Rule(1, 2, 1, 0))
    lit = space.link != 0
    r = np.full(space.role.shape, FULL, np.uint8)
    traffic.solve([0, 1], r, np.ones_like(lit), lit, space.demand)
    assert traffic.share[0, 1] == pytest.approx(0.75)
    assert traffic.looping.max() == 0


def test_solving_again_gives_the_same_bytes() -> None:
    (space,) = spaces(plan(load("fat-tree:k=4")))
    traffic = solved(space, Rule(1, 2, 1, 1), {0, 5})
    before = traffic.share.tobytes() + traffic.load.tobytes()
    up = ~np.isin(space.link, [0, 5])
    r = np.full(space.role.shape, FULL, np.uint8)
    traffic.solve(np.arange(len(space.dests)), r, up, up, space.demand)
    assert traffic.share.tobytes() + traffic.load.tobytes() == before
