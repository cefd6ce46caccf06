"""What each kind takes down, and when."""

import numpy as np
import pytest

from sidr.errors import FaultError
from sidr.fault.grammar import parse
from sidr.fault.kinds import BUILT_IN, kinds, options_of
from sidr.fault.outage import Outage, changes
from sidr.fault.strikes import Pick
from sidr.model.fabric import Fabric
from sidr.model.faults import Change
from sidr.topology import load

MS = 10**6


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return load("leaf-spine:leaves=4,spines=4,parallel=2")


def strike(fabric: Fabric, text: str, seed: int = 1) -> Pick:
    fault = parse(text)
    kind = kinds()[fault.kind]
    found = kind.find(fabric, fault.target, text)
    return kind.strike(found, fault, options_of(fault, text), np.random.default_rng(seed))


def down(fabric: Fabric, text: str) -> list[tuple[int, str, str]]:
    return [
        (
            c.at_ns,
            c.kind,
            (fabric.link_name if "link" in c.kind else fabric.names.__getitem__)(c.id),
        )
        for c in changes(strike(fabric, text).outages)
    ]


def test_a_cut_takes_one_link_and_gives_it_back(fabric: Fabric) -> None:
    assert down(fabric, "cut:leaf0--spine1@1s+200ms") == [
        (1000 * MS, "link-down", "leaf0--spine1"),
        (1200 * MS, "link-up", "leaf0--spine1"),
    ]


def test_without_a_duration_nothing_comes_back(fabric: Fabric) -> None:
    assert down(fabric, "cut:leaf0--spine1") == [(0, "link-down", "leaf0--spine1")]


def test_a_bundle_goes_at_once_or_one_by_one(fabric: Fabric) -> None:
    both = ["leaf0--spine1", "leaf0--spine1#1"]
    assert down(fabric, "cut:leaf0--spine1#*") == [(0, "link-down", name) for name in both]
    assert down(fabric, "cut:leaf0--spine1#*+1s,gap=10ms") == [
        (0, "link-down", both[0]),
        (10 * MS, "link-down", both[1]),
        (1000 * MS, "link-up", both[0]),
        (1010 * MS, "link-up", both[1]),
    ]


def test_a_trunk_takes_exactly_its_links(fabric: Fabric) -> None:
    members = {fabric.link_name(int(link)) for link in fabric.srlg_links[3]}
    assert len(members) > 1
    found = down(fabric, "trunk:t3")
    assert {name for _, _, name in found} == members
    assert {(at, what) for at, what, _ in found} == {(0, "link-down")}
    assert [at for at, _, _ in down(fabric, "trunk:t3,gap=1ms")] == [
        position * MS for position in range(len(members))
    ]


def test_a_dead_switch_is_one_change(fabric: Fabric) -> None:
    assert down(fabric, "switch:spine2+1s") == [
        (0, "switch-down", "spine2"),
        (1000 * MS, "switch-up", "spine2"),
    ]


def test_random_takes_n_distinct_links(fabric: Fabric) -> None:
    for seed in range(20):
        pick = strike(fabric, "random:links,n=5", seed)
        assert len({outage.id for outage in pick.outages}) == 5
        assert {outage.start_ns for outage in pick.outages} == {0}


def test_random_spreads_its_cuts_within_the_time_given(fabric: Fabric) -> None:
    starts = [o.start_ns for o in strike(fabric, "random:links@1s,n=5,within=10ms").outages]
    assert len(set(starts)) == 5
    assert all(1000 * MS <= start <= 1010 * MS for start in starts)


def test_random_keeps_to_its_tiers_and_globs(fabric: Fabric) -> None:
    pick = strike(fabric, "random:leaf*--spine0,n=3")
    assert all("--spine0" in fabric.link_name(outage.id) for outage in pick.outages)


def test_random_cannot_take_more_links_than_there_are(fabric: Fabric) -> None:
    with pytest.raises(FaultError, match="1 to 32"):
        strike(fabric, "random:links,n=33")


def test_a_filled_in_target_strikes_the_same_again(fabric: Fabric) -> None:
    for text in ("cut", "cut:leaf-spine#*", "trunk", "switch", "random:links,n=4"):
        pick = strike(fabric, text)
        kind = text.partition(":")[0]
        assert strike(fabric, f"{kind}:{pick.target}", seed=99) == pick


def test_parallel_links_cut_at_once_are_a_class_of_their_own(fabric: Fabric) -> None:
    texts = ("cut", "cut:leaf-spine#*", "trunk", "switch", "random")
    found = [strike(fabric, text).fault_class for text in texts]
    assert found == ["cut", "bundle", "trunk", "switch", "random"]


def test_the_other_kinds_are_classes_by_their_names(fabric: Fabric) -> None:
    texts = ("silent", "one-way", "flap", "degrade", "plane:1", "planner:slow")
    found = [strike(fabric, text).fault_class for text in texts]
    assert found == ["silent", "silent", "flap", "degrade", "plane", "planner"]


def test_options_are_read_by_their_forms() -> None:
    assert options_of(parse("flap,period=1.5s,count=7"), "") == {"period": 1500 * MS, "count": 7}
    assert options_of(parse("degrade,loss=1e-3,from=leaf0"), "") == {"loss": 1e-3, "from": "leaf0"}
    assert options_of(parse("planner:slow,delay=2s"), "") == {"delay": 2000 * MS}
    with pytest.raises(FaultError) as caught:
        options_of(parse("flap,period=0,count=1000001,loss=2"), "here")
    assert [m.where for m in caught.value.mistakes] == ["here: count", "here", "here: period"]


def test_overlapping_outages_of_one_element_are_one() -> None:
    pieces = [
        Outage("link", 1, 0, 100),
        Outage("link", 2, 20, 30),
        Outage("link", 1, 50, 150),
        Outage("link", 1, 150, 160),
        Outage("link", 1, 200, None),
        Outage("switch", 1, 50, 60),
    ]
    assert changes(pieces) == (
        Change(0, "link-down", 1),
        Change(20, "link-down", 2),
        Change(30, "link-up", 2),
        Change(50, "switch-down", 1),
        Change(60, "switch-up", 1),
        Change(160, "link-up", 1),
        Change(200, "link-down", 1),
    )


def test_unknown_kinds_and_options_come_with_the_nearest() -> None:
    with pytest.raises(FaultError) as caught:
        options_of(parse("cutt"), "here")
    assert caught.value.mistakes[0].nearest == "cut"
    with pytest.raises(FaultError) as caught:
        options_of(parse("cut,gapp=1s,gap=x,repeat=0,n=3"), "here")
    assert len(caught.value.mistakes) == 4
    assert any(m.nearest == "gap" for m in caught.value.mistakes)


def test_every_kind_describes_itself() -> None:
    assert len(BUILT_IN) == 10
    assert all(kind.about and kind.targets for kind in BUILT_IN.values())
