"""`sidr replay`: one trial of a benchmark again, event by event, equal to the first run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sidr.cli import options, output

if TYPE_CHECKING:
    from sidr.model.fabric import Fabric


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--fault", type=click.IntRange(min=0), required=True, metavar="N",
              help="Number of the trial in DIR.")  # fmt: skip
@click.option("--protocol", default=None, help="Protocol.  [default: the first of DIR]")
@click.option("--profile", default=None, help="Timer profile.  [default: the first of DIR]")
@options.output_file("Also save the trace.")
@options.force
@options.output_format
@options.verbosity
@click.pass_context
def replay(ctx: click.Context, /, directory: Path, **chosen: Any) -> None:
    """Run one trial of DIR again and print what happens, event by event.

    Life signs are compared as well, but printed only with -v. Exits 1 if the run is not equal,
    event by event, to the first one.

    \b
    Example:
        sidr replay sidr-results --fault 3 --protocol bgp
    """
    from sidr.campaign.again import again
    from sidr.campaign.variants import base_of
    from sidr.protocols.registry import kit
    from sidr.trace.reader import records
    from sidr.trace.text import lines

    campaign, row, outcome = again(
        directory, chosen["fault"], chosen["protocol"], chosen["profile"]
    )
    recorder = outcome.recorder
    equal = recorder.digest() == row.trace
    found = list(records(recorder.data()))
    if chosen["output"]:
        _save(chosen["output"], row, recorder.data(), force=chosen["force"])
    facts = {
        "trial": row.trial,
        "fault": row.fault,
        "protocol": row.protocol,
        "profile": row.profile,
        "repair_ns": outcome.measured.repair_ns,
        "lost_traffic_s": outcome.measured.lost_traffic_s,
        "records": recorder.records,
        "trace": recorder.digest(),
        "equal": equal,
    }
    fabric = _stage_fabric(campaign.fabric, row.trial, campaign)
    tagged = kit(base_of(row.protocol)).tagged
    shown = lines(found, fabric, tagged=tagged, quiet=not chosen["verbose"])
    if chosen["format"] == "json":
        events = [{"ms": x.ms, "switch": x.switch, "what": x.brief} for x in shown]
        output.print_json({**facts, "events": events})
    else:
        for x in shown:
            click.echo(x.row(x.brief))
        output.print_facts(facts)
    if not equal:
        output.remark("sidr: this run is not equal to the first one: another version made DIR?")
        ctx.exit(1)


def _stage_fabric(fabric: Fabric, number: int, campaign: Any) -> Fabric:
    """The fabric as the trial numbered it: only the components that its fault touched."""
    import numpy as np

    from sidr.sim.stage import touched
    from sidr.topology.build import restrict

    trial = next(t for t in campaign.schedule.trials if t.number == number)
    return restrict(fabric, np.asarray(touched(fabric, trial)))[0]


def _save(path: Path, row: Any, data: bytes, *, force: bool) -> None:
    from sidr.errors import ResultError
    from sidr.trace.reader import save

    if path.exists() and not force:
        raise ResultError.one(str(path), "exists already", fix="give --force to overwrite it")
    header = {"fault": row.fault, "protocol": row.protocol, "profile": row.profile}
    save(path, header, data)
