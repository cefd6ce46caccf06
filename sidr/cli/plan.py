"""`sidr plan`: compute a fabric's plan and save it."""

from __future__ import annotations

import time
from pathlib import Path

import click

from sidr.cli import options
from sidr.cli import output as out


@click.command()
@click.argument("spec")
@options.output_file("Save the plan to this file.")
@click.option("--uncertified", is_flag=True, help="Leave the certificate out (none is built yet).")
@options.force
@options.output_format
@options.verbosity
def plan(
    spec: str,
    *,
    output: Path | None,
    uncertified: bool,
    force: bool,
    format: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Compute the plan of SPEC: order, masks, detours, weights and every switch's table.

    \b
    Example:
        sidr plan 10p10u:size=full --format json
    """
    del uncertified, verbose
    from sidr.errors import PlanError
    from sidr.plan import plan as make
    from sidr.plan import store
    from sidr.topology import load

    if output is not None and output.exists() and not force:
        raise PlanError.one(str(output), "exists already", fix="give --force to overwrite it")
    fabric = load(spec)
    out.remark_if_compiling(quiet=quiet)
    begin = time.perf_counter()
    made = make(fabric)
    plan_s = time.perf_counter() - begin
    if output is not None:
        store.save(made, output)
    sizes = [len(table) for table in made.tables]
    facts = {
        "switches": fabric.switches,
        "groups": len(fabric.groups),
        "epoch": made.epoch,
        "order_id": f"{made.order_id:016x}",
        "digest": f"{made.digest:016x}",
        "table_bytes_max": max(sizes),
        "table_bytes_total": sum(sizes),
        "plan_s": plan_s,
        "certificate": None,
    }
    out.show(format, facts, lambda: out.print_facts(facts, title=fabric.label))
