"""Every command of the README runs, in order, and prints what the README shows.

A line `...` stands for any lines, ` ...` inside a line for the rest of it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()


def commands(text: str) -> list[tuple[str, list[str]]]:
    """(command, lines shown) of every console block."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def matches(shown: list[str], printed: str) -> bool:
    """Whether output is what was shown, trailing blanks aside."""
    pattern = []
    for line in shown:
        start = re.escape(line.rstrip().removesuffix("..."))
        if line.strip() == "...":
            pattern.append(r"(?:.*\n)*?")
        else:
            pattern.append(start + (r".*" if line.rstrip().endswith("...") else r"[ ]*") + r"\n")
    return re.fullmatch("".join(pattern), printed) is not None


@pytest.mark.timeout(150)
def test_every_command_prints_what_the_readme_shows(tmp_path: Path) -> None:
    shutil.copy(ROOT / "topologies" / "ring-7.yaml", tmp_path)
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("SIDR_")}
    programs = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    inherited.pop("COLUMNS", None)
    environment = {**inherited, "PATH": programs}
    found = commands(README)
    assert len(found) > 5
    for command, shown in found:
        ran = subprocess.run(
            command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert ran.returncode == 0, (command, ran.stderr)
        assert matches(shown, ran.stdout), f"{command}\n{ran.stdout}"
    assert (tmp_path / "demo" / "report.html").is_file()
    picture_is_of(tmp_path / "demo", tmp_path)


def picture_is_of(results: Path, place: Path) -> None:
    """The committed picture is what the program makes of these results."""
    kept = ROOT / "bench" / "results" / "recovery.svg"
    before = kept.read_bytes()
    shutil.copytree(ROOT / "bench", place / "bench")
    program = [sys.executable, str(place / "bench" / "picture.py"), str(results)]
    subprocess.run(program, check=True, capture_output=True, timeout=60)
    assert (place / "bench" / "results" / "recovery.svg").read_bytes() == before


def test_a_wrong_figure_is_caught() -> None:
    assert matches(["a  1", "...", "z ..."], "a  1\nb\nc\nz 9 8\n")
    assert not matches(["a  2", "...", "z ..."], "a  1\nb\nc\nz 9 8\n")
    assert not matches(["a  1"], "a  1\nb\n")


def test_the_map_of_rooms_names_every_room() -> None:
    rooms = {p.parent.name for p in (ROOT / "sidr").glob("*/__init__.py")}
    assert set(re.findall(r"\| `sidr/(\w+)` \|", README)) == rooms


def test_every_place_that_the_readme_names_exists() -> None:
    for name in re.findall(r"`((?:sidr|tests|bench|topologies)/[\w./-]+)`", README):
        assert (ROOT / name).exists(), name
