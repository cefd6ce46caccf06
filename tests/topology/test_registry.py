"""Kinds of fabric from other packages, good and bad."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from sidr.errors import TopologyError
from sidr.topology import kinds, load, registry
from sidr.topology.kinds import KINDS

EXAMPLE = Path(__file__).parents[1] / "plugins" / "example_topology"
NUMBERS = count()
"""Every package gets a module of its own: imported ones stay."""

SOUND = "from sidr.topology.kinds import Kind\nfrom sidr.topology import load\n"


def sidr(*arguments: str, path: Path = EXAMPLE) -> subprocess.CompletedProcess[str]:
    """`sidr` in a process of its own that finds the packages in `path`."""
    ran = [sys.executable, "-c", "from sidr.cli import main; main()", *arguments]
    root = Path(__file__).parents[2]
    found = os.environ | {"PYTHONPATH": os.pathsep.join([str(path), str(root)])}
    return subprocess.run(ran, capture_output=True, text=True, timeout=100, env=found)


def offer(folder: Path, entry: str, text: str, package: str = "my-fabrics") -> None:
    """A package that offers `entry = module:KIND`, its module holding `text`."""
    module = f"offered_{next(NUMBERS)}"
    info = folder / f"{package.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / f"{module}.py").write_text(text)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{entry} = {module}:KIND\n")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_a_kind_of_another_package_is_listed_with_its_parameters() -> None:
    listed = json.loads(sidr("topo", "list", "--format", "json").stdout)["kinds"]
    assert [entry["kind"] for entry in listed] == [*KINDS, "ring"]
    assert listed[-1]["parameters"]["switches"] == {"default": "6", "allowed": "3..4096"}
    assert "ring" in sidr("topo", "list").stdout


def test_a_kind_of_another_package_is_shown_and_planned() -> None:
    shown = sidr("topo", "show", "ring:switches=6", "--format", "json")
    assert shown.returncode == 0, shown.stderr
    facts = json.loads(shown.stdout)
    assert (facts["switches"], facts["links"], facts["diameter_hops"]) == (6, 6, 3)
    planned = sidr("plan", "ring", "--format", "json")
    assert planned.returncode == 0, planned.stderr
    assert json.loads(planned.stdout)["groups"] == 6


def test_mistakes_in_its_spec_are_told_as_in_ours() -> None:
    ran = sidr("topo", "show", "ring:switchs=2")
    assert ran.returncode == 2
    assert "did you mean 'switches'?" in ran.stderr
    assert "did you mean 'ring'?" in sidr("topo", "show", "rin").stderr


def test_neither_help_nor_our_own_kinds_look_for_packages() -> None:
    code = (
        "import importlib.metadata, sys\n"
        "look_up = importlib.metadata.entry_points\n"
        "def entry_points(**asked):\n"  # numba looks up its own
        "    return sys.exit('sought') if 'sidr' in str(asked) else look_up(**asked)\n"
        "importlib.metadata.entry_points = entry_points\n"
        "from sidr.cli import main\n"
        "main(sys.argv[1:])"
    )

    def error(*arguments: str) -> str:
        ran = [sys.executable, "-c", code, *arguments]
        return subprocess.run(ran, capture_output=True, text=True, timeout=100).stderr

    for arguments in (["--help"], ["topo", "--help"], ["topo", "show", "fat-tree"]):
        assert error(*arguments) == "", arguments
    assert error("topo", "list") == "sought\n"


def test_the_entry_names_the_kind(folder: Path) -> None:
    offer(folder, "twin", SOUND + "KIND = Kind('x', 'k=2', {}, lambda s, v: load('fat-tree:k=2'))")
    assert load("twin").switches == 5
    assert [kind.name for kind in kinds()] == [*KINDS, "twin"]
    assert registry.names() == [*KINDS, "twin"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nothing_of_this_name", "does not load: ModuleNotFoundError: No module named"),
        ("KIND = ", "does not load: SyntaxError"),
        ("OTHER = 1", "does not load: AttributeError"),
        ("KIND = print", "is no sidr.topology.kinds.Kind"),
        (SOUND + "KIND = Kind('x', '', {'n': 3}, print)", "is no sidr.topology.kinds.Kind with"),
        (SOUND + "KIND = Kind('x', '', None, print)", "does not load: AttributeError"),
    ],
    ids=["import", "syntax", "attribute", "no kind", "no parameter", "no parameters"],
)
def test_a_kind_that_does_not_load_is_one_line_with_its_package(
    folder: Path, text: str, said: str
) -> None:
    offer(folder, "bad", text)
    with pytest.raises(TopologyError) as caught:
        load("bad:n=1")
    (mistake,) = caught.value.mistakes
    assert said in str(mistake)
    assert str(mistake).endswith("mend or remove my-fabrics")
    assert registry.survey() == (list(KINDS.values()), [mistake])


@pytest.mark.parametrize(
    ("build", "said"),
    [
        ("lambda spec, values: values['x']", "fails: KeyError: 'x'"),
        ("lambda spec, values: spec", "makes a str, no Fabric"),
    ],
)
def test_a_kind_that_fails_is_one_line_with_its_package(
    folder: Path, build: str, said: str
) -> None:
    offer(folder, "bad", SOUND + f"KIND = Kind('bad', '', {{}}, {build})")
    with pytest.raises(TopologyError) as caught:
        load("bad")
    (mistake,) = caught.value.mistakes
    assert said in str(mistake)
    assert mistake.fix == "mend or remove my-fabrics"


def test_its_own_mistakes_pass_unchanged(folder: Path) -> None:
    lines = "def build(spec, values):\n    raise TopologyError.one(spec, 'too round')\n"
    text = f"{SOUND}from sidr.errors import TopologyError\n{lines}KIND = Kind('o', '', {{}}, build)"
    offer(folder, "round", text)
    with pytest.raises(TopologyError, match=r"^round: too round$"):
        load("round")


def test_our_names_win_and_then_the_first_package(folder: Path) -> None:
    sound = SOUND + "KIND = Kind('x', '', {}, lambda spec, values: load('fat-tree:k=%d'))"
    offer(folder / "a", "fat-tree", sound % 2, "a-fabrics")
    offer(folder / "b", "twin", sound % 4, "b-fabrics")
    offer(folder / "c", "twin", sound % 6, "c-fabrics")
    sys.path[:0] = [str(folder / package) for package in "cba"]
    try:
        assert load("fat-tree").switches == 20
        assert load("twin").switches == 20
        _, mistakes = registry.survey()
    finally:
        del sys.path[:3]
    assert [str(mistake).split(";")[0] for mistake in mistakes] == [
        "fat-tree: a-fabrics offers this kind, but sidr has it",
        "twin: c-fabrics offers this kind, but b-fabrics has it",
    ]


def test_a_broken_package_takes_nothing_else_along(tmp_path: Path) -> None:
    offer(tmp_path, "bad", "import nothing_of_this_name")
    listed = sidr("topo", "list", path=tmp_path)
    assert listed.returncode == 0
    assert "jellyfish" in listed.stdout
    (line,) = listed.stderr.splitlines()
    assert line.startswith("sidr: bad: ")
    assert line.endswith("mend or remove my-fabrics")
    shown = sidr("topo", "show", "bad", path=tmp_path)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr == listed.stderr
