"""Trials: how many, which targets, which seeds."""

from collections import Counter
from pathlib import Path

import pytest

from sidr.errors import FaultError
from sidr.fault.sampling import schedule
from sidr.fault.scenario import write
from sidr.model.fabric import Fabric
from sidr.model.faults import Change, Schedule
from sidr.topology import fabric_hash, load


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return load("fat-tree:k=4")


def test_a_named_fault_is_one_trial_and_an_open_one_is_sampled(fabric: Fabric) -> None:
    found = schedule(fabric, ["cut:p0-leaf0--p0-agg1", "cut", "switch:core", "trunk:t3"], sample=5)
    classes = Counter(trial.fault_class for trial in found.trials)
    assert classes == {"cut": 6, "switch": 5, "trunk": 1}
    assert [trial.number for trial in found.trials] == list(range(12))
    assert found.fabric_hash == fabric_hash(fabric)


def test_repeat_sets_the_number_of_trials_and_each_has_its_own_seed(fabric: Fabric) -> None:
    found = schedule(fabric, ["switch:core1,repeat=100", "cut,repeat=3"], sample=20)
    assert len(found.trials) == 103
    assert {trial.fault for trial in found.trials[:100]} == {"switch:core1"}
    assert len({trial.seed for trial in found.trials}) == 103


def test_equal_seeds_give_equal_schedules_and_others_do_not(fabric: Fabric) -> None:
    texts = ["cut", "random:links,n=3,within=10ms", "switch"]
    assert schedule(fabric, texts, seed=5) == schedule(fabric, texts, seed=5)
    assert schedule(fabric, texts, seed=5).trials != schedule(fabric, texts, seed=6).trials


def test_a_files_seed_counts_unless_another_is_given(fabric: Fabric, tmp_path: Path) -> None:
    path = str(tmp_path / "s.yaml")
    Path(path).write_text("seed: 5\ntrials: [cut, switch]\n")
    assert schedule(fabric, [path]) == schedule(fabric, ["cut", "switch"], seed=5)
    assert schedule(fabric, [path], seed=6) == schedule(fabric, ["cut", "switch"], seed=6)
    assert schedule(fabric, ["trunk", path]).seed == 5
    assert schedule(fabric, ["trunk"]).seed == 1


def test_files_of_several_seeds_need_one_to_be_given(fabric: Fabric, tmp_path: Path) -> None:
    one, two, same = (str(tmp_path / name) for name in ("one.yaml", "two.yaml", "same.yaml"))
    for path, seed in ((one, 5), (two, 6), (same, 5)):
        Path(path).write_text(f"seed: {seed}\ntrials: [cut]\n")
    with pytest.raises(FaultError) as caught:
        schedule(fabric, [one, two, same])
    assert str(caught.value) == f"{two}: has seed 6, but {one} has 5; give --seed"
    assert schedule(fabric, [one, two], seed=7).seed == 7
    assert schedule(fabric, [one, same]).seed == 5


def test_a_trial_depends_on_its_place_alone(fabric: Fabric) -> None:
    """Not on the other expressions, and not on how many samples follow."""
    short = schedule(fabric, ["switch", "cut"], sample=3).trials[3:]
    long = schedule(fabric, ["trunk:t3", "cut"], sample=9).trials[1:4]
    assert [(t.fault, t.seed, t.changes) for t in short] == [
        (t.fault, t.seed, t.changes) for t in long
    ]


def test_targets_are_drawn_uniformly_with_replacement(fabric: Fabric) -> None:
    trials = schedule(fabric, ["cut"], sample=3200).trials
    drawn = Counter(trial.changes[0].id for trial in trials)
    assert set(drawn) == set(range(32))
    chi2 = sum((count - 100) ** 2 / 100 for count in drawn.values())
    assert chi2 < 61.1  # 0.1 % point of chi-squared with 31 degrees of freedom


def test_a_trial_of_several_faults_has_all_their_changes_in_order(fabric: Fabric) -> None:
    found = schedule(fabric, ["switch:core0@2s; cut:p0-leaf0--p0-agg1@1s+3s"]).trials
    assert len(found) == 1
    assert found[0].fault_class == "mixed"
    s = 10**9
    assert found[0].changes == (
        Change(1 * s, "link-down", 1),
        Change(2 * s, "switch-down", fabric.names.index("core0")),
        Change(4 * s, "link-up", 1),
    )


def test_a_filled_in_expression_means_its_trial_again(fabric: Fabric) -> None:
    texts = ["cut", "trunk", "switch:agg@1s+1s", "random:links,n=3", "cut@1s; switch"]
    for trial in schedule(fabric, texts, sample=5).trials:
        again = schedule(fabric, [trial.fault]).trials
        assert [t.changes for t in again] == [trial.changes]


def test_all_mistakes_of_all_expressions_are_told_at_once(fabric: Fabric) -> None:
    texts = [
        "cut:nowhere--p0-agg0",
        "silent:a",
        "cut,gap",
        "trunk:t999; cut,gapp=1s",
        "missing.yaml",
    ]
    with pytest.raises(FaultError) as caught:
        schedule(fabric, texts)
    assert len(caught.value.mistakes) == 6


def test_unknown_kinds_are_named_with_the_nearest(fabric: Fabric) -> None:
    with pytest.raises(FaultError, match="unknown kind of fault") as caught:
        schedule(fabric, ["silnt"])
    assert caught.value.mistakes[0].nearest == "silent"


def test_a_file_of_exact_trials_gives_those(fabric: Fabric, tmp_path: Path) -> None:
    first = schedule(fabric, ["cut", "random:links,n=3,within=10ms"], sample=4, seed=3)
    write(first, fabric, tmp_path / "scenario.yaml")
    again = schedule(fabric, [str(tmp_path / "scenario.yaml")], sample=9, seed=3)
    assert again == Schedule(first.fabric_hash, 3, first.trials)
