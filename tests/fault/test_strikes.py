"""How each kind strikes what was selected, and that its filled-in text strikes the same again."""

from __future__ import annotations

import numpy as np
import pytest

from sidr.errors import FaultError
from sidr.fault import targets
from sidr.fault.grammar import format, parse
from sidr.fault.kinds import kinds, options_of
from sidr.fault.sampling import schedule
from sidr.fault.strikes import (
    FLAP_COUNT,
    FLAP_PERIOD_NS,
    LOSS_RATIO,
    SLOW_NS,
    Pick,
    find_random,
    find_single,
)
from sidr.model.fabric import Fabric
from sidr.model.faults import FAR, NEAR, Change
from sidr.topology import load

MS, S = 10**6, 10**9


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return load("leaf-spine:leaves=4,spines=4,parallel=2")


@pytest.fixture(scope="module")
def planes() -> Fabric:
    return load("10p10u:size=small")


def strike(fabric: Fabric, text: str, seed: int = 1) -> Pick:
    fault = parse(text)
    kind = kinds()[fault.kind]
    found = kind.find(fabric, fault.target, text)
    return kind.strike(found, fault, options_of(fault, text), np.random.default_rng(seed))


def trial(fabric: Fabric, text: str) -> tuple[Change, ...]:
    (found,) = schedule(fabric, [text], sample=1).trials
    return found.changes


def wrong(fabric: Fabric, text: str) -> str:
    with pytest.raises(FaultError) as caught:
        strike(fabric, text)
    (mistake,) = caught.value.mistakes
    return str(mistake)


# --- silence ------------------------------------------------------------------------------------


def test_a_silent_link_is_silent_in_the_direction_that_was_named(fabric: Fabric) -> None:
    link = int(targets.links(fabric, "leaf0--spine1", "").ids[0])
    for sender, end in (("leaf0", NEAR), ("spine1", FAR)):
        (down,) = trial(fabric, f"silent:leaf0--spine1,from={sender}")
        assert down == Change(0, "silent-down", link, end)
    (again,) = trial(fabric, "silent:spine1--leaf0,from=leaf0")
    assert again == Change(0, "silent-down", link, NEAR)


def test_without_from_a_direction_is_drawn_and_written_into_the_text(fabric: Fabric) -> None:
    found = schedule(fabric, ["silent:leaf0--spine1,repeat=20"], seed=3).trials
    assert {t.changes[0].end for t in found} == {NEAR, FAR}
    for t in found:
        sender = {NEAR: "leaf0", FAR: "spine1"}[t.changes[0].end]
        assert t.fault == f"silent:leaf0--spine1,from={sender}"


def test_one_way_is_silent_by_another_name(fabric: Fabric) -> None:
    assert strike(fabric, "one-way:leaf0--spine1,from=spine1") == strike(
        fabric, "silent:leaf0--spine1,from=spine1"
    )
    assert strike(fabric, "one-way").fault_class == "silent"


def test_a_sender_that_is_no_end_is_told_with_those_that_are(fabric: Fabric) -> None:
    for kind in ("silent", "one-way", "degrade"):
        text = wrong(fabric, f"{kind}:leaf0--spine1,from=leaf1")
        assert "from=leaf1 is no end of leaf0--spine1" in text
        assert "leaf0 or spine1" in text


def test_silence_lasts_as_long_as_it_was_given(fabric: Fabric) -> None:
    down, up = trial(fabric, "silent:leaf0--spine1@1s+2s,from=leaf0")
    assert (down.at_ns, up.at_ns, up.kind, up.end) == (S, 3 * S, "silent-up", NEAR)


# --- loss, flaps, planes, the planner -----------------------------------------------------------


def test_a_degraded_link_loses_both_ways_unless_one_end_is_named(fabric: Fabric) -> None:
    (both,) = trial(fabric, "degrade:leaf0--spine1")
    assert (both.kind, both.end, both.loss_ratio) == ("lossy-down", "", LOSS_RATIO)
    (one,) = trial(fabric, "degrade:leaf0--spine1,loss=0.5,from=spine1")
    assert (one.end, one.loss_ratio) == (FAR, 0.5)


@pytest.mark.parametrize("ratio", ["0", "1.1", "-0.1", "nan", "x"])
def test_a_loss_that_is_no_ratio_is_refused(fabric: Fabric, ratio: str) -> None:
    assert "a ratio above 0, at most 1" in wrong(fabric, f"degrade:leaf0--spine1,loss={ratio}")


