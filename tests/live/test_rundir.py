"""One emulation in a directory, and nothing left of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sidr.errors import BusError
from sidr.live.rundir import SOCKET, TABLES, RunDir, default, pid_of


def test_a_directory_is_held_by_one_and_names_it(tmp_path: Path) -> None:
    held = RunDir(tmp_path / "a" / "run")
    assert (tmp_path / "a" / "run").stat().st_mode & 0o777 == 0o700
    code = (
        "import sys; from pathlib import Path; from sidr.live.rundir import RunDir\n"
        "try: RunDir(Path(sys.argv[1]))\nexcept Exception as error: print(error)"
    )
    command = [sys.executable, "-c", code, str(held.path)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    assert f"process {os.getpid()}" in told
    assert pid_of(held.path) == os.getpid()
    held.leave()
    assert not held.path.exists()
    assert pid_of(held.path) is None


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / SOCKET).write_text("left by a dead one")
    held = RunDir(tmp_path)
    assert not (tmp_path / SOCKET).exists()
    held.leave()
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_tables_may_stay(tmp_path: Path) -> None:
    held = RunDir(tmp_path / "run")
    (held.path / TABLES).write_text("tables")
    held.leave(keep=True)
    assert [p.name for p in held.path.iterdir()] == [TABLES]


def test_a_place_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BusError, match="--run-dir"):
        RunDir(tmp_path / "file")


def test_the_default_follows_the_user(tmp_path: Path) -> None:
    assert default({"XDG_STATE_HOME": str(tmp_path)}) == tmp_path / "sidr" / "run"
    assert default({}).parts[-4:] == (".local", "state", "sidr", "run")
