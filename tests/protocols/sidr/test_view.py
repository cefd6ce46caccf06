"""Shares in sixteenths, and the cheapest writes of the FIB."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from sidr.forwarding.codec import decode
from sidr.model.plan import FULL, SwitchTable
from sidr.plan import plan
from sidr.protocols.sidr.view import View, capacity_share
from sidr.topology import load

PLAN = plan(load("leaf-spine:leaves=4,spines=2,parallel=2"))


def leaf() -> View:
    """Leaf 0, its ports 0 and 1 to one spine, 2 and 3 to the other; groups 1, 2, 3 are remote."""
    return View(decode(PLAN.tables[0], 0, 4), FULL, 0b1111)


@given(st.integers(0, 16 * 255), st.integers(1, 255))
def test_a_share_is_rounded_half_up_to_sixteenths(have: int, nominal: int) -> None:
    exact = Fraction(have, nominal)
    assert capacity_share(have, nominal) == int(exact + Fraction(1, 2))


@given(st.lists(st.integers(0, 16), min_size=4, max_size=4), st.integers(0, 15))
def test_the_own_share_is_that_of_usable_capacity(heard: list[int], admitted: int) -> None:
    view = leaf()
    for port, r in enumerate(heard):
        view.hear(port, [(1, r)])
    view.admitted = admitted
    view.refresh([1])
    usable = [r if admitted >> p & 1 else 0 for p, r in enumerate(heard)]
    rounded = int(Fraction(sum(usable), 4) + Fraction(1, 2))
    assert view.own[1] == (max(1, rounded) if any(usable) else 0)


def test_the_own_group_is_always_whole() -> None:
    view = leaf()
    view.admitted = 0
    assert view.refresh(range(4)) == [1, 2, 3]
    assert view.own == [FULL, 0, 0, 0]


def test_groups_that_share_a_next_hop_group_are_moved_by_one_group_write() -> None:
    touched, writes = leaf().hear(0, [(1, 8), (2, 8), (3, 8)])
    assert touched == [1, 2, 3]
    assert [(w.groups, w.group_writes, w.route_writes) for w in writes] == [((1, 2, 3), 1, 0)]


def test_a_part_of_them_gets_a_group_of_its_own_and_a_later_one_joins_it() -> None:
    view = leaf()
    _, (first,) = view.hear(0, [(1, 8)])
    assert (first.group_writes, first.route_writes) == (1, 1)
    _, (second,) = view.hear(0, [(2, 8)])
    assert (second.group_writes, second.route_writes) == (0, 1)


def test_hearing_the_same_again_changes_nothing() -> None:
    view = leaf()
    assert view.hear(0, [(1, FULL)]) == ([], [])
    assert view.hear(0, [(0, 3)]) == ([], []), "the own group does not forward"


def test_classes_and_groups_over_a_port() -> None:
    view = leaf()
    assert view.classes_using(0) == 1
    assert view.groups_over(0) == [1, 2, 3]


def test_another_table_brings_its_weights() -> None:
    view = leaf()
    view.hear(0, [(1, 0)])
    assert view.refresh([1]) == [1]
    old = view.table
    classes = tuple((prim, sib, b1, b"\1\1\1\1") for prim, sib, b1, _ in old.classes)
    heavy = tuple((prim, sib, b1, b"\5\1\1\1") for prim, sib, b1, _ in old.classes)
    numbers = (0, old.order_id, 2, 0)
    assert view.adopt(SwitchTable(0, 4, *numbers[2:], 0, classes, old.group_class)) == []
    assert view.adopt(SwitchTable(0, 4, *numbers[2:], 0, heavy, old.group_class)) == [1]
    assert view.own[1] == int(Fraction(16 * 3, 8) + Fraction(1, 2))