def test_a_flap_is_dark_for_the_first_half_of_every_period(fabric: Fabric) -> None:
    found = trial(fabric, "flap:leaf0--spine1@1s,period=200ms,count=3")
    times = [(c.at_ns // MS, c.kind) for c in found]
    assert times == [
        (1000, "link-down"), (1100, "link-up"),
        (1200, "link-down"), (1300, "link-up"),
        (1400, "link-down"), (1500, "link-up"),
    ]  # fmt: skip
    usual = trial(fabric, "flap:leaf0--spine1")
    assert len(usual) == 2 * FLAP_COUNT
    assert usual[2].at_ns == FLAP_PERIOD_NS
    assert [c.at_ns for c in trial(fabric, "flap:leaf0--spine1,period=1ns,count=2")] == [0, 2]


def test_a_flap_has_no_duration_and_no_period_of_zero(fabric: Fabric) -> None:
    assert "leave +DURATION out" in wrong(fabric, "flap:leaf0--spine1+1s")
    assert "0 is no period" in wrong(fabric, "flap:leaf0--spine1,period=0")


def test_a_plane_takes_exactly_its_links(planes: Fabric) -> None:
    found = trial(planes, "plane:1")
    assert {c.kind for c in found} == {"link-down"}
    names = {planes.link_name(c.id) for c in found}
    assert len(names) == len(found) == planes.links // 2
    assert all(name.startswith("n1-") for name in names)
    assert strike(planes, "plane").fault_class == "plane"


def test_the_planes_of_a_leaf_spine_are_its_spines_and_other_fabrics_have_none() -> None:
    found = trial(load("leaf-spine:leaves=2,spines=3"), "plane:2")
    assert [c.id for c in found] == [2, 5]
    with pytest.raises(FaultError, match="one plane"):
        schedule(load("topologies/ring-7.yaml"), ["plane:0"])


def test_the_planner_is_dead_or_slow_and_no_switch_is_touched(fabric: Fabric) -> None:
    assert trial(fabric, "planner+5s") == (
        Change(0, "planner-down", 0),
        Change(5 * S, "planner-up", 0),
    )
    assert trial(fabric, "planner:slow") == (Change(0, "planner-down", 0, delay_ns=SLOW_NS),)
    assert trial(fabric, "planner:slow,delay=1s")[0].delay_ns == S
    assert "did you mean 'slow'" in wrong(fabric, "planner:slwo")
    assert "0 is no period" in wrong(fabric, "planner:slow,delay=0")


@pytest.mark.parametrize("text", ["planner:dead,delay=2s", "planner,delay=2s"])
def test_a_dead_planner_has_no_delay(fabric: Fabric, text: str) -> None:
    assert wrong(fabric, text) == (
        f"{text}: a dead planner sends nothing that a delay could hold up; "
        "leave delay out, or use planner:slow"
    )


# --- targets ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["silent", "one-way", "flap", "degrade"])
def test_kinds_of_one_link_take_no_bundle(fabric: Fabric, kind: str) -> None:
    assert "is a bundle" in wrong(fabric, f"{kind}:leaf0--spine1#*")
    assert len(find_single(fabric, "leaf0--spine1#1", "").ids) == 1


def test_random_draws_from_links_or_takes_the_very_ones_that_were_drawn(fabric: Fabric) -> None:
    assert len(find_random(fabric, "links", "").ids) == len(find_random(fabric, "", "").ids) == 32
    named = find_random(fabric, "leaf3--spine3&leaf0--spine0#1", "")
    assert named.together
    assert named.ids.tolist() == [1, 30]
    assert not find_random(fabric, "leaf0--*", "").together


NEW = (
    "silent",
    "silent:leaf-spine@1s+2s",
    "one-way:leaf0--*",
    "degrade",
    "degrade,loss=0.25",
    "flap,period=1s,count=3",
    "planner",
    "planner:slow+5s,delay=2s",
    "planner:dead; cut@1s",
    "cut:leaf-spine#*,gap=10ms",
    "trunk,gap=1ms",
    "switch+1s",
    "random:links,n=3",
)


@pytest.mark.parametrize("text", [*NEW, "plane"])
def test_the_filled_in_text_is_the_same_trial_again(
    fabric: Fabric, planes: Fabric, text: str
) -> None:
    where = planes if text == "plane" else fabric
    for first in schedule(where, [text], sample=4, seed=5).trials:
        (again,) = schedule(where, [first.fault], sample=9, seed=77).trials
        assert (again.changes, again.fault_class) == (first.changes, first.fault_class)
        assert again.fault == first.fault
        assert "; ".join(format(parse(part)) for part in first.fault.split("; ")) == first.fault


def test_the_same_seed_draws_the_same_and_another_seed_does_not(fabric: Fabric) -> None:
    for text in ("silent", "degrade", "flap", "cut"):
        drawn = [tuple(strike(fabric, text, seed).outages for seed in range(8)) for _ in range(2)]
        assert drawn[0] == drawn[1]
        assert len(set(drawn[0])) > 1


def test_the_planner_beside_a_fault_does_not_change_its_class(fabric: Fabric) -> None:
    texts = ["planner", "planner; cut", "planner; cut; switch", "silent; cut"]
    found = schedule(fabric, texts, sample=1).trials
    assert [t.fault_class for t in found] == ["planner", "cut", "mixed", "mixed"]
