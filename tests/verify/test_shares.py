"""The exact values that the rule without colours has, and the teeth of the checker."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sidr.forwarding.rule import Rule
from sidr.plan import plan
from sidr.topology import load
from sidr.verify.failures import items, sets
from sidr.verify.shares import Tally, tally

F = Fraction
LS8, LS4, FT4 = "leaf-spine:leaves=8,spines=8", "leaf-spine:leaves=4,spines=4", "fat-tree:k=4"
CASES = [
    # fabric, failures, k, mean share at K = 0, 1, 2, pairs
    (LS8, "links", 1, (F(63, 64), 1, 1), 3584),
    (FT4, "links", 1, (F(211, 224), 1, 1), 1792),
    (FT4, "switches", 1, (F(20, 21), F(20, 21), F(20, 21)), 1008),
    (LS4, "links", 2, (F(7, 8), F(119, 120), F(359, 360)), 1440),
    (FT4, "links", 2, (F(1531, 1729), F(1712, 1729), F(1719, 1729)), 27664),
]
FULL_SHARES = {(LS8, 0): F(7, 8), (FT4, 0): F(93, 112)}


def shares(spec: str, kind: str, k: int, rule: Rule, *, notified: bool = False) -> Tally:
    planned = plan(load(spec))
    things = items(planned.fabric, kind)
    return tally(planned, sets(things, k, None, 1), rule=rule, notified=notified)


@pytest.mark.parametrize("bounces", [0, 1, 2])
@pytest.mark.parametrize(("spec", "kind", "k", "means", "pairs"), CASES)
def test_delivered_means_are_exact(
    spec: str, kind: str, k: int, means: tuple[F, ...], pairs: int, bounces: int
) -> None:
    found = shares(spec, kind, k, Rule(1, bounces, 1, 0))
    assert found.pairs == pairs
    assert found.delivered / found.pairs == pytest.approx(float(means[bounces]), abs=1e-12)
    assert found.loops == 0
    if k == 1 and kind == "links":
        full = FULL_SHARES.get((spec, bounces), F(1))
        assert F(found.full, found.pairs) == full


def test_full_share_of_switch_failures_on_fat_tree_4() -> None:
    found = shares(FT4, "switches", 1, Rule(1, 2, 1, 0))
    assert F(found.full, found.pairs) == F(19, 21)


def test_after_notices_eight_link_pairs_of_fat_tree_4_are_not_full() -> None:
    found = shares(FT4, "links", 2, Rule(1, 2, 1, 0), notified=True)
    assert (found.sets_not_full, found.sets) == (8, 496)


@pytest.mark.parametrize("kind", ["links", "switches", "srlgs"])
@pytest.mark.parametrize("spec", [LS4, FT4, "clos:pods=3,leaves=2,aggs=2,cores=4"])
def test_after_notices_every_single_failure_is_full(spec: str, kind: str) -> None:
    found = shares(spec, kind, 1, Rule(1, 2, 1, 0), notified=True)
    assert found.full == found.pairs > 0


def test_the_untagged_bounce_is_caught_looping() -> None:
    planned = plan(load(LS8))
    cut = [
        i for i in items(planned.fabric, "links") if i.name in ("leaf0--spine0", "leaf0--spine1")
    ]
    mutated = tally(planned, [cut], rule=Rule(1, 2, 0, 0), notified=False)
    tagged = tally(planned, [cut], rule=Rule(1, 2, 1, 0), notified=False)
    assert mutated.loops > 0
    assert tagged.loops == 0


def test_one_cut_of_parallel_links_is_spread_by_weights_and_not_by_an_even_split() -> None:
    """Eight full links lead to a leaf; with seven left the optimum is 8/7 of a link on each."""
    spec = "leaf-spine:leaves=4,spines=4,parallel=2"
    even = shares(spec, "links", 1, Rule(1, 2, 1, 0), notified=True)
    weighted = shares(spec, "links", 1, Rule(1, 2, 1, 1), notified=True)
    assert even.full == even.pairs == weighted.full
    assert even.stretch_max == 1.0
    assert even.load_max == pytest.approx(1.75 * 8 / 7, abs=1e-12)
    assert weighted.load_max == pytest.approx(8 / 7, abs=1e-12)


def test_worst_sets_are_named_worst_first() -> None:
    found = shares(FT4, "links", 2, Rule(1, 0, 1, 0))
    means = [mean for mean, _, _ in found.worst]
    assert means == sorted(means)
    assert all(len(names) == 2 for _, _, names in found.worst)
