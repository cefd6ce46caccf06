"""Scenario files: people's lists of trials, and exact schedules."""

from pathlib import Path

import pytest

from sidr.errors import FaultError
from sidr.fault.sampling import schedule
from sidr.fault.scenario import Draft, read, read_scenario, text_of, write
from sidr.model.fabric import Fabric
from sidr.model.faults import ELEMENTS, Fault
from sidr.topology import load

S = 10**9


@pytest.fixture(scope="module")
def fabric() -> Fabric:
    return load("leaf-spine:leaves=4,spines=4,parallel=2")


def entries(fabric: Fabric, tmp_path: Path, text: str) -> list[object]:
    (tmp_path / "s.yaml").write_text(text)
    return list(read_scenario(tmp_path / "s.yaml", fabric).entries)


def mistakes(fabric: Fabric, tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(FaultError) as caught:
        entries(fabric, tmp_path, text)
    return [str(m).replace(str(tmp_path) + "/", "") for m in caught.value.mistakes]


def test_a_trial_is_an_expression_a_list_or_a_mapping(fabric: Fabric, tmp_path: Path) -> None:
    text = """
about: three ways to say it
trials:
  - cut:leaf0--spine1@1s
  - [cut:leaf0--spine1, "switch:spine2@1s+2s,repeat=3"]
  - class: burst
    faults:
      - trunk:t3
      - cut
"""
    found = entries(fabric, tmp_path, text)
    cut = Fault("cut", "leaf0--spine1")
    path = tmp_path / "s.yaml"
    assert found == [
        Draft((Fault("cut", "leaf0--spine1", S),), "", f"{path}:4:trials"),
        Draft(
            (cut, Fault("switch", "spine2", S, 2 * S, (("repeat", "3"),))), "", f"{path}:5:trials"
        ),
        Draft((Fault("trunk", "t3"), Fault("cut")), "burst", f"{path}:6:trials"),
    ]


def test_a_files_trials_are_scheduled_like_expressions(fabric: Fabric, tmp_path: Path) -> None:
    path = tmp_path / "s.yml"
    path.write_text("trials: [cut, 'switch:spine2', {class: burst, faults: [cut, trunk]}]")
    trials = schedule(fabric, [str(path)], sample=3).trials
    assert [t.fault_class for t in trials] == ["cut"] * 3 + ["switch"] + ["burst"] * 3


def test_an_exact_schedule_is_read_back_as_it_was(fabric: Fabric, tmp_path: Path) -> None:
    texts = [
        "cut,repeat=3",
        "cut:leaf-spine#*,gap=10ms",
        "trunk+1s",
        "switch@1s+2s",
        "random:links,n=3,within=10ms",
        "cut:leaf0--spine0; switch:spine3@1500ms",
    ]
    first = schedule(fabric, texts, sample=4, seed=11)
    write(first, fabric, tmp_path / "scenario.yaml")
    assert read(tmp_path / "scenario.yaml", fabric) == first


def test_a_schedule_without_its_seed_is_none(fabric: Fabric, tmp_path: Path) -> None:
    text = text_of(schedule(fabric, ["cut:leaf0--spine1"]), fabric)
    (tmp_path / "s.yaml").write_text(text.replace("seed: 1\n", "", 1))
    assert read_scenario(tmp_path / "s.yaml", fabric).seed is None
    with pytest.raises(FaultError, match="no seed"):
        read(tmp_path / "s.yaml", fabric)


ELEMENT_LINES = {
    "cut:leaf0--spine1+1s": ("0 link-down leaf0--spine1", "1s link-up leaf0--spine1"),
    "switch:spine2@1s": ("1s switch-down spine2",),
    "silent:leaf0--spine1+5ms,from=spine1": (
        "0 silent-down leaf0--spine1 from=spine1",
        "5ms silent-up leaf0--spine1 from=spine1",
    ),
    "degrade:leaf0--spine1#1,loss=0.1": ("0 lossy-down leaf0--spine1#1 loss=0.1",),
    "degrade:leaf0--spine1,loss=1e-07,from=leaf0": (
        "0 lossy-down leaf0--spine1 from=leaf0 loss=1e-07",
    ),
    "planner:dead+1m": ("0 planner-down planner", "60s planner-up planner"),
    "planner:slow,delay=1500us": ("0 planner-down planner delay=1.5ms",),
}


@pytest.mark.parametrize("text", ELEMENT_LINES)
def test_every_element_is_written_in_words_and_read_back(
    fabric: Fabric, tmp_path: Path, text: str
) -> None:
    first = schedule(fabric, [text], seed=5)
    lines = [line.strip() for line in text_of(first, fabric).splitlines()]
    assert (
        tuple(line[2:] for line in lines if "-down " in line or "-up " in line)
        == (ELEMENT_LINES[text])
    )
    write(first, fabric, tmp_path / "s.yaml")
    assert read(tmp_path / "s.yaml", fabric) == first
    assert {c.element for t in first.trials for c in t.changes} <= set(ELEMENTS)


def test_every_element_there_is_has_been_tried(fabric: Fabric) -> None:
    tried = schedule(fabric, list(ELEMENT_LINES), seed=5).trials
    assert {c.element for t in tried for c in t.changes} == set(ELEMENTS)


def test_schedules_of_all_kinds_are_read_back(fabric: Fabric, tmp_path: Path) -> None:
    texts = ["silent", "one-way+1s", "degrade,loss=0.3", "flap,count=3", "planner; cut", "trunk"]
    first = schedule(fabric, texts, sample=3, seed=11)
    write(first, fabric, tmp_path / "s.yaml")
    assert read(tmp_path / "s.yaml", fabric) == first


def test_an_exact_schedule_names_what_fails_and_when(fabric: Fabric) -> None:
    text = text_of(schedule(fabric, ["cut:leaf0--spine1#*@1s+200ms,gap=10ms"]), fabric)
    lines = [line.strip() for line in text.splitlines()]
    assert lines[-4:] == [
        "- 1s link-down leaf0--spine1",
        "- 1.01s link-down leaf0--spine1#1",
        "- 1.2s link-up leaf0--spine1",
        "- 1.21s link-up leaf0--spine1#1",
    ]
    assert "fault: cut:leaf0--spine1#*@1s+200ms,gap=10ms" in lines


def test_equal_schedules_are_written_alike(fabric: Fabric) -> None:
    assert text_of(schedule(fabric, ["cut"]), fabric) == text_of(schedule(fabric, ["cut"]), fabric)


def test_exact_trials_are_refused_by_another_fabric(fabric: Fabric, tmp_path: Path) -> None:
    write(schedule(fabric, ["cut"]), fabric, tmp_path / "s.yaml")
    with pytest.raises(FaultError, match="belong to the fabric"):
        read(tmp_path / "s.yaml", load("fat-tree:k=4"))


def test_all_mistakes_of_a_file_are_told_with_their_lines(fabric: Fabric, tmp_path: Path) -> None:
    text = """trials:
  - cut:leaf0--spine1@soon
  - fualts: [cut]
  - faults: []
  - [cut, [trunk]]
"""
    found = mistakes(fabric, tmp_path, text)
    assert [line.split(" ")[0] for line in found] == [
        "s.yaml:2:trials:",
        "s.yaml:3:fualts:",
        "s.yaml:4:trials:",
        "s.yaml:5:trials:",
    ]
    assert "did you mean 'faults'" in found[1]


def test_an_unknown_target_in_a_file_is_told_with_its_line(fabric: Fabric, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("trials:\n  - cut\n  - cut:leaf0--spnie1\n")
    with pytest.raises(FaultError) as caught:
        schedule(fabric, [str(tmp_path / "s.yaml")])
    (mistake,) = caught.value.mistakes
    assert mistake.where == f"{tmp_path}/s.yaml:3:trials"
    assert mistake.nearest == "leaf0--spine1"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0 link-down leaf0--spine1", "soon link-down leaf0--spine1"),
        ("0 link-down leaf0--spine1", "0 link-gone leaf0--spine1"),
        ("0 link-down leaf0--spine1", "0 link-down leaf0--spine9"),
        ("0 link-down leaf0--spine1", "0 link-down leaf0--spine*"),
        ("0 link-down leaf0--spine1", "0 switch-down"),
        ("class: cut", "clas: cut"),
        ("number: 0", "number: first"),
        ("  seed: ", "  seed: -"),
    ],
)
def test_a_damaged_exact_trial_is_refused(
    fabric: Fabric, tmp_path: Path, old: str, new: str
) -> None:
    text = text_of(schedule(fabric, ["cut:leaf0--spine1"]), fabric)
    assert old in text
    (tmp_path / "s.yaml").write_text(text.replace(old, new))
    with pytest.raises(FaultError):
        read(tmp_path / "s.yaml", fabric)


