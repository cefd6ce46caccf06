"""What the hash of a fabric depends on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sidr.topology import fabric, fabric_hash, load

BASE = {"names": ["a", "b", "c"], "a": [0, 1], "b": [1, 2]}


def test_the_label_does_not_count() -> None:
    made = load("fat-tree:k=4")
    assert fabric_hash(replace(made, label="another")) == fabric_hash(made)


def test_the_order_of_description_does_not_count() -> None:
    turned = fabric("x", names=["c", "b", "a"], a=[0, 2], b=[1, 1])
    assert fabric_hash(turned) == fabric_hash(fabric("x", **BASE))


@pytest.mark.parametrize(
    "change",
    [
        {"names": ["a", "b", "d"]},
        {"b": [2, 2]},
        {"plane": [0, 0, 1]},
        {"site": 0},
        {"hosts": [1, 1, 2]},
        {"host_bps": 1},
        {"links_per_host": 2},
        {"capacity_bps": 1},
        {"length_m": [20, 21]},
        {"medium": [0, 1]},
        {"trunk": 0},
        {"srlgs": {"duct": [1]}},
    ],
    ids=str,
)
def test_every_native_field_counts(change: dict[str, object]) -> None:
    assert fabric_hash(fabric("x", **(BASE | change))) != fabric_hash(fabric("x", **BASE))


def test_the_hash_of_a_fabric_never_changes() -> None:
    """Saved results name fabrics by it; a change here breaks them all."""
    expected = "af798fdc383fad1eadca4a7e1c45a09044e1c474d3e9bd14080b5e4c2b701f62"
    assert fabric_hash(load("fat-tree:k=4")) == expected
