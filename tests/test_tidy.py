"""The house stays tidy; bad samples prove that each check can fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import tidy

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "sidr").rglob("*.py"))
TESTS = sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "tests").rglob("*.py"))
HEAVY = (
    *("numpy", "numba", "networkx", "scipy", "pydantic", "aiomqtt", "jinja2"),
    *("cryptography", "matplotlib", "starlette", "uvicorn"),
)


def text(path: str) -> str:
    return (ROOT / path).read_text()


def tracked() -> list[str]:
    """Files of the project as git sees them; in an unpacked archive, the ones we know."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    names = listed.stdout.split("\n") if listed.returncode == 0 else [*SOURCES, *TESTS]
    return [name for name in names if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("path", SOURCES)
def test_a_source_file_keeps_the_rules(path: str) -> None:
    assert tidy.everything(path, text(path)) == []


@pytest.mark.parametrize("path", TESTS)
def test_a_test_file_keeps_its_size(path: str) -> None:
    assert tidy.sizes(path, text(path)) == []


def test_every_module_has_a_test_file() -> None:
    assert tidy.unmirrored(SOURCES, TESTS) == []


def test_no_file_names_a_machine_a_workplace_or_a_registry() -> None:
    found = []
    for name in tracked():
        data = (ROOT / name).read_bytes()
        if b"\0" not in data:
            found += tidy.leaks(name, data.decode())
    assert found == []


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys\nfrom sidr.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        f"sys.stderr.write(','.join(m for m in {HEAVY!r} if m in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Usage" in ran.stdout


SAMPLES = {
    "imports up": ("sidr/plan/x.py", "from sidr.sim import world", "not below it"),
    "imports sideways": ("sidr/plan/x.py", "import sidr.fault.kinds", "not below it"),
    "imports up, by the package": ("sidr/graph/x.py", "from sidr import cli", "not below it"),
    "imports up, inside a function": (
        "sidr/model/x.py",
        "def f():\n    from sidr.trace import results",
        "not below it",
    ),
    "a clock in a core": ("sidr/protocols/x.py", "import time", "pure room"),
    "asyncio in a core": ("sidr/trace/x.py", "from asyncio import sleep", "pure room"),
    "networkx in a kernel": ("sidr/graph/x.py", "import networkx as nx", "belongs to"),
    "a web server out of its modules": ("sidr/live/agent.py", "import uvicorn", "belongs to"),
    "mqtt out of its module": ("sidr/live/agent.py", "import aiomqtt", "belongs to"),
    "a long module": ("sidr/plan/x.py", "x = 1\n" * 401, "401 lines"),
    "a long function": ("sidr/plan/x.py", "def f():\n" + "    x = 1\n" * 60, "61 lines"),
    "six positions": ("sidr/plan/x.py", "def f(a, b, c, d, e, g): ...", "6 positions"),
    "global": ("sidr/plan/x.py", "def f():\n    global x", "global"),
    "a vague name": ("sidr/plan/utils.py", "", "says nothing"),
    "no docstring": ("sidr/plan/x.py", "x = 1", "no docstring"),
    "a silent function": ("sidr/plan/x.py", '"""X."""\ndef f(): ...', "f has no docstring"),
    "a silent room": ("sidr/plan/__init__.py", '"""Plans."""', "how to add"),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_checks_catch(name: str) -> None:
    path, sample, complaint = SAMPLES[name]
    assert any(complaint in line for line in tidy.everything(path, sample))


def test_five_positions_and_kernels_with_more_are_allowed() -> None:
    assert tidy.sizes("sidr/x.py", "def f(self, a, b, c, d, e, *, g): ...") == []
    assert tidy.sizes("sidr/x.py", "@njit(cache=True)\ndef f(a, b, c, d, e, g): ...") == []


@pytest.mark.parametrize("word", ["/work" + "/main", "../" + "shared", "https://pypi." + "org/x"])
def test_leaks_are_caught(word: str) -> None:
    assert tidy.leaks("README.md", f"see {word}") != []


def test_a_module_without_a_test_is_caught() -> None:
    assert tidy.unmirrored(["sidr/a/b.py", "sidr/c.py"], ["tests/a/test_b.py"]) == [
        "sidr/c.py: tests/test_c.py is missing"
    ]
