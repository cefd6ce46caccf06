"""Protocols by name: ours, other packages', and what is wrong with a name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from sidr.errors import ProtocolError
from sidr.protocols import registry

NUMBERS = count()
"""Every package gets a module of its own: imported ones stay."""

SOUND = (
    "class OBJECT:\n    name, tagged, messages = {name!r}, False, int\n"
    "    cold = converged = staticmethod(lambda setting: None)\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which packages are found."""
    monkeypatch.syspath_prepend(str(tmp_path))
    registry.foreign.cache_clear()
    yield tmp_path
    registry.foreign.cache_clear()


def offer(folder: Path, entry: str, text: str, package: str = "my-protocols") -> None:
    """A package that offers `entry`, its module holding `text`."""
    module = f"registered_{next(NUMBERS)}"
    info = folder / f"{package.replace('-', '_')}-1.0.dist-info"
    info.mkdir()
    (folder / f"{module}.py").write_text(text)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{entry} = {module}:OBJECT\n")


def wrong(*asked: str) -> list[str]:
    with pytest.raises(ProtocolError) as caught:
        registry.check(asked)
    return [str(mistake) for mistake in caught.value.mistakes]


@pytest.mark.parametrize("name", registry.PROTOCOLS)
def test_every_protocol_of_ours_has_a_whole_kit_of_its_name(name: str) -> None:
    kit = registry.kit(name)
    assert kit.name == name
    assert all(hasattr(kit, part) for part in registry.PARTS)


def test_all_of_ours_are_listed_first_and_known() -> None:
    assert registry.names()[:3] == ["sidr", "bgp", "ospf"]
    registry.check(["ospf", "sidr", "bgp"])


def test_an_unknown_name_comes_with_the_nearest_and_all_are_told() -> None:
    found = wrong("sdir", "bgp", "opsf", "bgp")
    assert [line.split(";")[0] for line in found] == [
        "--protocols: unknown protocol 'sdir'",
        "--protocols: unknown protocol 'opsf'",
        "--protocols: bgp given twice",
    ]
    assert "did you mean 'sidr'?" in found[0]
    with pytest.raises(ProtocolError, match="did you mean 'ospf'"):
        registry.kit("opsf")


def test_another_package_is_found_by_its_entry_and_listed_last(folder: Path) -> None:
    offer(folder, "aardvark", SOUND.format(name="aardvark"))
    assert registry.names() == ["sidr", "bgp", "ospf", "aardvark"]
    registry.check(["aardvark", "sidr"])
    assert registry.kit("aardvark").name == "aardvark"


def test_a_name_of_ours_is_ours_and_another_belongs_to_the_first_package(folder: Path) -> None:
    offer(folder, "ospf", SOUND.format(name="theirs"), "a-package")
    offer(folder, "rip", SOUND.format(name="of c"), "c-package")
    offer(folder, "rip", SOUND.format(name="of b"), "b-package")
    assert registry.kit("ospf").name == "ospf"
    assert registry.kit("rip").name == "of b"
    assert registry.names() == ["sidr", "bgp", "ospf", "rip"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nothing_of_this_name", "does not load: ModuleNotFoundError: No module named"),
        ("OBJECT = ", "does not load: SyntaxError: invalid syntax"),
        ("OTHER = 1", "does not load: AttributeError"),
        ("raise RuntimeError('two\\nlines')", "does not load: RuntimeError: two lines"),
        ("OBJECT = 1", "is no sidr.protocols.kit.Kit: it lacks name, tagged, messages, cold"),
        ("class OBJECT:\n name = tagged = messages = cold = 1", "it lacks converged"),
    ],
)
def test_a_kit_that_does_not_work_is_one_line_with_its_package(
    folder: Path, text: str, said: str
) -> None:
    offer(folder, "bad", text)
    (line,) = wrong("sidr", "bad")
    assert line.startswith("bad: registered_")
    assert said in line
    assert line.endswith("mend or remove my-protocols")
    assert "\n" not in line


@pytest.mark.parametrize("name", ["sidr-as-bgp", "sidr-as-mine", "sidr-hello50"])
def test_a_name_that_campaigns_give_to_rows_of_sidr_is_refused(folder: Path, name: str) -> None:
    offer(folder, name, SOUND.format(name=name))
    (line,) = wrong("bgp", name)
    assert line.startswith(f"{name}: registered_")
    assert line.endswith("kept for rows of sidr itself; mend or remove my-protocols")
    offer(folder, "sidr-hello500", SOUND.format(name="a name of its own"), "other-protocols")
    registry.foreign.cache_clear()
    registry.check(["sidr-hello500"])


def test_a_protocol_is_imported_only_when_it_is_asked_for() -> None:
    code = (
        "import sys\nfrom sidr.protocols import registry\nregistry.check(['sidr', 'bgp'])\n"
        "registry.names()\nregistry.kit('bgp')\n"
        "print(*sorted({m.split('.')[2] for m in sys.modules if m.startswith('sidr.protocols.')}"
        " & {'sidr', 'bgp', 'ospf'}))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ran.stdout.strip(), ran.returncode) == ("bgp", 0), ran.stderr
