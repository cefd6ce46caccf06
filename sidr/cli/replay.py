"""`sidr replay`: one trial of a benchmark again, event by event, equal to the first run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sidr.cli import options, output
from sidr.model.plan import FULL

if TYPE_CHECKING:
    from sidr.model.fabric import Fabric
    from sidr.trace.reader import Record


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

    Exits 1 if the run is not equal, event by event, to the first one.

    \b
    Example:
        sidr replay sidr-results --fault 3 --protocol bgp
    """
    from sidr.campaign.again import again
    from sidr.protocols.registry import kit
    from sidr.trace.reader import records

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
    lines = list(_lines(found, fabric, shares=kit(row.protocol).tagged))
    if chosen["format"] == "json":
        output.print_json({**facts, "events": lines})
    else:
        for line in lines:
            click.echo(f"{line['ms']:>14.6f} ms  {line['switch']:<12} {line['what']}")
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


def _lines(found: list[Record], fabric: Fabric, *, shares: bool) -> Iterator[dict[str, Any]]:
    """One line per record: milliseconds since the fault, the switch, and what happened.

    Args:
        shares: FIB writes hold announced shares (tagged protocols), not next hops.
    """
    start = next((r.now_ns for r in found if r.kind == "change"), 0)
    for record in found:
        switch = fabric.names[record.switch] if record.switch >= 0 else "-"
        yield {
            "ms": (record.now_ns - start) / 1e6,
            "switch": switch,
            "what": _what(record, fabric, shares=shares),
        }


def _what(record: Record, fabric: Fabric, *, shares: bool) -> str:
    payload = record.payload
    if record.kind == "change":
        change = payload[0]
        link = change["kind"].startswith("link")
        name = fabric.link_name(change["id"]) if link else fabric.names[change["id"]]
        return f"{change['kind']} {name}"
    if record.kind == "write":
        return _write(record.switch, payload[0], fabric, shares=shares)
    if record.kind == "masks":
        out, back = ([_port(record.switch, p, fabric) for p in ports] for ports in payload)
        return " ".join(
            [f"FIB without port {name}" for name in out]
            + [f"FIB with port {name}" for name in back]
        )
    if record.kind == "note":
        return f"note: {payload[0]}"
    event, effects = payload
    text = _event(record.switch, event, fabric)
    sent = sum(1 for effect in effects if effect["type"] == "Send")
    return f"{text} -> {sent} sent" if sent else text


def _write(switch: int, write: dict[str, Any], fabric: Fabric, *, shares: bool) -> str:
    """A FIB write: next hops, or the neighbours that announced less than everything."""
    groups = ", ".join(fabric.names[fabric.groups[g]] for g in write["groups"])
    if not shares:
        ports = [_port(switch, p, fabric) for p, member in enumerate(write["ports"]) if member]
        return f"FIB {groups} via {', '.join(ports) or 'nothing'}"
    less = [f"{_port(switch, p, fabric)} {r}/16" for p, r in enumerate(write["ports"]) if r < FULL]
    return f"FIB {groups}: {', '.join(less) or 'every neighbour 16/16'}"


def _event(switch: int, event: dict[str, Any], fabric: Fabric) -> str:
    parts = [str(event["type"])]
    if "port" in event:
        parts.append(_port(switch, event["port"], fabric))
    for key, value in event.items():
        if key in ("type", "port"):
            continue
        if key == "message":
            inner = ", ".join(f"{k}={v}" for k, v in value.items() if k != "type")
            parts.append(f"{value['type']}({inner})")
        else:
            parts.append(f"{key}={value!r}" if not isinstance(value, bytes) else key)
    return " ".join(parts)


def _port(switch: int, port: int, fabric: Fabric) -> str:
    """A port by the neighbour behind it, as people look for it."""
    slot = int(fabric.ptr[switch]) + port
    neighbour = fabric.names[fabric.nbr[slot]]
    rank = int(fabric.rank[fabric.link[slot]])
    return f"{neighbour}#{rank}" if rank else neighbour
