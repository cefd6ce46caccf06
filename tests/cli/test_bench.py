"""`sidr bench` from the outside: what it writes, under which names, and the same again."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sidr.cli import main
from sidr.topology import fabric_hash, load

SPEC = "leaf-spine:leaves=3,spines=2"
FILES = {"report.html", "results.csv", "scenario.yaml", "summary.json"}
CELL = ["faults", "unrecovered", "loops", "repair_ns", "lost_traffic_s", "messages"]
REPAIR = ["median", "ci95", "p99", "max"]
RATIO = ["ratio", "ci95", "faults", "unrecovered", "sidr_ns", "baseline_ns"]
TEXTS = ("fault", "class", "protocol", "profile", "trace")
FLOATS = (
    *("lost_traffic_s", "lost_traffic_pair_s", "load_max_during", "load_max_after"),
    *("stretch_max", "restore_lost_s"),
)
TIMES = ("repair_ns", "repair_down_ns", "repair_up_ns", "reconvergence_ns", "detection_ns")


def run(out: Path, *words: str, spec: str = SPEC) -> Result:
    words = ("bench", spec, "--workers", "1", "-q", "-o", str(out), *words)
    return CliRunner().invoke(main, list(words))


def summary_of(out: Path) -> Any:
    return json.loads((out / "summary.json").read_text())


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / "results.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A campaign with everything by default but one sample per fault; its directory, its output."""
    out = tmp_path_factory.mktemp("bench") / "out"
    result = run(out, "--sample", "1", "--format", "json")
    assert result.exit_code == 0, result.output
    return out, result


def test_four_files_are_written_and_nothing_beside(ran: tuple[Path, Result]) -> None:
    assert {path.name for path in ran[0].iterdir()} == FILES
    assert [path.name for path in ran[0].parent.iterdir()] == ["out"]
    assert (ran[0] / "report.html").read_text().startswith("<!DOCTYPE html>")


def test_stdout_is_the_summary_and_stderr_is_empty(ran: tuple[Path, Result]) -> None:
    assert json.loads(ran[1].stdout) == summary_of(ran[0])
    assert ran[1].stderr == ""


def test_the_summary_has_exactly_the_promised_names(ran: tuple[Path, Result]) -> None:
    found = summary_of(ran[0])
    assert list(found) == [
        *("fabric", "seed", "hardware", "profiles", "protocols", "results", "ratios"),
        *("certificate", "provenance"),
    ]
    assert found["fabric"] == SPEC
    assert (found["seed"], found["hardware"], found["certificate"]) == (1, "linux-netns", None)
    assert bytes.fromhex(found["provenance"]["fabric_hash"]).hex() == fabric_hash(load(SPEC))


def cells_of(summary: Any) -> list[tuple[str, dict[str, Any]]]:
    """Every cell with where it stands."""
    cells = [(name, cell) for name, cell in summary["protocols"].items()]
    for profile, held in summary["results"].items():
        for protocol, classes in held.items():
            cells += [(f"{profile} {protocol} {name}", cell) for name, cell in classes.items()]
    return cells


def test_every_cell_has_exactly_the_promised_names_and_types(ran: tuple[Path, Result]) -> None:
    cells = cells_of(summary_of(ran[0]))
    assert len(cells) > 50
    for where, cell in cells:
        assert list(cell) == CELL, where
        counts = ("faults", "unrecovered", "loops", "messages")
        assert all(type(cell[key]) is int for key in counts), where
        assert type(cell["lost_traffic_s"]) is float, where
        repair = cell["repair_ns"]
        assert list(repair) == REPAIR, where
        assert repair["p99"] is None, where
        assert len(repair["ci95"]) == 2, where
        assert all(type(x) is int for x in (repair["median"], repair["max"], *repair["ci95"]))


def test_ratios_are_those_of_the_medians_in_the_results(ran: tuple[Path, Result]) -> None:
    found = summary_of(ran[0])
    results, checked = found["results"], 0
    for profile, held in found["ratios"].items():
        assert list(held) == ["bgp", "ospf"]
        for baseline, classes in held.items():
            assert list(classes) == list(results[profile][baseline])
            for name, cell in classes.items():
                assert list(cell) == RATIO
                theirs = results[profile][baseline][name]["repair_ns"]["median"]
                assert cell["baseline_ns"] == theirs
                if "silent" not in name:
                    ours = results[profile]["sidr"][name]["repair_ns"]["median"]
                    assert cell["sidr_ns"] == ours
                    assert cell["ratio"] == round(theirs / ours, 12)
                    checked += 1
    assert checked > 20


def test_unless_said_otherwise_it_is_three_protocols_two_profiles_five_faults(
    ran: tuple[Path, Result],
) -> None:
    rows, found = rows_of(ran[0]), summary_of(ran[0])
    assert found["profiles"] == ["frr-datacenter", "tuned"]
    assert list(found["protocols"]) == ["sidr", "bgp", "ospf", "sidr-hello50"]
    classes = list(dict.fromkeys(row["class"] for row in rows))
    assert classes == ["cut", "trunk", "switch", "silent", "flap"]
    assert [row["fault"].partition(":")[0] for row in rows if row["protocol"] == "bgp"] == (
        classes * 2
    )
    assert not rows[0]["fault"].endswith(":"), "a target has been drawn"


