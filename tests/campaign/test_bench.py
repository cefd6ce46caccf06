"""A campaign makes the same rows in the same order, however many processes run it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import replace
from functools import cache

import pytest
from msgspec import structs

from sidr.campaign.bench import Campaign, End, Runner, bench, row
from sidr.fault import schedule
from sidr.model.profiles import hardware, profile
from sidr.topology import load
from sidr.trace.results import Row, rows_text

SPEC = "leaf-spine:leaves=3,spines=2"
SILENT = "silent:leaf0--spine1,from=leaf0"
PROTOCOLS = ("sidr", "bgp", "ospf")
PROFILES = ("frr-datacenter", "tuned")


def campaign(*faults: str, protocols: tuple[str, ...] = PROTOCOLS, sample: int = 2) -> Campaign:
    fabric = load(SPEC)
    made = schedule(fabric, list(faults), sample=sample, seed=3)
    profiles = tuple(profile(name) for name in PROFILES)
    return Campaign(fabric, made, protocols, profiles, hardware("linux-netns"))


MIXED = campaign("cut", SILENT, "switch")
"""Five trials: two cuts, a silent direction, two dead spines."""


@cache
def alone() -> tuple[Row, ...]:
    """The rows of MIXED, made by this process."""
    rows, end = bench(MIXED, 1)
    assert end is End.ALL_DONE
    return tuple(rows)


def test_two_workers_make_the_rows_of_one_byte_for_byte() -> None:
    steps: list[int] = []
    rows, end = bench(MIXED, 2, steps.append)
    assert end is End.ALL_DONE
    assert sorted(steps) == [6, 6, 6, 6, 9], "progress: the rows of each trial"
    assert rows == list(alone())
    assert rows_text(rows).encode() == rows_text(alone()).encode()
    assert len({found.trace for found in rows}) > 10, "rows that differ can be told apart"


def test_rows_come_by_trial_then_profile_then_protocol() -> None:
    dark = list(PROTOCOLS)
    silent = {
        "frr-datacenter": ["sidr-as-bgp", "sidr-as-ospf", "sidr-hello50", "bgp", "ospf"],
        "tuned": ["sidr", "sidr-hello50", "bgp", "ospf"],
    }
    expected = [
        (trial.number, name, protocol)
        for trial in MIXED.schedule.trials
        for name in PROFILES
        for protocol in (silent[name] if trial.fault_class == "silent" else dark)
    ]
    assert [(found.trial, found.profile, found.protocol) for found in alone()] == expected
    assert [trial.fault_class for trial in MIXED.schedule.trials].count("silent") == 1


def test_a_campaign_makes_as_many_rows_as_it_says() -> None:
    assert len(alone()) == MIXED.runs == 4 * 3 * 2 + 5 + 4


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_done_before_ctrl_c_is_kept_and_nobody_is_left_working(workers: int) -> None:
    made = campaign("cut", "switch", "trunk", protocols=("ospf",), sample=4)
    seen: list[int] = []

    def advance(count: int) -> None:
        seen.append(count)
        if len(seen) == 3:
            raise KeyboardInterrupt

    rows, end = bench(made, workers, advance)
    assert end is End.INTERRUPTED
    assert len(rows) == sum(seen) == 3 * 2
    whole = bench(made, 1)[0]
    assert [found for found in whole if found.trial in {kept.trial for kept in rows}] == rows
    assert multiprocessing.active_children() == []


def test_what_is_done_before_a_worker_dies_is_kept_and_nobody_is_left_working() -> None:
    made = campaign("cut,repeat=40", protocols=("ospf",))
    seen: list[int] = []

    def advance(count: int) -> None:
        seen.append(count)
        if len(seen) == 3:
            victim = multiprocessing.active_children()[0].pid
            assert victim is not None
            os.kill(victim, signal.SIGKILL)

    rows, end = bench(made, 2, advance)
    assert end is End.WORKER_DIED
    assert len(rows) == sum(seen)
    whole = bench(made, 1)[0]
    assert [found for found in whole if found.trial in {kept.trial for kept in rows}] == rows
    assert 3 * 2 <= len(rows) < len(whole)
    assert multiprocessing.active_children() == []


def test_a_bug_in_a_worker_stops_the_campaign_with_its_error() -> None:
    made = campaign("cut", protocols=("sidr",), sample=3)
    *good, last = made.schedule.trials
    nowhere = structs.replace(last.changes[0], id=10**6)
    trials = (*good, structs.replace(last, changes=(nowhere,)))
    broken = replace(made, schedule=structs.replace(made.schedule, trials=trials))
    with pytest.raises(IndexError):
        bench(broken, 2)
    assert multiprocessing.active_children() == []


def test_a_trial_leaves_nothing_behind_for_the_next() -> None:
    fresh = [found for trial in MIXED.schedule.trials for found in Runner(MIXED).rows(trial)]
    assert fresh == list(alone())
    backwards = Runner(MIXED)
    rows = [backwards.rows(trial) for trial in reversed(MIXED.schedule.trials)]
    assert [found for some in reversed(rows) for found in some] == fresh


def test_more_prefixes_make_ospf_write_longer_and_change_nothing_else() -> None:
    made = campaign("cut:leaf0--spine1", protocols=("ospf",), sample=1)
    (one, _), (many, _) = bench(made, 1)[0], bench(replace(made, prefixes=500), 1)[0]
    assert many.reconvergence_ns > one.reconvergence_ns
    assert many.detection_ns == one.detection_ns
    assert many.messages == one.messages


def test_asn_numbering_reaches_bgp_alone() -> None:
    made = campaign("cut:leaf0--spine1", protocols=("sidr", "bgp"), sample=1)
    (trial,) = made.schedule.trials
    ours, theirs = (
        [
            Runner(setting).outcome(trial, name, setting.profiles[0]).recorder.digest()
            for setting in (made, replace(made, asn="unique"))
        ]
        for name in ("sidr", "bgp")
    )
    assert ours[0] == ours[1]
    assert theirs[0] != theirs[1], "spine1 knows ways through other leaves"


def test_a_row_holds_what_its_trial_measured() -> None:
    runner, trial, timers = Runner(MIXED), MIXED.schedule.trials[0], MIXED.profiles[1]
    outcome = runner.outcome(trial, "ospf", timers)
    found = row(trial, "ospf", timers, outcome)
    assert found == next(r for r in alone() if (r.profile, r.protocol) == ("tuned", "ospf"))
    named = {"trial": 0, "fault": trial.fault, "fault_class": "cut", "protocol": "ospf"}
    named |= {"profile": "tuned", "trace": outcome.recorder.digest(), "events": outcome.events}
    measured = structs.asdict(outcome.measured)
    counts = ("detection_ns", "reconvergence_ns", "messages", "switches_changed")
    expected = named | measured | {name: getattr(outcome, name) for name in counts}
    assert structs.asdict(found) == expected
