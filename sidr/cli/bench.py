"""`sidr bench`: the convergence benchmark, and its directory of results."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sidr.cli import INTERRUPTED, LACKING, options, output
from sidr.errors import Mistake, SidrError

if TYPE_CHECKING:
    from sidr.campaign.bench import Campaign, End
    from sidr.trace.results import Row
    from sidr.trace.summary import Summary

PROFILES = ("frr-datacenter", "tuned")
FAULTS = ("cut", "trunk", "switch", "silent", "flap")
T = TypeVar("T")


@click.command()
@click.argument("spec")
@click.option("--protocols", default="sidr,bgp,ospf", show_default=True, metavar="NAME,...",
              help="Protocols to compare.")  # fmt: skip
@click.option("--profile", "profiles", multiple=True, metavar="NAME[,KEY=VALUE...]",
              help=f"Timer profile; repeatable.  [default: {', '.join(PROFILES)}]")  # fmt: skip
@click.option("--hardware", default="linux-netns", show_default=True,
              metavar="NAME[,KEY=VALUE...]", help="Hardware profile.")  # fmt: skip
@click.option("--faults", multiple=True, metavar="EXPR|FILE",
              help=f"Faults; repeatable.  [default: {', '.join(FAULTS)}]")  # fmt: skip
@options.sample(20)
@options.seed(None)
@click.option("--asn", type=click.Choice(["rfc7938", "unique"]), default="rfc7938",
              show_default=True, help="How BGP numbers its switches.")  # fmt: skip
@click.option("--prefixes", type=click.IntRange(1, 10_000), default=1, show_default=True,
              help="Prefixes per destination group.")  # fmt: skip
@click.option("--workers", type=click.IntRange(min=1), default=None,
              help="Processes; results do not depend on it.  [default: CPUs]")  # fmt: skip
@click.option("-o", "--output", "directory", type=click.Path(path_type=Path),
              default=Path("sidr-results"), show_default=True,
              help="Directory of results.")  # fmt: skip
@options.force
@click.option("--assert", "asserts", multiple=True, metavar="EXPR",
              help='Exit 1 unless true: "sidr.repair_ns.max < 10ms"; repeatable.')  # fmt: skip
@options.output_format
@options.verbosity
@click.pass_context
def bench(ctx: click.Context, /, spec: str, **chosen: Any) -> None:
    """Compare how protocols recover from faults on one fabric.

    SPEC is a kind with parameters or a fabric file. A fault is KIND:TARGET[@START][+DURATION];
    a kind alone draws --sample targets. Writes summary.json, results.csv, scenario.yaml and
    report.html into the directory of results.

    \b
    Examples:
        sidr bench 10p10u:size=mini
        sidr bench fat-tree:k=4 --faults cut:p0-leaf0--p0-agg0 --profile tuned -o one-cut
    """
    from sidr.campaign.bench import End
    from sidr.trace.assertion import evaluate_all
    from sidr.trace.results import check_free

    directory: Path = chosen["directory"]
    attempt = _Attempts()
    campaign = attempt(lambda: _campaign(spec, chosen))
    attempt(lambda: _check_asserts(campaign, chosen["asserts"]))
    attempt(lambda: check_free(directory, force=chosen["force"]))
    attempt.tell()
    assert campaign is not None
    rows, end = _run(campaign, chosen)
    if not rows:
        output.remark("sidr: interrupted before the first trial was done: nothing is written")
        ctx.exit(INTERRUPTED)
    summary = _summary(campaign, rows, end is End.ALL_DONE)
    _write(directory, campaign, rows, summary, force=chosen["force"])
    output.show(chosen["format"], _plain(summary), lambda: _table(summary, directory))
    if end is not End.ALL_DONE:
        output.remark(f"sidr: {end.value}: {directory} holds the trials done, marked incomplete")
        ctx.exit(INTERRUPTED if end is End.INTERRUPTED else LACKING)
    answers = evaluate_all(summary, chosen["asserts"])
    for answer in answers:
        verdict = "holds" if answer.holds else "does not hold"
        output.remark(f"{answer.question}: {verdict} ({answer.path} = {answer.value:g})")
    if not all(answer.holds for answer in answers):
        ctx.exit(1)


class _Attempts:
    """Keeps the mistakes of several stages, to tell them at once."""

    def __init__(self) -> None:
        self._mistakes: list[Mistake] = []

    def __call__(self, make: Callable[[], T]) -> T | None:
        """What `make` makes; None when that was a mistake."""
        try:
            return make()
        except SidrError as error:
            self._mistakes += error.mistakes
            return None

    def tell(self, *more: Mistake) -> None:
        """Raise all that was found, and `more`, if that is anything."""
        if found := [*self._mistakes, *more]:
            raise SidrError(found)


def _check_asserts(campaign: Campaign | None, questions: Sequence[str]) -> None:
    """Put questions to made-up rows first: a bad one costs no work.

    Raises:
        SidrError: with every question that the campaign (None = there is none) cannot answer.
    """
    from sidr.campaign.bench import rehearsal
    from sidr.trace.assertion import evaluate_all, misshapen

    if campaign is None:
        _Attempts().tell(*misshapen(questions))
    elif questions:
        evaluate_all(_summary(campaign, rehearsal(campaign), True), questions)


def _campaign(spec: str, chosen: dict[str, Any]) -> Campaign:
    """The campaign that the options mean.

    Raises:
        SidrError: every mistake in any of them.
    """
    from sidr.campaign.bench import Campaign
    from sidr.fault import schedule
    from sidr.model.profiles import hardware, profile
    from sidr.protocols.registry import check
    from sidr.topology import load

    attempt = _Attempts()
    protocols = [name.strip() for name in chosen["protocols"].split(",") if name.strip()]
    attempt(lambda: check(protocols))
    profiles = [attempt(partial(profile, text)) for text in chosen["profiles"] or PROFILES]
    names = [made.name for made in profiles if made is not None]
    twice = sorted({name for name in names if names.count(name) > 1})
    machine = attempt(lambda: hardware(chosen["hardware"]))
    fabric = attempt(lambda: load(spec))
    trials = None
    if fabric is not None:
        faults = list(chosen["faults"] or FAULTS)
        trials = attempt(
            lambda: schedule(fabric, faults, sample=chosen["sample"], seed=chosen["seed"])
        )
    attempt.tell(*(Mistake("--profile", f"{name} is given twice") for name in twice))
    assert fabric is not None and trials is not None and machine is not None
    return Campaign(
        fabric,
        trials,
        tuple(protocols),
        tuple(made for made in profiles if made is not None),
        machine,
        chosen["asn"],
        chosen["prefixes"],
    )


def _run(campaign: Campaign, chosen: dict[str, Any]) -> tuple[list[Row], End]:
    from sidr.campaign.bench import bench

    output.remark_if_compiling(quiet=chosen["quiet"])
    workers = chosen["workers"] or os.cpu_count() or 1
    with output.progress("bench", campaign.runs, quiet=chosen["quiet"]) as advance:
        return bench(campaign, min(workers, len(campaign.schedule.trials)), advance)


def _summary(campaign: Campaign, rows: list[Row], complete: bool) -> Summary:
    from sidr.campaign.provenance import provenance
    from sidr.trace.summary import summarise

    return summarise(
        rows,
        fabric=campaign.fabric.label,
        seed=campaign.schedule.seed,
        hardware=campaign.hardware.name,
        provenance=provenance(campaign, shlex.join(["sidr", *sys.argv[1:]])),
        incomplete=not complete,
    )


def _write(
    directory: Path, campaign: Campaign, rows: list[Row], summary: Summary, *, force: bool
) -> None:
    from sidr.fault.scenario import text_of
    from sidr.report import page_text
    from sidr.trace.results import PAGE, write_results
    from sidr.trace.summary import summary_text

    scenario = text_of(campaign.schedule, campaign.fabric)
    write_results(
        directory,
        rows,
        summary=summary_text(summary),
        scenario=scenario,
        files={PAGE: page_text(summary, rows, scenario=scenario, directory=directory)},
        force=force,
    )


def _plain(summary: Summary) -> object:
    import json

    from sidr.trace.summary import summary_text

    return json.loads(summary_text(summary))


def _table(summary: Summary, directory: Path) -> None:
    from rich.console import Console

    from sidr.report.terminal import tables

    width = None if sys.stdout.isatty() else 160
    Console(file=sys.stdout, highlight=False, width=width).print(tables(summary))
    click.echo(f"\nReport: {directory / 'report.html'}")
