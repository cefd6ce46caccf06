"""Trials written by hand, on stages that are built once."""

from __future__ import annotations

from functools import cache

from sidr.fault import schedule
from sidr.model.faults import Trial
from sidr.model.profiles import hardware, profile
from sidr.protocols.registry import kit
from sidr.sim.stage import Stage, stage, touched
from sidr.sim.trial import START_NS, Outcome, Terms, run
from sidr.topology import load
from sidr.trace.reader import Record, records

FOUR = "leaf-spine:leaves=4,spines=4"
"""Every leaf offers a quarter of its load to each spine; 12 pairs of 4 leaves, equal demands."""
TREE = "fat-tree:k=4"
MS, SECOND = 10**6, 10**9


@cache
def place(spec: str) -> Stage:
    """The stage of a fabric of one component."""
    fabric = load(spec)
    return stage(fabric, (0,))


def trial(fault: str, *, spec: str = FOUR, seed: int = 5) -> Trial:
    """The one trial that a fault with its targets named makes."""
    found = schedule(place(spec).fabric, [fault], seed=seed).trials
    assert len(found) == 1
    assert touched(place(spec).fabric, found[0]) == (0,)
    return found[0]


def outcome(
    fault: str,
    protocol: str,
    timers: str = "frr-datacenter",
    costs: str = "ideal",
    *,
    spec: str = FOUR,
    seed: int = 5,
    asn: str = "rfc7938",
    keep: bool = True,
) -> Outcome:
    """That trial under a protocol, with its trace."""
    terms = Terms(profile(timers), hardware(costs), asn)
    of = trial(fault, spec=spec, seed=seed)
    return run(place(spec), of, kit(protocol), terms, keep=keep)


def trace(of: Outcome) -> list[Record]:
    """Its records."""
    return list(records(of.recorder.data()))


def port_events(of: Outcome, kind: str, until_ns: int = 2**62) -> list[tuple[int, int, int]]:
    """(when since the start of trials, switch, port) of PortDown or PortUp events, sorted."""
    return sorted(
        (r.now_ns - START_NS, r.switch, r.payload[0]["port"])
        for r in trace(of)
        if r.kind == "event" and r.payload[0]["type"] == kind and r.now_ns <= until_ns
    )
