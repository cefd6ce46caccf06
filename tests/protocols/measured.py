"""Trials as `sidr bench` runs them, for tests of how long a protocol takes in virtual time."""

from __future__ import annotations

from sidr.fault import schedule
from sidr.model.profiles import hardware, profile
from sidr.protocols.registry import kit
from sidr.sim.stage import stage, touched
from sidr.sim.trial import START_NS, Outcome, Terms, run
from sidr.topology import load
from sidr.trace.reader import records


def outcomes(
    spec: str,
    fault: str,
    protocol: str,
    timers: str,
    *,
    sample: int = 20,
    asn: str = "rfc7938",
    keep: bool = False,
) -> list[Outcome]:
    """Trials of one fault on `linux-netns`, each with a seed of its own."""
    fabric = load(spec)
    made = schedule(fabric, [fault], sample=sample, seed=7).trials
    ready = stage(fabric, touched(fabric, made[0]))
    terms = Terms(profile(timers), hardware("linux-netns"), asn)
    return [run(ready, trial, kit(protocol), terms, keep=keep) for trial in made]


def repairs_ms(found: list[Outcome], *, down: bool = True) -> list[float]:
    """Repair times of downward traffic, or of all, in ms; an unrecovered trial is infinite."""
    times = [o.measured.repair_down_ns if down else o.measured.repair_ns for o in found]
    return [float("inf") if ns is None else ns / 1e6 for ns in times]


def last_write_ms(of: Outcome) -> float:
    """When the last FIB write of a recorded run was, since the start of trials."""
    writes = (r.now_ns for r in records(of.recorder.data()) if r.kind == "write")
    return (max(writes) - START_NS) / 1e6
