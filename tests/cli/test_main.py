"""The group behind `sidr`: lazy loading, errors as lines, exit codes."""

import subprocess
import sys
import textwrap
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import sidr
from sidr import cli
from sidr.cli import COMMANDS, main

HEAVY = [
    "numpy",
    "numba",
    "networkx",
    "scipy",
    "pydantic",
    "aiomqtt",
    "jinja2",
    "cryptography",
    "matplotlib",
    "rich",
    "yaml",
    "msgspec",
]


@pytest.fixture
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command `fail` that does what its argument says."""
    (tmp_path / "plugged.py").write_text(
        textwrap.dedent("""
        import click
        from sidr.cli.options import sample
        from sidr.errors import BusError, FaultError, LabError, Mistake

        RAISED = {
            "bad": FaultError([Mistake("a", "one"), Mistake("b", "two\\nlines")]),
            "bus": BusError([Mistake("bus", "is gone")]),
            "lab": LabError([Mistake("lab", "has no FRR")]),
            "ctrl-c": KeyboardInterrupt(),
            "pipe": BrokenPipeError(),
            "bug": AssertionError("a bug"),
        }

        @click.group()
        def fail(): ...

        @fail.command()
        @click.argument("how")
        def now(how): raise RAISED[how]

        @fail.command()
        @sample(20)
        def draw(sample): click.echo(sample)
        """)
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(COMMANDS, "fail", ("plugged:fail", "Fail."))


def run(*args: str, **env: str) -> Result:
    return CliRunner().invoke(main, list(args), env=env)


def test_help_loads_no_heavy_library_and_no_command() -> None:
    code = textwrap.dedent(f"""
        import sys
        from sidr.cli import main
        try:
            main(["--help"])
        except SystemExit as done:
            assert done.code == 0
        loaded = [m for m in {HEAVY} if m in sys.modules]
        loaded += [m for m in sys.modules if m.startswith("sidr.cli.")]
        assert not loaded, loaded
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_help_lists_every_command_with_its_line() -> None:
    shown = run("--help").stdout
    assert all(name in shown and short in shown for name, (_, short) in COMMANDS.items())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_exists(name: str) -> None:
    module, _, attribute = COMMANDS[name][0].partition(":")
    assert isinstance(getattr(import_module(module), attribute), click.Command)


def test_version_is_the_packages() -> None:
    assert sidr.__version__ in run("--version").stdout


def test_an_unknown_command_is_bad_input_and_names_the_nearest() -> None:
    result = run("bensh")
    assert result.exit_code == 2
    assert "'bench'" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_option_is_bad_input_and_names_the_nearest(plugged: None) -> None:
    result = run("fail", "draw", "--sampel", "3")
    assert result.exit_code == 2
    assert "--sample" in result.stderr


def test_every_mistake_is_one_line_and_the_exit_code_is_2(plugged: None) -> None:
    result = run("fail", "now", "bad")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == ["sidr: a: one", "sidr: b: two lines"]
    assert result.stdout == ""


@pytest.mark.parametrize(
    "args", [["--debug", "fail", "now", "bad"], ["fail", "now", "bad", "--debug"]]
)
def test_debug_shows_the_traceback_and_keeps_the_exit_code(plugged: None, args: list[str]) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert "Traceback" in result.stderr
    assert "sidr: a: one" in result.stderr


@pytest.mark.parametrize("how", ["bus", "lab"])
def test_what_the_environment_lacks_exits_3(plugged: None, how: str) -> None:
    assert run("fail", "now", how).exit_code == 3


def test_ctrl_c_exits_130(plugged: None) -> None:
    result = run("fail", "now", "ctrl-c")
    assert result.exit_code == 130
    assert result.stderr == "sidr: interrupted\n"


def test_a_reader_that_went_away_is_no_complaint(plugged: None) -> None:
    result = run("fail", "now", "pipe")
    assert result.exit_code == cli.BROKEN_PIPE
    assert result.stderr == ""


def test_a_bug_is_not_hidden(plugged: None) -> None:
    assert isinstance(run("fail", "now", "bug").exception, AssertionError)


def test_an_option_is_also_a_variable_and_the_narrower_one_wins(plugged: None) -> None:
    assert run("fail", "draw").stdout == "20\n"
    assert run("fail", "draw", SIDR_SAMPLE="3").stdout == "3\n"
    assert run("fail", "draw", SIDR_SAMPLE="3", SIDR_FAIL_DRAW_SAMPLE="4").stdout == "4\n"
    assert run("fail", "draw", "--sample", "5", SIDR_SAMPLE="3").stdout == "5\n"


def test_a_real_broken_pipe_leaves_stderr_empty(plugged: None, tmp_path: Path) -> None:
    code = (
        "import click\n@click.command()\ndef flood():\n    for i in range(100000): click.echo(i)\n"
    )
    (tmp_path / "flood.py").write_text(code)
    start = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from sidr.cli import COMMANDS, main\n"
        "COMMANDS['flood'] = ('flood:flood', ''); main(['flood'])"
    )
    flood = subprocess.Popen(
        [sys.executable, "-c", start], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert flood.stdout is not None
    assert flood.stderr is not None
    assert flood.stdout.readline() == "0\n"
    flood.stdout.close()
    assert flood.stderr.read() == ""
    flood.stderr.close()
    assert flood.wait() == cli.BROKEN_PIPE
