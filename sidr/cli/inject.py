"""`sidr inject` and `sidr clear`: break a running emulation, and mend it."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from sidr.cli import options, output
from sidr.errors import SidrError

COMPLETION_S = 2.0
"""How long a shell may wait for names."""


class FaultText(click.ParamType):  # type: ignore[type-arg]
    """A fault expression or a scenario file; completes kinds, and names of the running fabric."""

    name = "fault"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Kinds until there is a colon, then links and switches."""
        from sidr.fault import kinds

        kind, colon, target = incomplete.partition(":")
        if not colon:
            return [CompletionItem(f"{name}:") for name in kinds() if name.startswith(kind)]
        found = _names(ctx.params.get("run_dir"))
        names = found["switches"] if kind == "switch" else found["links"]
        return [CompletionItem(f"{kind}:{name}") for name in names if name.startswith(target)]


class ElementName(click.ParamType):  # type: ignore[type-arg]
    """The name of a link or switch of the running fabric."""

    name = "name"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Links and switches."""
        found = _names(ctx.params.get("run_dir"))
        every = [*found["links"], *found["switches"]]
        return [CompletionItem(name) for name in every if name.startswith(incomplete)]


def _names(directory: Path | None) -> dict[str, list[str]]:
    """Names of the running fabric; none where nothing runs, since a shell shows no errors."""
    import os

    from sidr.live.control import ask
    from sidr.live.rundir import default

    try:
        found: dict[str, list[str]] = ask(
            directory or default(os.environ), "names", patience_s=COMPLETION_S
        )
    except SidrError:
        return {"links": [], "switches": []}
    return found


@click.command()
@click.argument("fault", type=FaultText())
@click.option("--trial", type=click.IntRange(min=0), default=None, metavar="N",
              help="Which trial of a scenario file with several.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@options.run_dir
@options.output_format
def inject(fault: str, trial: int | None, dry_run: bool, run_dir: Path, format: str) -> None:
    """Break something: FAULT is KIND:TARGET[@START][+DURATION][,key=value...] or a scenario file.

    Times count from now. What has no duration stays until `sidr clear`.

    \b
    Examples:
        sidr inject cut:p0-leaf0--p0-agg0
        sidr inject "flap:p0-leaf0--p0-agg0,period=2s,count=5"
        sidr inject switch:core0+10s --dry-run
    """
    from sidr.live.control import ask

    text = str(Path(fault).absolute()) if fault.endswith((".yaml", ".yml")) else fault
    done = ask(run_dir, "inject", fault=text, trial=trial, dry_run=dry_run)
    answer = {"fault": fault, "dry_run": dry_run, "changes": done}
    output.show(format, answer, lambda: click.echo("\n".join(done)))


@click.command()
@click.argument("name", type=ElementName(), default="")
@options.run_dir
@options.output_format
def clear(name: str, run_dir: Path, format: str) -> None:
    """Take back what was broken: everything, or what concerns the link or switch NAME.

    \b
    Examples:
        sidr clear
        sidr clear p0-leaf0--p0-agg0
    """
    from sidr.live.control import ask

    count = ask(run_dir, "clear", name=name)
    output.show(format, {"cleared": count}, lambda: click.echo(f"{count} taken back"))
