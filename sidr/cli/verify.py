"""`sidr verify`: exact delivered shares of a plan over sets of failures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sidr.cli import options, output

if TYPE_CHECKING:
    from sidr.model.plan import Plan

SETS_MAX = 2_000_000
"""More sets than this are refused without --sample (days of work on a large fabric)."""


@click.command()
@click.argument("spec", metavar="SPEC|PLAN")
@click.option(
    "--failures",
    type=click.Choice(["links", "switches", "srlgs"]),
    default="links",
    show_default=True,
    help="What fails.",
)
@click.option("-k", type=click.IntRange(min=1), default=1, show_default=True,
              help="How many fail at once.")  # fmt: skip
@options.sample(None)
@options.seed(1)
@click.option(
    "--phase",
    type=click.Choice(["local", "notified"]),
    default="local",
    show_default=True,
    help="Before any notice, or after all of them.",
)
@click.option("--bounces", type=click.IntRange(0, 6), default=2, show_default=True,
              help="K, how many detours a packet may take.")  # fmt: skip
@click.option("--colours", type=click.Choice(["none"]), default="none", show_default=True,
              help="Colour layers beyond the bounces (none are built yet).")  # fmt: skip
@click.option("--split", type=click.Choice(["equal", "weighted"]), default="equal",
              show_default=True,
              help="Traffic over usable ports: even, or by weight x share.")  # fmt: skip
@options.output_format
@options.verbosity
def verify(
    spec: str,
    *,
    failures: str,
    k: int,
    sample: int | None,
    seed: int,
    phase: str,
    bounces: int,
    colours: str,
    split: str,
    format: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Exact delivered shares over failure sets, loops and worst cases.

    Every set of K failures is checked, or --sample of them. A share is the mean over all sets and
    all ordered pairs of leaves that are alive and still connected; load_max is the highest load of
    a link over its capacity when every leaf sends all that its hosts can.

    \b
    Example:
        sidr verify fat-tree:k=4 --failures links -k 2 --phase notified
    """
    del verbose
    from sidr.errors import FaultError
    from sidr.forwarding.rule import Rule
    from sidr.verify import failures as sets_of
    from sidr.verify.shares import tally

    output.remark_if_compiling(quiet=quiet)
    plan = _plan(spec)
    things = sets_of.items(plan.fabric, failures)
    total = sample or sets_of.count(len(things), k)
    if total > SETS_MAX:
        raise FaultError.one(
            f"-k {k}", f"{total} sets of {failures}", fix="draw some of them with --sample N"
        )
    with output.progress("verify", total, quiet=quiet) as advance:
        found = tally(
            plan,
            sets_of.sets(things, k, sample, seed),
            rule=Rule(1, bounces, 1, int(split == "weighted")),
            notified=phase == "notified",
            advance=advance,
        )
    facts: dict[str, object] = {
        "fabric": plan.fabric.label,
        "failures": failures,
        "k": k,
        "phase": phase,
        "bounces": bounces,
        "colours": colours,
        "split": split,
        "exhaustive": sample is None,
        **found.facts(),
    }
    output.show(format, facts, lambda: _table(facts))


def _plan(spec: str) -> Plan:
    """The plan in a file, or that of a fabric."""
    from sidr.plan import plan, store
    from sidr.topology import load

    if store.is_plan(Path(spec)):
        return store.load(Path(spec))
    return plan(load(spec))


def _table(facts: dict[str, object]) -> None:
    worst = facts["worst"]
    assert isinstance(worst, list)
    output.print_facts({name: value for name, value in facts.items() if name != "worst"})
    if worst:
        rows = [(", ".join(w["failed"]), w["delivered_mean"], w["pairs_not_full"]) for w in worst]
        output.print_table(("worst sets", "delivered", "pairs not full"), rows)