def test_unless_said_otherwise_twenty_of_each_fault_are_drawn(tmp_path: Path) -> None:
    result = run(tmp_path / "out", "--protocols", "ospf", "--profile", "tuned", "--faults", "cut")
    assert result.exit_code == 0
    rows = rows_of(tmp_path / "out")
    assert [int(row["trial"]) for row in rows] == list(range(20))
    assert 1 < len({row["fault"] for row in rows}) <= 6


def test_the_results_have_a_column_per_metric_and_none_for_a_clock(
    ran: tuple[Path, Result],
) -> None:
    header = (ran[0] / "results.csv").read_text().splitlines()[0].split(",")
    assert header == [
        *("trial", "fault", "class", "protocol", "profile", "detection_ns", "repair_ns"),
        *("repair_down_ns", "repair_up_ns", "reconvergence_ns", "loss_window_ns_max"),
        *("loss_window_ns_mean", "lost_traffic_s", "lost_traffic_pair_s", "pairs_affected"),
        *("pairs_down", "pairs_up", "loop_ns", "blackhole_ns", "loops", "load_max_during"),
        *("load_max_after", "stretch_max", "messages", "switches_changed"),
        *("restore_repair_ns", "restore_lost_s", "restore_loop_ns", "events", "trace"),
    ]


def test_cells_are_whole_numbers_but_for_shares_loads_and_words(ran: tuple[Path, Result]) -> None:
    rows = rows_of(ran[0])
    assert len(rows) == 5 * 3 * 2 + 3
    for row in rows:
        for column, text in row.items():
            if column in FLOATS:
                assert math.isfinite(float(text)), (column, text)
            elif column not in TEXTS:
                assert text.isdigit(), (column, text)
        assert len(bytes.fromhex(row["trace"])) == 32


def test_the_scenario_gives_the_same_results_again(
    ran: tuple[Path, Result], tmp_path: Path
) -> None:
    first, again = ran[0], tmp_path / "again"
    result = run(again, "--faults", str(first / "scenario.yaml"), "--sample", "7")
    assert result.exit_code == 0, result.output
    for name in ("results.csv", "scenario.yaml"):
        assert (again / name).read_bytes() == (first / name).read_bytes(), name
    one, two = (summary_of(place) for place in (first, again))
    del one["provenance"], two["provenance"]
    assert one == two


def test_a_scenarios_seed_goes_with_it_unless_another_is_given(tmp_path: Path) -> None:
    brief = ("--protocols", "ospf,sidr", "--profile", "tuned")
    first, again, other = (tmp_path / name for name in ("first", "again", "other"))
    words = ("--faults", "cut", "--sample", "4")
    assert run(first, *brief, *words, "--seed", "4").exit_code == 0
    old = ("--faults", str(first / "scenario.yaml"))
    assert run(again, *brief, *old).exit_code == 0
    assert run(other, *brief, *old, "--seed", "9").exit_code == 0
    for name in ("results.csv", "scenario.yaml"):
        assert (again / name).read_bytes() == (first / name).read_bytes(), name
    kept, renewed, changed = (summary_of(place) for place in (first, again, other))
    assert [found["provenance"]["seed"] for found in (kept, renewed, changed)] == [4, 4, 9]
    del kept["provenance"], renewed["provenance"]
    assert renewed == kept
    assert changed["seed"] == 9
    assert (other / "results.csv").read_bytes() == (first / "results.csv").read_bytes()
    for place in (again, other):
        done = CliRunner().invoke(main, ["replay", str(place), "--fault", "3", "--format", "json"])
        assert json.loads(done.stdout)["equal"] is True


def test_another_seed_gives_other_results(ran: tuple[Path, Result], tmp_path: Path) -> None:
    words = ("--sample", "1", "--protocols", "sidr", "--faults", "cut", "--faults", "switch")
    texts = []
    for number, seed in enumerate(("1", "1", "2")):
        out = tmp_path / str(number)
        assert run(out, *words, "--seed", seed).exit_code == 0
        texts.append((out / "results.csv").read_bytes())
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("protocol", ["sidr", "ospf"])
def test_the_slowest_trial_is_replayed_equal(ran: tuple[Path, Result], protocol: str) -> None:
    rows = [r for r in rows_of(ran[0]) if (r["protocol"], r["profile"]) == (protocol, "tuned")]
    slowest = max(rows, key=lambda row: int(row["repair_ns"]))
    words = ["replay", str(ran[0]), "--fault", slowest["trial"], "--protocol", protocol]
    result = CliRunner().invoke(main, [*words, "--profile", "tuned", "--format", "json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["equal"] is True
    assert (found["repair_ns"], found["trace"]) == (int(slowest["repair_ns"]), slowest["trace"])


def test_without_json_a_table_goes_to_stdout(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    words = ("--sample", "1", "--faults", "cut", "--protocols", "sidr,ospf", "--profile", "tuned")
    result = run(out, *words)
    assert result.exit_code == 0
    assert f"Report: {out / 'report.html'}" in result.stdout
    assert "SIDR" in result.stdout and "OSPF" in result.stdout
    assert result.stderr == ""
