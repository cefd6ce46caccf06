"""What commands print: JSON or a table on stdout, progress and remarks on stderr.

rich is imported only where a table or a progress bar is really drawn; NO_COLOR is respected.
Nothing is computed here.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

DECIMALS = 12
"""Shares are printed to 12 decimals, so that a sum of fractions which is full prints 1.0."""


def plain(value: object) -> object:
    """A value as JSON has it: order kept, ints as ints, floats rounded, infinity and NaN null.

    Takes mappings, sequences, numpy scalars and arrays, and scalars.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return round(float(value), DECIMALS) + 0.0 if math.isfinite(value) else None
    if hasattr(value, "tolist"):  # numpy, without importing it
        return plain(value.tolist())
    raise TypeError(f"not for JSON: {type(value).__name__} {value!r}")


def json_text(value: object) -> str:
    """`value` as indented JSON, see `plain`."""
    return json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False)


def print_json(value: object) -> None:
    """Print `value` on stdout as JSON, see `plain`."""
    click.echo(json_text(value))


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, title: str | None = None
) -> None:
    """Print rows under a heading (none where all are empty); what is numeric stands to the right.

    Into a file or a pipe the table takes the width that it needs.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    table.show_header = any(columns)
    for index, column in enumerate(columns):
        numeric = bool(rows) and all(_is_numeric(row[index]) for row in rows)
        table.add_column(Text(column), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 500)
    console.print(table)


def print_facts(facts: Mapping[str, object], *, title: str | None = None) -> None:
    """Print names with their values, one a line."""
    print_table(("", ""), [(name, _cell(value)) for name, value in facts.items()], title=title)


def show(format: str, value: object, table: Callable[[], None]) -> None:
    """Print `value` as JSON, or call `table` to draw it, as `--format` says."""
    if format == "json":
        print_json(value)
    else:
        table()


def remark(text: str, *, quiet: bool = False) -> None:
    """A line for the person on stderr."""
    if not quiet:
        click.echo(text, err=True)


def remark_if_compiling(*, quiet: bool = False) -> None:
    """Say why the first use takes its time, when no compiled kernel is cached yet."""
    import sidr

    cached = Path(sidr.__file__).parent.glob("*/__pycache__/*.nbi")
    if next(cached, None) is None:
        remark("sidr: compiling kernels, once (about 20 s; cached afterwards)", quiet=quiet)


@contextmanager
def progress(label: str, total: int, *, quiet: bool = False) -> Iterator[Callable[[int], None]]:
    """A bar on stderr with rate and time left; yields `advance(steps)`.

    Nothing is drawn when quiet or when stderr is no terminal.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda steps: None
        return
    from rich import progress as bars
    from rich.console import Console

    shown = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[rate]}"),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*shown, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total, rate="")

        def advance(steps: int) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, advance=steps, rate=f"{speed:.3g}/s" if speed else "")

        yield advance


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def _is_numeric(value: object) -> bool:
    if value is None or isinstance(value, (int, float)):
        return True
    return str(value)[:1].isdigit()
