"""Life signs: when they are sent, and that no protocol's are sent at luckier instants."""

from __future__ import annotations

from functools import cache

import pytest

from sidr.campaign.variants import base_of, hello_for
from sidr.fault import schedule
from sidr.model.effects import HELLO
from sidr.model.profiles import hardware, profile
from sidr.protocols.pulse import JITTER_LOW, Beat, Pulse, bfd_pulse
from sidr.protocols.registry import kit
from sidr.sim.stage import stage, touched
from sidr.sim.trial import START_NS, Outcome, Terms, run
from sidr.topology import load
from sidr.trace.reader import records

MS = 1_000_000
STEADY = Pulse(300 * MS, 900 * MS)
JITTERED = Pulse(300 * MS, 900 * MS, jittered=True)
SEEDS = range(200)
SPEC = "leaf-spine:leaves=3,spines=2"
BFD = "bfd.packet"
OWN = {"bgp": "bgp.keepalive", "ospf": "ospf.hello"}
"""Each baseline's own life signs."""
SILENT = "silent:leaf0--spine1,from=leaf0"


def test_equal_periods_are_equal_and_jittered_ones_are_drawn_anew() -> None:
    steady = Beat(1, 5, STEADY)
    assert {steady.next_ns() for _ in range(50)} == {300 * MS}
    drawn = [Beat(1, 5, JITTERED).next_ns() for _ in range(2)]
    assert drawn[0] == drawn[1]
    beat = Beat(1, 5, JITTERED)
    delays = [beat.next_ns() for _ in range(400)]
    assert JITTER_LOW * 300 * MS <= min(delays) < max(delays) <= 300 * MS
    assert abs(sum(delays) / len(delays) - 262.5 * MS) < 5 * MS


@pytest.mark.parametrize("pulse", [STEADY, JITTERED])
def test_time_zero_falls_anywhere_within_a_period(pulse: Pulse) -> None:
    beats = [Beat(seed, 5, pulse) for seed in SEEDS]
    for beat in beats:
        assert beat.last_ns <= 0 <= beat.first_ns
        span = beat.first_ns - beat.last_ns
        low = JITTER_LOW if pulse.jittered else 1.0
        assert low * pulse.period_ns <= span <= pulse.period_ns
    parts = sorted(beat.first_ns / pulse.period_ns for beat in beats)
    assert parts[0] < 0.05
    assert parts[-1] > 0.9
    assert 0.35 < parts[len(parts) // 2] < 0.6


def test_every_port_of_every_trial_has_a_stream_of_its_own() -> None:
    firsts = {Beat(seed, slot, STEADY).first_ns for seed in range(20) for slot in range(20)}
    assert len(firsts) == 400


def test_bfd_of_a_profile_is_a_jittered_pulse() -> None:
    assert bfd_pulse(profile("frr-datacenter")) is None
    assert bfd_pulse(profile("frr-datacenter,bfd=300msx3")) == JITTERED
    assert bfd_pulse(profile("tuned")) == Pulse(50 * MS, 150 * MS, jittered=True)


# --- fairness -----------------------------------------------------------------------------------


@cache
def silent(protocol: str, timers: str, seed: int) -> Outcome:
    """A silent direction under a protocol, or a row of SIDR."""
    fabric = load(SPEC)
    (trial,) = schedule(fabric, [SILENT], seed=seed).trials
    sheet = profile(timers)
    terms = Terms(sheet, hardware("ideal"), hello=hello_for(protocol, sheet))
    ready = stage(fabric, touched(fabric, trial))
    return run(ready, trial, kit(base_of(protocol)), terms, keep=True)


def beats(outcome: Outcome, kind: str) -> list[tuple[int, int, int]]:
    """(when, switch, port) of every life sign of a kind, until silence was noticed."""
    until = START_NS + outcome.detection_ns
    return sorted(
        (record.now_ns, record.switch, effect["port"])
        for record in records(outcome.recorder.data())
        if record.kind == "event" and record.now_ns < until
        for effect in record.payload[1]
        if effect["type"] == "Send"
        and effect["work"] == HELLO
        and effect["message"]["type"] == kind
    )


@pytest.mark.parametrize("protocol", ["bgp", "ospf"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bfd_beats_at_the_same_instants_for_every_protocol(protocol: str, seed: int) -> None:
    timers = "frr-datacenter,bfd=300msx3"
    ours, theirs = (silent(name, timers, seed) for name in ("sidr", protocol))
    assert beats(ours, BFD) == beats(theirs, BFD) != []
    assert ours.detection_ns == theirs.detection_ns


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("protocol", ["bgp", "ospf"])
def test_without_bfd_sidr_beats_with_the_baseline_it_is_matched_to(
    protocol: str, seed: int
) -> None:
    ours, theirs = (
        silent(name, "frr-datacenter", seed) for name in (f"sidr-as-{protocol}", protocol)
    )
    sent, same = beats(ours, BFD), beats(theirs, OWN[protocol])
    assert firsts(sent) == firsts(same)
    assert len(firsts(sent)) == 2
    assert ours.detection_ns == theirs.detection_ns > 0
    if protocol == "ospf":  # BGP's later ones wait for TCP
        assert sent == same


def firsts(found: list[tuple[int, int, int]]) -> dict[tuple[int, int], int]:
    """Switch and port -> when its first life sign was sent."""
    return {(switch, port): at for at, switch, port in reversed(found)}


def test_another_seed_beats_at_other_instants() -> None:
    timers = "frr-datacenter,bfd=300msx3"
    found = {silent("sidr", timers, seed).detection_ns for seed in (1, 2, 3)}
    assert len(found) == 3
    assert all(600 * MS < ns <= 900 * MS for ns in found)
