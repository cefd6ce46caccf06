"""From documents to fabrics and back."""

from __future__ import annotations

import pytest

from sidr.errors import TopologyError
from sidr.model.fabric import Fabric
from sidr.topology import fabric, fabric_hash, load
from sidr.topology.document import SHOWN_MAX, checked_only, from_document, key_text, to_document


def build(document: object) -> Fabric:
    return from_document(document, "doc", lambda paths: {p: key_text(p) for p in paths})


def round_trip(made: Fabric) -> None:
    assert fabric_hash(build(to_document(made))) == fabric_hash(made)


@pytest.mark.parametrize(
    "spec",
    ["leaf-spine:parallel=3", "fat-tree:k=4,trunk=none", "10p10u:size=small", "clos:trunk=3"],
)
def test_every_kind_survives_the_round_trip(spec: str) -> None:
    round_trip(load(spec))


def test_everything_that_a_fabric_can_say_survives_the_round_trip() -> None:
    round_trip(
        fabric(
            "x",
            names=["a", "b", "c"],
            a=[0, 0, 1],
            b=[1, 1, 2],
            tier=[0, 0, 2],
            pod=[3, -1, -1],
            plane=[0, 0, 2],
            site=[-1, 1, 0],
            hosts=[0, 5, 1],
            host_bps=1_234_567,
            links_per_host=3,
            capacity_bps=[1, 999_999_999_999, 10**18],
            length_m=[0, 0.1, 1 / 3],
            medium=[0, 1, 0],
            srlgs={"duct": [0, 2], "t9": [1]},
            trunk=0,
        )
    )


def test_default_trunks_are_written_as_a_size_and_others_by_name() -> None:
    assert to_document(load("leaf-spine"))["trunk"] == 4
    odd = fabric("x", names=["a", "b"], a=[0, 0], b=[1, 1], srlgs={"t0": [0, 1]}, trunk=0)
    document = to_document(odd)
    assert document["trunk"] == "none"
    assert [link["srlgs"] for link in document["links"]] == [["t0"], ["t0"]]


def test_missing_fields_take_their_defaults() -> None:
    made = build(
        {
            "defaults": {"capacity": "100G", "medium": "copper"},
            "switches": [{"name": "a", "tier": 0}, {"name": "s", "tier": 1}],
            "links": [{"a": "s", "b": "a"}, {"a": "a", "b": "s", "capacity": "10G"}],
        }
    )
    assert made.capacity_bps.tolist() == [100 * 10**9, 10 * 10**9]
    assert made.medium.tolist() == [1, 1]
    assert made.length_m.tolist() == [20, 20]
    assert made.hosts.tolist() == [1, 0]
    assert made.host_bps == 100 * 10**9


def test_parallel_links_without_rank_fill_the_free_ones() -> None:
    link = {"a": "a", "b": "b"}
    made = build(
        {
            "switches": [{"name": "a"}, {"name": "b"}],
            "links": [
                {**link, "length_m": 1},
                {**link, "length_m": 2, "rank": 0},
                {**link, "length_m": 3},
            ],
        }
    )
    assert made.length_m.tolist() == [2, 1, 3]


def test_the_mistakes_of_a_hopeless_file_are_counted_not_all_printed() -> None:
    switches = [{"name": f"s{i}", "x": 1} for i in range(SHOWN_MAX + 7)]
    with pytest.raises(TopologyError) as caught:
        build({"switches": switches})
    assert len(caught.value.mistakes) == SHOWN_MAX + 1
    assert str(caught.value.mistakes[-1]) == "doc: and 7 mistakes more"


def test_fields_that_are_only_checked_are_told_in_their_order() -> None:
    switches = [{"name": "a", "radix": None}, {"name": "b", "radix": 4}, "no mapping"]
    links = [{"a": "a", "b": "b", "b_port": 1}]
    assert checked_only({"switches": switches, "links": links}) == ["radix", "b_port"]
    assert checked_only({"switches": [{"name": "a"}], "links": None}) == []
    assert checked_only([]) == []


def test_paths_are_written_as_people_do() -> None:
    assert key_text(("links", 3, "srlgs", 0)) == "links[3].srlgs[0]"
