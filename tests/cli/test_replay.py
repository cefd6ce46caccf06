"""`sidr replay` runs a trial again from its directory of results, equal to the first run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sidr.cli.bench import bench
from sidr.cli.replay import replay
from sidr.errors import ResultError
from sidr.trace.reader import load

SILENT, CUT, PLANNER = 0, 1, 2


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A campaign of three trials."""
    out = tmp_path_factory.mktemp("replay") / "out"
    words = ["leaf-spine:leaves=2,spines=2", "--protocols", "sidr,ospf", "--hardware", "ideal"]
    words += ["--profile", "frr-datacenter", "--profile", "tuned", "-o", str(out), "-q"]
    for fault in ("silent:leaf0--spine1,from=leaf0", "cut:leaf0--spine1", "planner; cut@1s"):
        words += ["--faults", fault]
    done = CliRunner().invoke(bench, [*words, "--sample", "1", "--workers", "1"])
    assert done.exit_code == 0, done.output
    return out


def replayed(results: Path, fault: int, *words: str) -> Result:
    """The command's result; under SIDR unless the words say otherwise."""
    words = words if "--protocol" in words else ("--protocol", "sidr", *words)
    return CliRunner().invoke(replay, [str(results), "--fault", str(fault), *words])


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (CUT, ()),
        (CUT, ("--protocol", "ospf")),
        (CUT, ("--profile", "tuned")),
        (SILENT, ("--protocol", "sidr-as-ospf")),
        (SILENT, ("--protocol", "sidr-hello50", "--profile", "tuned")),
        (SILENT, ("--profile", "tuned")),
        (PLANNER, ()),
    ],
)
def test_any_trial_runs_again_and_is_equal(
    results: Path, fault: int, words: tuple[str, ...]
) -> None:
    done = replayed(results, fault, *words)
    assert done.exit_code == 0, done.output
    assert "equal           True" in done.stdout


@pytest.mark.parametrize("profile", ["frr-datacenter", "tuned"])
@pytest.mark.parametrize("fault", [CUT, SILENT])
def test_the_protocol_is_the_campaigns_first_unless_another_is_named(
    results: Path, fault: int, profile: str
) -> None:
    words = [str(results), "--fault", str(fault), "--profile", profile, "--format", "json"]
    done = CliRunner().invoke(replay, words)
    assert done.exit_code == 0, done.exception
    assert json.loads(done.stdout)["protocol"].startswith("sidr")


def test_a_line_says_when_where_and_what(results: Path) -> None:
    lines = replayed(results, CUT).stdout.splitlines()
    assert "      0.000000 ms  -            link-down leaf0--spine1" in lines
    assert "      1.000000 ms  leaf0        PortDown spine1 -> 2 sent" in lines
    assert "      1.100000 ms  leaf0        FIB without port spine1" in lines
    assert any("planner      note: epoch 2" in line for line in lines)


def test_rows_of_sidr_beside_a_baseline_are_replayed_by_their_names(results: Path) -> None:
    for row in ("sidr-as-ospf", "sidr-hello50"):
        lines = replayed(results, SILENT, "--protocol", row).stdout.splitlines()
        assert "      0.000000 ms  -            silent-down leaf0--spine1 from leaf0" in lines
        assert any("spine1       bfd: TimerFired rx:0" in line for line in lines)
        assert any("Told bfd down leaf0" in line for line in lines)


def test_a_planners_death_is_a_line_before_the_fault(results: Path) -> None:
    lines = replayed(results, PLANNER).stdout.splitlines()
    assert "  -1000.000000 ms  -            planner-down" in lines
    assert any(line.startswith("      0.000000 ms  -            link-down") for line in lines)


def test_json_holds_the_same_lines(results: Path) -> None:
    found = json.loads(replayed(results, CUT, "-v", "--format", "json").stdout)
    lines = [x for x in replayed(results, CUT, "-v").stdout.splitlines() if " ms  " in x]
    assert len(found["events"]) == len(lines) == found["records"]
    few = json.loads(replayed(results, CUT, "--format", "json").stdout)
    assert len(few["events"]) < few["records"] == found["records"], "life signs are for -v"
    event = next(e for e in found["events"] if e["what"].startswith("PortDown"))
    assert event == {"ms": 1.0, "switch": "leaf0", "what": "PortDown spine1 -> 2 sent"}


def test_the_trace_is_saved_and_not_overwritten(results: Path, tmp_path: Path) -> None:
    saved = tmp_path / "trace.gz"
    assert replayed(results, CUT, "-o", str(saved)).exit_code == 0
    header, records = load(saved)
    assert header == {"fault": "cut:leaf0--spine1", "protocol": "sidr", "profile": "frr-datacenter"}
    assert len(records) > 10
    again = replayed(results, CUT, "-o", str(saved))
    assert isinstance(again.exception, ResultError)
    assert replayed(results, CUT, "-o", str(saved), "--force").exit_code == 0


def test_another_first_run_is_told_with_exit_code_1(results: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for name in ("summary.json", "results.csv", "scenario.yaml"):
        (other / name).write_bytes((results / name).read_bytes())
    rows = (other / "results.csv").read_text().splitlines()
    turned = [row[:-1] + ("0" if row[-1] != "0" else "1") for row in rows[1:]]
    (other / "results.csv").write_text("\n".join([rows[0], *turned, ""]))
    done = replayed(other, CUT)
    assert done.exit_code == 1
    assert "not equal to the first one" in done.stderr


@pytest.mark.parametrize(
    ("fault", "words", "said"),
    [
        (9, (), "no trial 9 (allowed: 0 to 2)"),
        (CUT, ("--protocol", "opsf"), "did you mean 'ospf'"),
        (CUT, ("--profile", "tund"), "did you mean 'tuned'"),
    ],
)
def test_what_is_not_there_is_named(
    results: Path, fault: int, words: tuple[str, ...], said: str
) -> None:
    done = replayed(results, fault, *words)
    assert isinstance(done.exception, ResultError)
    assert said in str(done.exception)
