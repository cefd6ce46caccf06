"""`sidr agents`: a share of an emulation's agents, in another process or on another host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sidr.cli import options
from sidr.cli.run import run_emulation


@click.command()
@click.argument("spec")
@click.option("--bus", required=True, metavar="URL",
              help="The broker, mqtt://HOST:PORT or mqtts://HOST:PORT.")  # fmt: skip
@click.option("--key", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="The planner's public key: planner.pub of its run directory.")  # fmt: skip
@click.option("--profile", default="frr-datacenter", show_default=True,
              metavar="NAME[,KEY=VALUE...]", help="Timer profile, the planner's.")  # fmt: skip
@options.live_share
@options.run_dir
@click.option("--detach", is_flag=True,
              help="Return when every agent is on an epoch; `sidr down` ends it.")  # fmt: skip
@options.seed(1)
@options.verbosity
@click.pass_context
def agents(ctx: click.Context, /, spec: str, **chosen: Any) -> None:
    """Run some agents of the emulation that a `sidr run` with the same SPEC and bus plans for.

    Faults are injected where the planner runs, and reach these agents' links by UDP.

    \b
    Example, in a second terminal:
        sidr run fat-tree:k=4 --bus mqtt://broker --switches 'p[01]-*' --host one
        sidr agents fat-tree:k=4 --bus mqtt://broker --switches '[!p]*' --host two --key KEY
    """
    run_emulation(ctx, spec, chosen)
