"""`sidr report DIR`: rebuild the page of a benchmark and print its tables."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sidr.cli.options import output_format
from sidr.cli.output import remark, show


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@output_format
def report(directory: Path, format: str) -> None:
    """Rebuild DIR/report.html from the result files in DIR, and print the verdict and tables.

    DIR is a directory that `sidr bench -o DIR` wrote. With --format json the summary is printed.
    """
    import msgspec

    from sidr.report import write_page
    from sidr.report.terminal import tables
    from sidr.trace.summary import read_summary

    page = write_page(directory)
    summary = read_summary(directory)

    def print_tables() -> None:
        from rich.console import Console

        terminal = sys.stdout.isatty()
        console = Console(file=sys.stdout, highlight=False, width=None if terminal else 160)
        console.print(tables(summary))

    show(format, msgspec.to_builtins(summary), print_tables)
    remark(f"page: {page}")
