"""Sets of failures: complete when enumerated, seeded when sampled."""

from __future__ import annotations

import pytest

from sidr.errors import FaultError
from sidr.topology import load
from sidr.verify.failures import count, items, sets


def test_all_pairs_are_enumerated_once() -> None:
    things = items(load("fat-tree:k=4"), "links")
    found = list(sets(things, 2, None, 1))
    assert len(found) == len(set(found)) == count(32, 2) == 496


def test_a_dead_switch_takes_its_links_along() -> None:
    fabric = load("leaf-spine:leaves=3,spines=2")
    spine0 = next(i for i in items(fabric, "switches") if i.name == "spine0")
    assert sorted(fabric.link_name(x) for x in spine0.links) == [
        "leaf0--spine0", "leaf1--spine0", "leaf2--spine0",
    ]  # fmt: skip


def test_samples_follow_the_seed() -> None:
    things = items(load("fat-tree:k=4"), "links")
    assert list(sets(things, 3, 9, 4)) == list(sets(things, 3, 9, 4))
    assert list(sets(things, 3, 9, 4)) != list(sets(things, 3, 9, 5))


def test_more_than_there_are_is_refused() -> None:
    things = items(load("leaf-spine:leaves=2,spines=2"), "links")
    with pytest.raises(FaultError, match="only 4 can fail"):
        list(sets(things, 5, None, 1))