@pytest.mark.parametrize(
    "line",
    [
        "0 silent-down leaf0--spine1",
        "0 silent-down leaf0--spine1 from=spine0",
        "0 silent-down leaf0--spine1 from=leaf0 to=spine1",
        "0 silent-gone leaf0--spine1 from=leaf0",
        "0 lossy-down leaf0--spine1 loss=most",
        "0 lossy-down leaf0--spine9 loss=0.1",
        "0 planner-down planner delay=soon",
        "0 planer-down planner",
        "-1s link-down leaf0--spine1",
        "0 plane-down 1",
    ],
)
def test_a_line_that_is_no_change_is_named(fabric: Fabric, tmp_path: Path, line: str) -> None:
    (found,) = refused(fabric, tmp_path, line)
    assert found.startswith("s.yaml:10:changes: ")


@pytest.mark.parametrize(
    "line",
    [
        "0 link-down leaf0--spine1 from=leaf0",
        "0 link-down leaf0--spine1 loss=0.5",
        "0 switch-down spine1 delay=1s",
        "0 silent-down leaf0--spine1 from=leaf0 delay=4s",
        "0 lossy-down leaf0--spine1",
        "0 lossy-down leaf0--spine1 loss=nan",
        "0 lossy-down leaf0--spine1 loss=2",
        "0 lossy-down leaf0--spine1 loss=-1",
        "0 planner-down nobody",
        "0 planner-down planner from=leaf0",
        "0 link-up leaf0--spine1",
    ],
)
def test_a_change_that_cannot_happen_is_named(fabric: Fabric, tmp_path: Path, line: str) -> None:
    (found,) = refused(fabric, tmp_path, line)
    assert found.startswith("s.yaml:10:changes: ")


def refused(fabric: Fabric, tmp_path: Path, line: str) -> list[str]:
    """What is said of an exact trial whose only change is this line."""
    text = text_of(schedule(fabric, ["cut:leaf0--spine1"]), fabric)
    text = text.replace("0 link-down leaf0--spine1", line)
    return mistakes(fabric, tmp_path, text)


@pytest.mark.parametrize(
    "text", ["trials: []", "trials: cut", "[cut]", "cut", "trails: [cut]", "a: 1"]
)
def test_a_file_without_trials_is_refused(fabric: Fabric, tmp_path: Path, text: str) -> None:
    assert mistakes(fabric, tmp_path, text)
