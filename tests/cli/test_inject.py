"""`sidr inject` and `sidr clear` from another terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.emulations import PROGRAM, SPEC, environment, sidr, status


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A run directory in which an emulation runs."""
    where = tmp_path_factory.mktemp("live") / "run"
    assert sidr(where, "run", SPEC, "--detach").returncode == 0
    yield where
    assert sidr(where, "down").returncode == 0


def test_a_cut_shows_and_is_taken_back(place: Path) -> None:
    done = sidr(place, "inject", "cut:leaf0--spine1", "--format", "json")
    assert json.loads(done.stdout)["changes"] == ["0 s  link-down leaf0--spine1"]
    seen = status(place)
    assert seen["links_down"] == ["leaf0--spine1"]
    assert seen["detours"][0]["switch"] == "spine1"
    assert seen["delivered_share"] == 1.0
    assert "1 taken back" in sidr(place, "clear", "leaf0--spine1").stdout
    assert status(place)["links_down"] == []


def test_a_dry_run_changes_nothing(place: Path) -> None:
    done = sidr(place, "inject", "switch:spine0+2s", "--dry-run")
    assert done.stdout.splitlines() == ["0 s  switch-down spine0", "2 s  switch-up spine0"]
    assert status(place)["switches_down"] == []


def test_a_scenario_file_is_found_from_where_the_user_stands(place: Path) -> None:
    (place.parent / "two.yaml").write_text("trials:\n- cut:leaf0--spine0\n- cut:leaf1--spine0\n")
    several = sidr(place, "inject", "two.yaml")
    assert (several.returncode, "--trial N" in several.stderr) == (2, True)
    assert sidr(place, "inject", "two.yaml", "--trial", "1").returncode == 0
    assert status(place)["faults"] == ["link-down leaf1--spine0"]
    assert sidr(place, "clear").returncode == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["inject", "cut:leaf0--spine9"], "spine"),
        (["inject", "cutt:leaf0--spine0"], "did you mean 'cut'"),
        (["inject", "none.yaml"], "none.yaml"),
        (["clear", "leaf7--spine0"], "leaf"),
    ],
)
def test_a_mistake_is_one_helpful_line(place: Path, words: list[str], told: str) -> None:
    failed = sidr(place, *words)
    assert (failed.returncode, failed.stdout) == (2, "")
    assert told in failed.stderr
    assert len(failed.stderr.splitlines()) == 1


def test_nothing_runs_here(tmp_path: Path) -> None:
    for words in (["inject", "cut"], ["clear"], ["status"], ["down"]):
        failed = sidr(tmp_path / "none", *words)
        assert failed.returncode == 3
        assert "sidr run SPEC --detach" in failed.stderr


def test_a_shell_completes_kinds_and_names_of_the_running_fabric(place: Path) -> None:
    import subprocess

    def complete(words: str, count: int) -> str:
        asked = {"_SIDR_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
        return subprocess.run([*PROGRAM[:2], "from sidr.cli import main; main(prog_name='sidr')"],
                              env={**environment(place), **asked}, capture_output=True, text=True,
                              timeout=60).stdout  # fmt: skip

    assert "plain,cut:" in complete("sidr inject cu", 2)
    assert "plain,cut:leaf0--spine1" in complete("sidr inject cut:leaf0", 2)
    assert "plain,switch:spine0" in complete("sidr inject switch:spi", 2)
    assert "plain,leaf1--spine0" in complete("sidr clear leaf1", 2)
