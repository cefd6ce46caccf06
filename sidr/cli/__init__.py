"""The command line: the only room that prints to a person or decides an exit code.

Here is `main`, the group behind the program `sidr`. It imports a command's module only when that
command runs, so `sidr --help` stays instant. One file per command; `options.py` holds the options
that commands share, `output.py` writes JSON, tables and progress. What a command computes is not
here: it belongs to the room that owns the question.

Exit codes: 0 ok; 1 the question was valid and the answer is no; 2 bad input; 3 the environment
lacks something; 130 after Ctrl-C. Commands raise SidrErrors and never print them; for the answer
"no" they call `ctx.exit(1)`.

To add a command, do: write `NAME.py` with a click command in it, and one line in `COMMANDS`.
"""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import Any

import click

from sidr import __version__
from sidr.errors import BusError, LabError, SidrError, nearest

COMMANDS: dict[str, tuple[str, str]] = {
    "topo": ("sidr.cli.topo:topo", "Fabric kinds and files: list, show, check, convert."),
    "plan": ("sidr.cli.plan:plan", "Compute a fabric's plan, certify it and save it."),
    "verify": ("sidr.cli.verify:verify", "Exact delivered shares over sets of failures."),
    "bench": ("sidr.cli.bench:bench", "Convergence benchmark: faults x protocols x profiles."),
    "replay": ("sidr.cli.replay:replay", "One trial of a benchmark again, event by event."),
    "run": ("sidr.cli.run:run", "Planner and agents, live, on emulated links."),
    "agents": ("sidr.cli.agents:agents", "A share of the agents, on another host."),
    "inject": ("sidr.cli.inject:inject", "Break something in a running emulation."),
    "clear": ("sidr.cli.inject:clear", "Take back what was broken."),
    "status": ("sidr.cli.status:status", "What a running emulation delivers at this moment."),
    "down": ("sidr.cli.status:down", "End a running emulation."),
    "report": ("sidr.cli.report:report", "Rebuild the page of a benchmark from its results."),
}
"""Command name -> (`module:attribute`, one line of help that needs no import)."""

BAD_INPUT = 2
LACKING = 3
INTERRUPTED = 130
BROKEN_PIPE = 141
"""128 + SIGPIPE, what a shell reports for a program whose reader went away."""

DEBUG = "sidr.debug"


def _note_debug(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta[DEBUG] = True


def _debug_option() -> click.Option:
    return click.Option(
        ["--debug"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_note_debug,
        help="Show tracebacks.",
    )


class LazyGroup(click.Group):
    """A group that imports a command only to run it, and turns errors into lines and codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        _complete(command, f"SIDR_{cmd_name.upper()}")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            meant = nearest(args[0], COMMANDS)
            hint = f" Did you mean {meant!r}?" if meant else ""
            ctx.fail(f"No such command {args[0]!r}.{hint} Commands: {', '.join(COMMANDS)}.")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except SidrError as error:
            ctx.exit(_explain(error, debug=DEBUG in ctx.meta))
        except KeyboardInterrupt:
            click.echo("sidr: interrupted", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            _drop_stdout()
            ctx.exit(BROKEN_PIPE)


def _complete(command: click.Command, prefix: str) -> None:
    """Give a command and its subcommands `--debug`, and every option its two variables.

    `SIDR_BENCH_SAMPLE` goes before `SIDR_SAMPLE`; an `envvar=` that a command set itself stays.
    """
    if not any(option.name == "debug" for option in command.params):
        command.params.append(_debug_option())
    for option in command.params:
        if isinstance(option, click.Option) and option.envvar is None and option.name:
            name = option.name.upper()
            option.envvar = [f"{prefix}_{name}", f"SIDR_{name}"]
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            _complete(child, f"{prefix}_{name.upper().replace('-', '_')}")


def _explain(error: SidrError, *, debug: bool) -> int:
    """Print every mistake of an error, one line each, and say with which code to exit."""
    if debug:
        traceback.print_exc()
    for mistake in error.mistakes:
        click.echo("sidr: " + " ".join(str(mistake).split("\n")), err=True)
    if not error.mistakes:
        click.echo(f"sidr: {type(error).__name__}", err=True)
    return LACKING if isinstance(error, (BusError, LabError)) else BAD_INPUT


def _drop_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush finds no broken pipe."""
    with suppress(OSError, ValueError):  # stdout without a descriptor, as under a test runner
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=LazyGroup,
    params=[_debug_option()],
    context_settings={
        "auto_envvar_prefix": "SIDR",
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
    },
)
@click.version_option(__version__, prog_name="sidr")
def main() -> None:
    """A laboratory for fabric routing: when light goes out somewhere in a fabric, how long does
    traffic suffer, and what would another way of routing have done?

    Every option can also be given as an environment variable, SIDR_OPTION or, for one command
    only, SIDR_COMMAND_OPTION.
    """
