"""The rule, line by line, on a hand-made switch; and the mutated rule that must loop."""

from __future__ import annotations

import numpy as np
import pytest

from sidr.forwarding import rule as rules
from sidr.forwarding.rule import Column, Net, Rule, branches
from sidr.forwarding.shares import Traffic
from sidr.forwarding.space import spaces
from sidr.model.plan import B1, FULL, PRIM, SIB
from sidr.plan import plan
from sidr.topology import load

# switch 0 with ports to 1 (prim), 2 (prim), 3 (sib), 4 (b1), 5 (rest); the others lead back only
NET = Net(
    np.array([0, 5, 6, 7, 8, 9, 10], np.int64),
    np.array([1, 2, 3, 4, 5, 0, 0, 0, 0, 0], np.int32),
    np.array([5, 6, 7, 8, 9, 0, 1, 2, 3, 4], np.int32),
    np.array([10.0, 10, 10, 10, 10, 10, 10, 10, 10, 10]),
)
ROLE = np.array([PRIM, PRIM, SIB, B1, 0, 0, 0, 0, 0, 0], np.uint8)
W0 = np.array([3, 1, 0, 0, 0, 0, 0, 0, 0, 0], np.uint8)


def step(
    *, dead: str = "", poisoned: str = "", tag: int = 0, behind: int = -1, rule: Rule | None = None
) -> tuple[dict[int, float], int]:
    """What switch 0 does: {neighbour: part}, and the tag on leaving."""
    live = np.ones(10, np.bool_)
    live[[int(n) - 1 for n in dead]] = False
    r = np.full(10, FULL, np.uint8)
    r[[int(n) - 1 for n in poisoned]] = 0
    slots, weights = np.empty(5, np.int64), np.empty(5)
    column = Column(9, ROLE, W0, r, live, live, np.zeros(10, np.int16))
    count, out = branches(
        NET, rule or Rule(1, 2, 1, 0), column, 0, tag, behind - 1 if behind > 0 else -1, slots,
        weights,
    )  # fmt: skip
    total = weights[:count].sum()
    return {int(NET.nbr[slots[i]]): float(weights[i] / total) for i in range(count)}, out


def test_primaries_come_first_and_split_evenly() -> None:
    assert step() == ({1: 0.5, 2: 0.5}, 0)


def test_weights_multiply_with_the_announced_share() -> None:
    assert step(rule=Rule(1, 2, 1, 1)) == ({1: 0.75, 2: 0.25}, 0)


def test_a_primary_is_not_used_back_to_where_the_packet_came_from() -> None:
    assert step(behind=1) == ({2: 1.0}, 0)


def test_the_sibling_takes_over_without_raising_the_tag() -> None:
    assert step(dead="12") == ({3: 1.0}, 0)


def test_the_backup_raises_the_tag_and_may_lead_back() -> None:
    assert step(dead="123", behind=4) == ({4: 1.0}, 1)


def test_rank_two_follows_the_backup() -> None:
    assert step(dead="1234") == ({5: 1.0}, 1)


def test_notices_are_advisory_when_nothing_else_is_left() -> None:
    assert step(dead="345", poisoned="12") == ({1: 0.5, 2: 0.5}, 0)


def test_only_the_in_port_is_left() -> None:
    assert step(dead="2345", behind=1) == ({1: 1.0}, 1)


def test_beyond_the_last_bounce_the_packet_drops() -> None:
    assert step(dead="123", tag=2) == ({}, 2)


def test_plain_rules_split_over_members_of_the_fib() -> None:
    assert step(poisoned="345", rule=rules.PLAIN) == ({1: 0.5, 2: 0.5}, 0)


@pytest.mark.parametrize(("raise_tag", "loops"), [(0, True), (1, False)])
def test_the_untagged_bounce_loops_and_the_tagged_one_does_not(raise_tag: int, loops: bool) -> None:
    fabric = load("leaf-spine:leaves=8,spines=8")
    (space,) = spaces(plan(fabric))
    dark = [
        i for i in range(fabric.links) if fabric.link_name(i) in ("leaf0--spine0", "leaf0--spine1")
    ]
    traffic = Traffic(space, Rule(1, 2, raise_tag, 0))
    up = ~np.isin(space.link, dark)
    r = np.full(space.role.shape, FULL, np.uint8)
    traffic.solve([0], r, up, up, space.demand)
    assert bool((traffic.looping > 0).any()) is loops
