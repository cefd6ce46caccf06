from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sidr.cli.report import report
from sidr.errors import ResultError
from sidr.trace.results import Row, write_results
from sidr.trace.summary import summarise, summary_text


@pytest.fixture
def results_dir(tmp_path: Path) -> Path:
    """Two invented rows, SIDR ten times faster than BGP."""
    texts = {"fault": "cut:a--b", "fault_class": "cut", "profile": "tuned", "trace": "ab"}
    rows = []
    for protocol, repair in (("sidr", 10**6), ("bgp", 10**7)):
        numbers = dict.fromkeys(Row.__struct_fields__, 1) | {"repair_ns": repair}
        numbers |= {"trial": 0, "pairs_down": 0, "pairs_up": 0}
        rows.append(Row(**{**numbers, **texts, "protocol": protocol}))  # type: ignore[arg-type]
    summary = summarise(rows, fabric="f", seed=1, hardware="ideal", provenance={})
    write_results(tmp_path / "out", rows, summary=summary_text(summary), scenario="faults: []\n")
    return tmp_path / "out"


def test_the_page_is_rebuilt_and_the_verdict_printed(results_dir: Path) -> None:
    done = CliRunner().invoke(report, [str(results_dir)])
    assert done.exit_code == 0, done.output
    assert "10× sooner than BGP" in " ".join(done.stdout.split())
    assert f"page: {results_dir / 'report.html'}" in done.stderr
    assert (results_dir / "report.html").read_text().startswith("<!DOCTYPE html>")


def test_json_is_the_summary(results_dir: Path) -> None:
    done = CliRunner().invoke(report, [str(results_dir), "--format", "json"])
    assert json.loads(done.stdout) == json.loads((results_dir / "summary.json").read_text())


def test_a_directory_without_results_is_bad_input(tmp_path: Path) -> None:
    done = CliRunner().invoke(report, [str(tmp_path)])
    assert isinstance(done.exception, ResultError)
