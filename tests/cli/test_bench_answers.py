"""`sidr bench` as a judge: exit codes, what it refuses, and what it says of single faults."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sidr.cli import main
from sidr.model.fabric import Fabric
from sidr.topology import load

SPEC = "leaf-spine:leaves=2,spines=2"
CLOS = "clos:pods=2,leaves=3,aggs=2,cores=4"
BRIEF = ("--protocols", "sidr", "--profile", "tuned", "--workers", "1", "-q")
ONE = ("--faults", "cut:leaf0--spine1")


def run(out: Path, *words: str, spec: str = SPEC) -> Result:
    return CliRunner().invoke(main, ["bench", spec, "-o", str(out), *BRIEF, *words])


def summary_of(out: Path) -> Any:
    return json.loads((out / "summary.json").read_text())


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / "results.csv").open(newline="") as file:
        return list(csv.DictReader(file))


# --- assertions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "code", "said"),
    [
        ("sidr.repair_ns.max < 1s", 0, ": holds (protocols.sidr.repair_ns.max = "),
        ("sidr.repair_ns.max < 1ns", 1, ": does not hold (protocols.sidr.repair_ns.max = "),
        ("results.tuned.sidr.cut.loops == 0", 0, ": holds"),
        ("sidr.unrecovered > 0", 1, ": does not hold"),
        ("sidr.repair_ns.mx < 1s", 2, "unknown key under sidr.repair_ns 'mx'; did you mean 'max'?"),
        ("bgp.loops == 0", 2, "unknown key at the start 'bgp'"),
        ("sidr.repair_ns.p99 < 1s", 2, "p99 has no value: 1 faults, 200 needed"),
    ],
)
def test_the_exit_code_answers_the_question(
    tmp_path: Path, question: str, code: int, said: str
) -> None:
    result = run(tmp_path / "out", *ONE, "--assert", question)
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert (tmp_path / "out").exists() is (code != 2), "a bad question costs no work"


def test_one_answer_of_no_among_many_is_no(tmp_path: Path) -> None:
    asked = ("--assert", "sidr.loops == 0", "--assert", "sidr.loops > 0")
    result = run(tmp_path / "out", *ONE, *asked, "--assert", "sidr.faults == 1")
    assert result.exit_code == 1
    verdicts = [line.split(": ")[1].split(" (")[0] for line in result.stderr.splitlines()]
    assert verdicts == ["holds", "does not hold", "holds"]


def test_from_200_trials_on_there_is_a_99th_percentile_to_ask_for(tmp_path: Path) -> None:
    asked = ("--assert", "ospf.repair_ns.p99 < 1s", "--assert", "ospf.repair_ns.p99 > 1us")
    words = ("--protocols", "ospf", "--faults", "cut:leaf0--spine1,repeat=200")
    result = run(tmp_path / "out", *words, *asked)
    assert result.exit_code == 0, result.output
    times = sorted(int(row["repair_ns"]) for row in rows_of(tmp_path / "out"))
    assert summary_of(tmp_path / "out")["protocols"]["ospf"]["repair_ns"]["p99"] == times[197]


def test_a_question_that_is_none_is_refused_before_the_work(tmp_path: Path) -> None:
    result = run(tmp_path / "out", *ONE, "--assert", "sidr.loops")
    assert result.exit_code == 2
    assert "is no assertion" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_all_mistakes_in_assertions_are_told_at_once(tmp_path: Path) -> None:
    asked = ("--assert", "sidr.loop == 0", "--assert", "sidr.fault == 1")
    result = run(tmp_path / "out", *ONE, *asked)
    assert result.exit_code == 2
    assert [line.rpartition("did you mean ")[2][:7] for line in result.stderr.splitlines()] == [
        "'loops'",
        "'faults",
    ]


# --- what is in the way -------------------------------------------------------------------------


def pictures(place: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder with its bytes and when it was written."""
    files = (path for path in place.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_results_are_replaced_only_by_force(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(out, *ONE).exit_code == 0
    before = pictures(tmp_path)
    refused = run(out, *ONE, "--seed", "2")
    assert refused.exit_code == 2
    assert refused.stderr == (
        f"sidr: {out}: exists already; give --force to replace it, or another -o DIR\n"
    )
    assert pictures(tmp_path) == before
    assert run(out, *ONE, "--seed", "2", "--force").exit_code == 0
    assert summary_of(out)["seed"] == 2
    assert pictures(tmp_path).keys() == before.keys()


def test_force_replaces_nothing_but_results(tmp_path: Path) -> None:
    precious = tmp_path / "thesis" / "chapter-1.tex"
    precious.parent.mkdir()
    precious.write_text("Years of work.")
    result = run(precious.parent, *ONE, "--force")
    assert result.exit_code == 2
    assert "not a directory of results" in result.stderr
    assert list(pictures(tmp_path)) == [str(precious)]
    assert precious.read_text() == "Years of work."


@pytest.mark.parametrize(
    "words",
    [
        ("--faults", "cat"),
        ("--faults", "cut:leaf0--spine7"),
        ("--faults", "nowhere.yaml"),
        ("--protocols", "rip"),
        ("--protocols", ""),
        ("--profile", "fast"),
        ("--profile", "tuned,mrai=soon"),
        ("--hardware", "abacus"),
        ("--sample", "0"),
        ("--prefixes", "0"),
        ("--workers", "0"),
        ("--asn", "random"),
    ],
)
def test_bad_input_makes_no_directory(tmp_path: Path, words: tuple[str, ...]) -> None:
    result = run(tmp_path / "out", *words)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("spec", ["leaf-spine:leaves=0", "tree", "file:nowhere.yaml", ""])
def test_a_bad_fabric_makes_no_directory(tmp_path: Path, spec: str) -> None:
    result = run(tmp_path / "out", *ONE, spec=spec)
    assert result.exit_code == 2, result.output
    assert list(tmp_path.iterdir()) == []


# --- what the fabric promises -------------------------------------------------------------------


def single_faults(fabric: Fabric) -> list[str]:
    """Every link, every trunk, and every switch above the leaves."""
    links = [f"cut:{fabric.link_name(link)}" for link in range(fabric.links)]
    trunks = [f"trunk:{name}" for name in fabric.srlg_names]
    above = zip(fabric.names, fabric.tier.tolist(), strict=True)
    return links + trunks + [f"switch:{name}" for name, tier in above if tier > 0]


def test_sidr_survives_every_single_cut_trunk_and_switch(tmp_path: Path) -> None:
    faults = single_faults(load(CLOS))
    assert len(faults) == 20 + 20 + 8
    scenario = tmp_path / "single.yaml"
    scenario.write_text("trials:\n" + "".join(f"- {fault}\n" for fault in faults))
    result = run(tmp_path / "out", "--faults", str(scenario), spec=CLOS)
    assert result.exit_code == 0, result.output
    rows = rows_of(tmp_path / "out")
    assert [row["fault"] for row in rows] == faults
    found = summary_of(tmp_path / "out")
    assert found["protocols"]["sidr"]["faults"] == len(faults)
    for cell in (found["protocols"]["sidr"], *found["results"]["tuned"]["sidr"].values()):
        assert (cell["unrecovered"], cell["loops"]) == (0, 0)
    assert all(int(row["repair_ns"]) < 10**9 for row in rows)
    assert all(float(row["lost_traffic_s"]) > 0 for row in rows)


def test_what_several_cuts_leave_unrecovered_is_counted_and_never_dropped(tmp_path: Path) -> None:
    words = ("--faults", "random:links,n=4", "--sample", "20")
    assert run(tmp_path / "out", *words, spec=CLOS).exit_code == 0
    rows = rows_of(tmp_path / "out")
    cell = summary_of(tmp_path / "out")["protocols"]["sidr"]
    assert cell["faults"] == len(rows) == 20
    assert cell["unrecovered"] == sum(row["repair_ns"] == "" for row in rows)
    assert (cell["repair_ns"]["max"] is None) == (cell["unrecovered"] > 0)
    assert len({row["fault"] for row in rows}) > 15


def test_an_unrecovered_fault_is_an_empty_cell_a_null_and_the_answer_no(tmp_path: Path) -> None:
    words = ("--protocols", "bgp", "--profile", "tuned,clear_queue=200s")
    asked = ("--assert", "bgp.repair_ns.median < 60s")
    out = tmp_path / "out"
    result = CliRunner().invoke(main, ["bench", SPEC, "-o", str(out), "-q", *words, *ONE, *asked])
    assert result.exit_code == 1, result.output
    (row,) = rows_of(tmp_path / "out")
    assert (row["repair_ns"], row["loss_window_ns_max"]) == ("", "")
    cell = summary_of(tmp_path / "out")["protocols"]["bgp"]
    assert cell["unrecovered"] == 1
    assert cell["repair_ns"] == {"median": None, "ci95": [None, None], "p99": None, "max": None}
    assert "= inf)" in result.stderr
