"""One trial of a campaign again, from its directory of results alone."""

from __future__ import annotations

from pathlib import Path

from msgspec import convert

from sidr.campaign.bench import Campaign, Runner
from sidr.campaign.variants import FAST, base_of
from sidr.errors import Mistake, ProtocolError, ResultError, unknown
from sidr.fault import scenario
from sidr.model.profiles import hardware, profile
from sidr.sim.trial import Outcome
from sidr.topology import fabric_hash, load
from sidr.trace.results import ROWS, SCENARIO, Row, read_rows
from sidr.trace.summary import SIDR, read_summary


def campaign_of(directory: Path) -> Campaign:
    """The campaign that a directory of results came from.

    Raises:
        ResultError: files are missing or damaged, or the fabric's file has changed since.
    """
    summary = read_summary(directory)
    rows = read_rows(directory / ROWS)
    fabric = load(summary.fabric)
    wanted = summary.provenance.get("fabric_hash")
    if fabric_hash(fabric) != wanted:
        raise ResultError.one(
            str(directory), f"was made on another fabric than {summary.fabric} is now"
        )
    ran = list(dict.fromkeys(base_of(row.protocol) for row in rows))
    protocols = tuple(convert(summary.provenance.get("protocols", ran), list[str]))
    return Campaign(
        fabric,
        scenario.read(directory / SCENARIO, fabric),
        protocols,
        tuple(profile(name) for name in summary.profiles),
        hardware(summary.hardware),
        str(summary.provenance.get("asn", "rfc7938")),
        convert(summary.provenance.get("prefixes", 1), int),
    )


def again(
    directory: Path, fault: int, protocol: str | None, profile_name: str | None
) -> tuple[Campaign, Row, Outcome]:
    """Run one trial again, keeping its trace.

    Args:
        fault: number of the trial. protocol, profile_name: None = the first of the campaign.

    Returns:
        (campaign, the row of the first run, the outcome of this one).

    Raises:
        ResultError: the campaign has no such trial, protocol or profile.
    """
    campaign = campaign_of(directory)
    rows = read_rows(directory / ROWS)
    names = [p.name for p in campaign.profiles]
    profile_name = _one_spelling(profile_name) if profile_name else names[0]
    mine = [r for r in rows if (r.trial, r.profile) == (fault, profile_name)]
    order = {name: place for place, name in enumerate(campaign.protocols)}
    mine.sort(key=lambda row: (order.get(base_of(row.protocol), len(order)), row.protocol == FAST))
    ran = [row.protocol for row in mine]
    ran = ran or list(dict.fromkeys(row.protocol for row in rows if row.trial == fault))
    protocol = protocol or next(iter(ran), SIDR)
    mistakes: list[Mistake] = []
    trials = [trial for trial in campaign.schedule.trials if trial.number == fault]
    if not trials:
        last = len(campaign.schedule.trials) - 1
        mistakes.append(Mistake("--fault", f"no trial {fault}", f"0 to {last}"))
    if trials and ran and protocol not in ran:
        mistakes.append(unknown("--protocol", "protocol", protocol, ran))
    if profile_name not in names:
        mistakes.append(unknown("--profile", "profile", profile_name, names))
    if mistakes:
        raise ResultError(mistakes)
    key = (fault, protocol, profile_name)
    first = [row for row in rows if (row.trial, row.protocol, row.profile) == key]
    if not first:
        raise ResultError.one(str(directory / ROWS), f"trial {fault} was not run to its end")
    chosen = campaign.profiles[names.index(profile_name)]
    return campaign, first[0], Runner(campaign).outcome(trials[0], protocol, chosen, keep=True)


def _one_spelling(profile_name: str) -> str:
    """The name that `bench` gave to a profile, if this text means one."""
    try:
        return profile(profile_name).name
    except ProtocolError:
        return profile_name
