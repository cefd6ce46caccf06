"""What people get wrong, and exactly what they are told: the cases of `tests/errors`.

A case is a text file: perhaps files that lie in the working directory (`== NAME` and their lines),
then a command (`$ sidr ...`), then all that it prints on stderr. Lines with `#` at the very top
say why. With SIDR_REWRITE=1 in the environment the last part is written anew; read the difference.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from sidr.cli import main

CASES = sorted((Path(__file__).resolve().parent.parent / "errors").glob("*.txt"))
REWRITE = os.environ.get("SIDR_REWRITE", "")
FILE, COMMAND = "== ", "$ sidr "


class Case(NamedTuple):
    """A case as written: everything up to its command, that command, and what it must print."""

    head: str
    files: dict[str, str]
    arguments: list[str]
    stderr: str


class Told(NamedTuple):
    """What a command did: its output, and the working directory before and after."""

    exit_code: int
    stdout: str
    stderr: str
    exception: BaseException | None
    before: dict[str, bytes | None]
    after: dict[str, bytes | None]


def parsed(text: str) -> Case:
    head, files, lines = "", {}, text.splitlines(keepends=True)
    name = ""
    for number, line in enumerate(lines):
        head += line
        if line.startswith(COMMAND):
            arguments = shlex.split(line.removeprefix(COMMAND))
            return Case(head, files, arguments, "".join(lines[number + 1 :]))
        if line.startswith(FILE):
            name = line.removeprefix(FILE).strip()
            files[name] = ""
        elif name:
            files[name] += line
        else:
            assert line.startswith("#"), f"line {number + 1}: {line!r}"
    raise AssertionError(f"no line that begins with {COMMAND!r}")


def tree(place: Path) -> dict[str, bytes | None]:
    """Every path below a directory, with its bytes; None = a directory."""
    return {
        path.relative_to(place).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(place.rglob("*"))
    }


@pytest.fixture(scope="module", params=CASES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture(scope="module")
def told(path: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The case's command, run where only the case's files are."""
    case = parsed(path.read_text())
    place = tmp_path_factory.mktemp(path.stem)
    for name, text in case.files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    before = tree(place)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        done = CliRunner().invoke(main, case.arguments)
    if REWRITE:
        path.write_text(case.head + done.stderr)
    return Told(done.exit_code, done.stdout, done.stderr, done.exception, before, after=tree(place))


def test_a_mistake_is_told_in_exactly_these_words_and_exits_2(path: Path, told: Told) -> None:
    assert told.stderr == parsed(path.read_text()).stderr != ""
    assert told.exit_code == 2
    assert isinstance(told.exception, SystemExit)  # nothing else escaped


def test_a_mistake_leaves_stdout_empty_and_every_file_as_it_was(told: Told) -> None:
    assert told.stdout == ""
    assert told.after == told.before


def test_five_mistakes_of_a_fabric_file_are_five_lines_with_their_places() -> None:
    case = parsed(next(path for path in CASES if path.stem == "five-mistakes").read_text())
    places = [line.split(": ")[1] for line in case.stderr.splitlines()]
    assert [place.split(":")[1] for place in places] == ["1", "4", "5", "7", "8"]
    assert all(place.startswith("five.yaml:") for place in places)


def test_a_case_is_read_as_it_is_written() -> None:
    text = "# why\n== a/b.yaml\nx: 1\n# y\n== c\n$ sidr plan 'a b'\nsidr: no\nsidr: never\n"
    case = parsed(text)
    assert case.files == {"a/b.yaml": "x: 1\n# y\n", "c": ""}
    assert case.arguments == ["plan", "a b"]
    assert case.head + case.stderr == text
    assert case.stderr == "sidr: no\nsidr: never\n"


def test_a_new_or_changed_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    before = tree(tmp_path)
    (tmp_path / "a").write_text("2")
    changed = tree(tmp_path)
    (tmp_path / "out").mkdir()
    assert before != changed != tree(tmp_path)
