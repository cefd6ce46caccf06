"""One spelling for what commands share."""

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from sidr.cli import options


def run(decorator: Any, *args: str) -> Result:
    @click.command()
    @decorator
    def command(**given: object) -> None:
        click.echo(repr(dict(sorted(given.items()))))

    return CliRunner().invoke(command, list(args))


@pytest.mark.parametrize(
    ("decorator", "args", "given"),
    [
        (options.output_format, [], {"format": "table"}),
        (options.output_format, ["--format", "json"], {"format": "json"}),
        (options.output_file(), ["-o", "x"], {"output": Path("x")}),
        (options.output_file(), [], {"output": None}),
        (options.output_dir(), ["--output", "d"], {"output": Path("d")}),
        (options.force, ["--force"], {"force": True}),
        (options.verbosity, ["-q"], {"quiet": True, "verbose": False}),
        (options.verbosity, ["--verbose"], {"quiet": False, "verbose": True}),
        (options.sample(20), [], {"sample": 20}),
        (options.sample(None), [], {"sample": None}),
        (options.seed(1), [], {"seed": 1}),
        (options.seed(1), ["--seed", "7"], {"seed": 7}),
        (options.seed(None), [], {"seed": None}),
    ],
)
def test_options_arrive_under_their_names(
    decorator: Any, args: list[str], given: dict[str, object]
) -> None:
    assert run(decorator, *args).stdout == f"{given!r}\n"


@pytest.mark.parametrize(
    ("decorator", "args"),
    [
        (options.output_format, ["--format", "xml"]),
        (options.sample(20), ["--sample", "0"]),
        (options.seed(1), ["--seed", "-1"]),
        (options.output_file(), ["-o", "."]),
    ],
)
def test_values_out_of_range_are_bad_input(decorator: Any, args: list[str]) -> None:
    assert run(decorator, *args).exit_code == 2
