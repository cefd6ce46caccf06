"""What a Fabric names and indexes."""

from dataclasses import FrozenInstanceError

import pytest

from sidr.model.fabric import Fabric
from sidr.topology import load


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return load("leaf-spine:leaves=3,spines=2,parallel=2")


def test_a_link_is_named_lower_tier_first_and_parallel_ones_by_rank(fabric: Fabric) -> None:
    names = [fabric.link_name(link) for link in range(4)]
    assert names == ["leaf0--spine0", "leaf0--spine0#1", "leaf0--spine1", "leaf0--spine1#1"]


def test_link_names_are_distinct(fabric: Fabric) -> None:
    assert len({fabric.link_name(link) for link in range(fabric.links)}) == fabric.links


def test_every_link_has_two_slots_which_are_twins(fabric: Fabric) -> None:
    assert fabric.slots == 2 * fabric.links
    for link in range(fabric.links):
        a, b = fabric.slots_of(link)
        assert (fabric.link[a], fabric.link[b]) == (link, link)
        assert (fabric.twin[a], fabric.twin[b]) == (b, a)
        assert (fabric.src[a], fabric.nbr[a]) == (fabric.near[link], fabric.far[link])
        assert (fabric.src[b], fabric.nbr[b]) == (fabric.far[link], fabric.near[link])


def test_ports_of_all_switches_are_all_slots_in_order(fabric: Fabric) -> None:
    ports = [slot for switch in range(fabric.switches) for slot in fabric.ports(switch)]
    assert ports == list(range(fabric.slots))


def test_ports_are_sorted_by_neighbour_then_rank(fabric: Fabric) -> None:
    for switch in range(fabric.switches):
        keys = [(fabric.nbr[e], fabric.rank[fabric.link[e]]) for e in fabric.ports(switch)]
        assert keys == sorted(keys)


def test_a_fabric_is_frozen(fabric: Fabric) -> None:
    with pytest.raises(FrozenInstanceError):
        fabric.label = "other"  # type: ignore[misc]
