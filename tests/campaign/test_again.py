"""A trial of a saved campaign runs again, event by event, from its directory alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sidr.campaign.again import again, campaign_of
from sidr.campaign.bench import Campaign, End, bench
from sidr.campaign.provenance import provenance
from sidr.errors import ResultError
from sidr.fault import schedule
from sidr.fault.scenario import text_of
from sidr.model.profiles import hardware, profile
from sidr.topology import load
from sidr.trace.reader import records
from sidr.trace.results import ROWS, SCENARIO, SUMMARY, Row, rows_text, write_results
from sidr.trace.summary import summarise, summary_text

SPEC = "leaf-spine:leaves=3,spines=2"
SILENT = "silent:leaf0--spine1,from=leaf0"
FAULTS = ("cut:leaf0--spine1", SILENT, "switch:spine0")
PROFILES = ("frr-datacenter", "tuned,bfd=60msx3")


def campaign(spec: str = SPEC, faults: tuple[str, ...] = FAULTS) -> Campaign:
    fabric = load(spec)
    made = schedule(fabric, list(faults), sample=1, seed=5)
    profiles = tuple(profile(name) for name in PROFILES)
    return Campaign(fabric, made, ("sidr", "ospf"), profiles, hardware("ideal,detect=2ms"))


def saved(made: Campaign, rows: list[Row], place: Path) -> Path:
    """The directory of results of a campaign."""
    summary = summarise(
        rows,
        fabric=made.fabric.label,
        seed=made.schedule.seed,
        hardware=made.hardware.name,
        provenance=provenance(made, "sidr bench"),
    )
    scenario = text_of(made.schedule, made.fabric)
    write_results(place, rows, summary=summary_text(summary), scenario=scenario)
    return place


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Row]]:
    """A directory of results, and the rows in it."""
    made = campaign()
    rows, end = bench(made, 1)
    assert end is End.ALL_DONE
    return saved(made, rows, tmp_path_factory.mktemp("again") / "out"), rows


def test_every_row_comes_again_event_by_event(ran: tuple[Path, list[Row]]) -> None:
    directory, rows = ran
    assert {"sidr-as-ospf", "sidr-hello50", "sidr", "ospf"} == {r.protocol for r in rows}
    for first in rows:
        _, row, outcome = again(directory, first.trial, first.protocol, first.profile)
        assert rows_text([row]) == rows_text([first])
        assert outcome.recorder.digest() == first.trace
        assert outcome.measured.repair_ns == first.repair_ns
        assert outcome.events == first.events
    assert len({row.trace for row in rows}) == len(rows)


def test_the_trace_is_kept_to_be_read(ran: tuple[Path, list[Row]]) -> None:
    outcome = again(ran[0], 0, "ospf", None)[2]
    found = list(records(outcome.recorder.data()))
    assert len(found) == outcome.recorder.records > 10
    assert {"change", "event", "write"} <= {record.kind for record in found}


@pytest.mark.parametrize("trial", [0, 2])
def test_unless_said_otherwise_it_is_the_first_protocol_and_profile(
    ran: tuple[Path, list[Row]], trial: int
) -> None:
    row = again(ran[0], trial, None, None)[1]
    assert (row.trial, row.protocol, row.profile) == (trial, "sidr", PROFILES[0])


def test_unless_said_otherwise_it_is_a_protocol_that_ran_under_the_profile(tmp_path: Path) -> None:
    made = campaign(faults=(SILENT,))
    directory = saved(made, bench(made, 1)[0], tmp_path / "out")
    assert again(directory, 0, None, PROFILES[0])[1].protocol == "sidr-as-ospf"
    assert again(directory, 0, None, PROFILES[1])[1].protocol == "sidr"


@pytest.mark.parametrize("text", [PROFILES[1], "tuned,bfd=60000usx3", " tuned , bfd = 60msx3"])
def test_a_profile_is_found_in_any_spelling(ran: tuple[Path, list[Row]], text: str) -> None:
    assert again(ran[0], 0, "ospf", text)[1].profile == PROFILES[1]


def test_the_campaign_comes_back_whole(ran: tuple[Path, list[Row]]) -> None:
    found, made = campaign_of(ran[0]), campaign()
    assert found.schedule == made.schedule
    assert (found.protocols, found.profiles) == (made.protocols, made.profiles)
    assert (found.hardware, found.asn, found.prefixes) == (made.hardware, "rfc7938", 1)


def test_numbering_and_prefixes_travel_with_the_results(tmp_path: Path) -> None:
    made = replace(campaign(), asn="unique", prefixes=300, protocols=("ospf",))
    rows = bench(made, 1)[0]
    directory = saved(made, rows, tmp_path / "out")
    found = campaign_of(directory)
    assert (found.asn, found.prefixes) == ("unique", 300)
    outcome = again(directory, 0, None, None)[2]
    assert outcome.recorder.digest() == rows[0].trace
    assert outcome.reconvergence_ns == rows[0].reconvergence_ns


def test_a_fabric_that_has_changed_since_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    lines = [f"- {{a: leaf{i}, b: spine{j}}}" for i in range(2) for j in range(2)]
    switches = "[leaf0, leaf1], tier: 0, hosts: 2", "[spine0, spine1], tier: 1"
    names = [
        f"- {{name: {name}, {rest}}}"
        for group, rest in (s.split("], ") for s in switches)
        for name in group.strip("[").split(", ")
    ]
    text = "\n".join(["switches:", *names, "links:", *lines, ""])
    path.write_text(text)
    made = campaign(str(path))
    directory = saved(made, bench(made, 1)[0], tmp_path / "out")
    assert again(directory, 0, "sidr", None)[1].fault == FAULTS[0]
    path.write_text(text.replace("spine1}", "spine1, length_m: 30}", 1))
    with pytest.raises(ResultError, match=rf"another fabric than {path} is now"):
        again(directory, 0, "sidr", None)


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ((9, None, None), ["--fault: no trial 9 (allowed: 0 to 2)"]),
        ((0, "bpg", None), ["--protocol: unknown protocol 'bpg' (allowed: sidr, ospf)"]),
        ((0, "sidr-as-ospf", None), ["--protocol: unknown protocol 'sidr-as-ospf'"]),
        ((0, "bpg", "tund"), ["--protocol: unknown protocol", "--profile: unknown profile"]),
        ((9, "sidr", "tuned"), ["--fault: no trial 9", "--profile: unknown profile 'tuned'"]),
    ],
)
def test_what_was_not_run_is_named_all_at_once(
    ran: tuple[Path, list[Row]], asked: tuple[int, str | None, str | None], wrong: list[str]
) -> None:
    with pytest.raises(ResultError) as caught:
        again(ran[0], *asked)
    found = [str(mistake) for mistake in caught.value.mistakes]
    assert len(found) == len(wrong)
    assert all(line.startswith(start) for line, start in zip(found, wrong, strict=True)), found


def test_a_row_that_another_profile_has_is_no_row_of_this_one(ran: tuple[Path, list[Row]]) -> None:
    with pytest.raises(ResultError, match="unknown protocol 'sidr'"):
        again(ran[0], 1, "sidr", PROFILES[0])
    assert again(ran[0], 1, "sidr", PROFILES[1])[1].protocol == "sidr"


def test_a_trial_that_an_interruption_left_out_is_named(tmp_path: Path) -> None:
    made = campaign()
    rows = bench(made, 1)[0]
    directory = saved(made, [row for row in rows if row.trial != 1], tmp_path / "out")
    assert again(directory, 2, "ospf", None)[1].trial == 2
    with pytest.raises(ResultError, match="trial 1 was not run to its end"):
        again(directory, 1, None, None)


@pytest.mark.parametrize("name", [ROWS, SUMMARY, SCENARIO])
def test_a_directory_that_lacks_a_file_is_refused(
    ran: tuple[Path, list[Row]], tmp_path: Path, name: str
) -> None:
    for path in ran[0].iterdir():
        if path.name != name:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(Exception, match=name) as caught:
        again(tmp_path, 0, None, None)
    assert hasattr(caught.value, "mistakes")
