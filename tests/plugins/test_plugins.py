"""Protocols and kinds of fault from other packages: found by entry point, run like ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sidr.errors import FaultError, SidrError
from sidr.fault import schedule
from sidr.fault.kinds import survey
from sidr.protocols import registry
from sidr.topology import load
from tests.protocols.settled import (
    IRREGULAR,
    PARALLEL,
    fabric_of,
    fib_ports,
    shortest_paths,
    single_faults,
    strike,
    world_of,
)

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EXAMPLES = (HERE / "example_protocol", HERE / "example_fault")
SPEC = "leaf-spine:leaves=3,spines=2"
BENCH = (
    *("bench", SPEC, "--protocols", "sidr,example", "--faults", "neighbourhood"),
    *("--sample", "3", "--profile", "tuned", "--hardware", "ideal", "-q"),
)


def sidr(
    *arguments: str, packages: tuple[Path, ...] = EXAMPLES
) -> subprocess.CompletedProcess[str]:
    """`sidr` in a process of its own that finds the packages in these folders."""
    ran = [sys.executable, "-c", "from sidr.cli import main; main()", *arguments]
    found = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (*packages, ROOT)))}
    return subprocess.run(ran, capture_output=True, text=True, timeout=150, env=found)


def offer(folder: Path, group: str, entry: str, text: str) -> Path:
    """A folder with a package `my-package` that offers `entry` as OBJECT of its module."""
    info = folder / "my_package-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "my_module.py").write_text(text)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{entry} = my_module:OBJECT\n")
    return folder


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Directories of the same campaign, by one worker and by two."""
    places = [tmp_path_factory.mktemp("bench") / str(workers) for workers in (1, 2)]
    for workers, place in enumerate(places, 1):
        ran = sidr(*BENCH, "--workers", str(workers), "-o", str(place))
        assert ran.returncode == 0, ran.stderr
    return places


def test_results_do_not_depend_on_the_number_of_workers(results: list[Path]) -> None:
    one, two = ((place / "results.csv").read_bytes() for place in results)
    assert one == two
    assert one.count(b"\n") == 1 + 2 * 3


def test_the_protocol_and_the_fault_are_in_the_summary(results: list[Path]) -> None:
    summary = json.loads((results[0] / "summary.json").read_text())
    assert set(summary["protocols"]) == {"sidr", "example"}
    assert summary["protocols"]["example"]["faults"] == 3
    assert summary["protocols"]["example"]["repair_ns"]["median"] > 0
    assert "neighbourhood" in summary["results"]["tuned"]["example"]
    assert "neighbourhood" in summary["ratios"]["tuned"]["example"]


def test_the_page_shows_them(results: list[Path]) -> None:
    page = (results[0] / "report.html").read_text()
    assert "example" in page
    assert "neighbourhood" in page
    assert "--protocol example" in page


def test_the_exact_scenario_is_read_without_the_package_of_the_fault(results: list[Path]) -> None:
    trials = schedule(load(SPEC), [str(results[0] / "scenario.yaml")]).trials
    assert [t.fault_class for t in trials] == ["neighbourhood"] * 3
    assert {len(t.changes) for t in trials} <= {2, 3}
    with pytest.raises(FaultError, match="unknown kind of fault"):
        schedule(load(SPEC), [trials[0].fault])


def test_a_trial_of_theirs_is_replayed(results: list[Path]) -> None:
    ran = sidr("replay", str(results[0]), "--fault", "0", "--protocol", "example")
    assert ran.returncode == 0, ran.stderr
    assert "example.hops(group=leaf0, hops=" in ran.stdout
    assert "equal           True" in ran.stdout


def test_the_fault_takes_options_and_names_its_mistakes_as_ours_do(tmp_path: Path) -> None:
    ran = sidr(
        *("bench", SPEC, "--protocols", "exmaple", "--faults", "neighbourhod"),
        *("--faults", "neighbourhood:spin1", "--faults", "neighbourhood:spine1,gpa=1s"),
        *("-o", str(tmp_path / "out")),
    )
    assert ran.returncode == 2
    assert ran.stdout == ""
    for meant in ("example", "neighbourhood", "spine1", "gap"):
        assert f"did you mean {meant!r}?" in ran.stderr
    assert len(ran.stderr.splitlines()) == 4


# --- packages that do not work ------------------------------------------------------------------

