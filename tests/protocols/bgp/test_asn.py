"""Numbering plans."""

from __future__ import annotations

import pytest

from sidr.protocols.bgp import asn
from tests.protocols.settled import IRREGULAR, SMALL, fabric_of


@pytest.mark.parametrize("spec", [*SMALL, IRREGULAR])
def test_unique_gives_every_switch_its_own(spec: str) -> None:
    fabric = fabric_of(spec)
    assert len(set(asn.numbers(fabric, "unique"))) == fabric.switches


def test_rfc7938_shares_numbers_within_pods_and_among_cores_only() -> None:
    fabric = fabric_of("fat-tree:k=4")
    by_number: dict[int, set[str]] = {}
    for name, number in zip(fabric.names, asn.numbers(fabric, "rfc7938"), strict=True):
        by_number.setdefault(number, set()).add(name)
    shared = sorted(sorted(names) for names in by_number.values() if len(names) > 1)
    pods = [[f"p{p}-agg0", f"p{p}-agg1"] for p in range(4)]
    assert shared == [["core0", "core1", "core2", "core3"], *pods]


def test_planes_do_not_share_numbers() -> None:
    fabric = fabric_of("10p10u:size=small")
    plane_of: dict[int, set[int]] = {}
    for v, number in enumerate(asn.numbers(fabric, "rfc7938")):
        plane_of.setdefault(number, set()).add(int(fabric.plane[v]))
    assert all(len(planes) == 1 for planes in plane_of.values())


def test_numbers_are_private_four_byte_ones() -> None:
    numbers = asn.numbers(fabric_of("10p10u:size=small"), "unique")
    assert min(numbers) >= 4_200_000_000
    assert max(numbers) <= 4_294_967_294


def test_a_fabric_without_tiers_is_always_unique() -> None:
    fabric = fabric_of(IRREGULAR)
    assert asn.numbers(fabric, "rfc7938") == asn.numbers(fabric, "unique")
