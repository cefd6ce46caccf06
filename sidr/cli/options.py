"""Options that commands share, so that one thing has one spelling everywhere.

Decorators only; each names the keyword argument that the command function receives.
`--debug` is not here: the group adds it to every command.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def output_format(command: F) -> F:
    """`--format table|json`, as `format: str`; table by default."""
    return click.option(
        "--format",
        "format",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="What goes to stdout.",
    )(command)


def output_file(text: str = "Write to this file.") -> Callable[[F], F]:
    """`-o/--output FILE`, as `output: Path | None`."""
    kind = click.Path(dir_okay=False, path_type=Path)
    return click.option("-o", "--output", type=kind, default=None, help=text)


def output_dir(text: str = "Write into this directory.") -> Callable[[F], F]:
    """`-o/--output DIR`, as `output: Path | None`."""
    kind = click.Path(file_okay=False, path_type=Path)
    return click.option("-o", "--output", type=kind, default=None, help=text)


def force(command: F) -> F:
    """`--force`, as `force: bool`."""
    return click.option("--force", is_flag=True, help="Overwrite what is there.")(command)


def verbosity(command: F) -> F:
    """`-q/--quiet` and `-v/--verbose`, as `quiet: bool` and `verbose: bool`."""
    quiet = click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
    verbose = click.option("-v", "--verbose", is_flag=True, help="More on stderr.")
    return quiet(verbose(command))


def sample(default: int | None) -> Callable[[F], F]:
    """`--sample N`, as `sample: int` (None when not given and `default` is None)."""
    return click.option(
        "--sample",
        type=click.IntRange(min=1),
        default=default,
        show_default=default is not None,
        help="How many targets to draw where an expression leaves the target open.",
    )


def seed(default: int | None) -> Callable[[F], F]:
    """`--seed N`, as `seed: int`. The same seed gives the same bytes.

    Args:
        default: None = None when not given, for the seed of a scenario file or else 1.
    """
    return click.option(
        "--seed",
        type=click.IntRange(min=0, max=2**63 - 1),
        default=default,
        show_default="a scenario file's, or 1" if default is None else True,
        help="All randomness comes from it.",
    )


def _default_run_dir() -> Path:
    from sidr.live.rundir import default

    return default(os.environ)


def run_dir(command: F) -> F:
    """`--run-dir DIR`, as `run_dir: Path`: where an emulation runs."""
    return click.option(
        "--run-dir",
        type=click.Path(file_okay=False, path_type=Path),
        default=_default_run_dir,
        show_default="below your state directory",
        help="Directory of the running emulation.",
    )(command)


def live_share(command: F) -> F:
    """`--switches`, `--host`, `--address`, `--tls` and `--per-agent-connections`: which part of an
    emulation a process runs, and who it is on the bus."""
    for option in (
        click.option("--switches", default="*", show_default=True, metavar="GLOB",
                     help="The switches whose agents run in this process."),
        click.option("--host", default=None, metavar="NAME",
                     help="Name of this process on the bus.  [default: the machine's]"),
        click.option("--address", default="127.0.0.1", show_default=True, metavar="IP",
                     help="Of this machine, where links from other processes end."),
        click.option("--tls", type=click.Path(file_okay=False, path_type=Path), default=None,
                     metavar="DIR", help="Certificates for mqtts://, of `sidr secure init`."),
        click.option("--per-agent-connections", is_flag=True,
                     help="A bus connection per agent instead of one per process (slow)."),
    ):  # fmt: skip
        command = option(command)
    return command