KIND = (
    "from sidr.fault.kinds import Kind\nfrom sidr.fault import targets\n"
    "OBJECT = Kind('x', 'x', {find}, {options}, {strike})\n"
)
SOUND = {"find": "targets.switches", "options": "{}", "strike": "print"}
BROKEN = {
    "protocol that is not there": (
        *("sidr.protocols", "import nothing_of_this_name"),
        "does not load: ModuleNotFoundError: No module named 'nothing_of_this_name'",
    ),
    "protocol that is no kit": (
        *("sidr.protocols", "OBJECT = print"),
        "is no sidr.protocols.kit.Kit: it lacks name, tagged, messages, cold, converged",
    ),
    "fault of bad grammar": ("sidr.faults", "OBJECT = = 1", "does not load: SyntaxError"),
    "fault that is no kind": ("sidr.faults", "OBJECT = 1", "is no sidr.fault.kinds.Kind"),
    "fault with odd options": (
        *("sidr.faults", KIND.format(**SOUND | {"options": "{'gap': 'minutes'}"})),
        "has options of other forms than",
    ),
    "fault that finds nothing": (
        *("sidr.faults", KIND.format(**SOUND | {"find": "lambda fabric, text, where: {}['x']"})),
        "fails: KeyError: 'x'",
    ),
    "fault that strikes nobody": (
        *("sidr.faults", KIND.format(**SOUND | {"strike": "lambda *given: 1 // 0"})),
        "fails: ZeroDivisionError",
    ),
    "fault that strikes with nothing": (
        *("sidr.faults", KIND.format(**SOUND | {"strike": "lambda *given: None"})),
        "makes a NoneType, no Pick",
    ),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which packages are found, by this process too."""

    def forget() -> None:
        registry.foreign.cache_clear()
        survey.cache_clear()
        sys.modules.pop("my_module", None)

    monkeypatch.syspath_prepend(str(tmp_path / "packages"))
    forget()
    yield tmp_path / "packages"
    forget()


@pytest.mark.parametrize("name", BROKEN)
def test_a_package_that_does_not_work_is_one_mistake_with_its_name(name: str, folder: Path) -> None:
    group, text, said = BROKEN[name]
    offer(folder, group, "bad", text)
    with pytest.raises(SidrError) as caught:
        if group == registry.GROUP:
            registry.check(["sidr", "bad"])
        else:
            schedule(load(SPEC), ["cut", "bad"])
    (mistake,) = caught.value.mistakes
    assert (mistake.where, mistake.fix) == ("bad", "mend or remove my-package")
    assert mistake.found.startswith(f"my_module:OBJECT {said}")


@pytest.mark.parametrize(
    ("group", "protocols", "fault"),
    [("sidr.protocols", "sidr,bad", "cut"), ("sidr.faults", "sidr", "bad")],
)
def test_for_users_it_is_one_line_and_nothing_is_written(
    tmp_path: Path, group: str, protocols: str, fault: str
) -> None:
    package, out = offer(tmp_path / "packages", group, "bad", "OBJECT = 1"), tmp_path / "out"
    words = ("--protocols", protocols, "--faults", fault, "-o", str(out))
    ran = sidr("bench", SPEC, *words, packages=(package,))
    assert (ran.returncode, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert line.startswith("sidr: bad: my_module:OBJECT is no sidr.")
    assert line.endswith("mend or remove my-package")
    assert not out.exists()


def test_a_package_that_does_not_work_takes_nothing_else_along(tmp_path: Path) -> None:
    bad = "import nothing_of_this_name"
    packages = (
        offer(tmp_path / "a", "sidr.protocols", "bad", bad),
        offer(tmp_path / "b", "sidr.faults", "bad", bad),
    )
    words = [*BENCH, "--workers", "1", "-o", str(tmp_path / "out")]
    ran = sidr(*words, packages=(*packages, *EXAMPLES))
    assert ran.returncode == 0, ran.stderr


# --- the example itself -------------------------------------------------------------------------


@pytest.mark.parametrize("spec", [IRREGULAR, PARALLEL])
def test_the_example_agrees_with_shortest_paths_after_every_single_fault(
    spec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES[0]))
    from example_hops import KIT

    fabric = fabric_of(spec)
    intact = shortest_paths(fabric, [])
    assert fib_ports(world_of(fabric, KIT)) == fib_ports(world_of(fabric, KIT, cold=True)) == intact
    for name, change in single_faults(fabric):
        world = strike(world_of(fabric, KIT), [change])
        assert fib_ports(world) == shortest_paths(fabric, [change]), name
