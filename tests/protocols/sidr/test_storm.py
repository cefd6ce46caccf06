"""What SIDR promises in bad weather: no loop at any instant, and the exact fixpoint at the end."""

from __future__ import annotations

import pytest

from sidr.protocols.sidr.agent import Agent
from tests.protocols.sidr.storm import exact, stage_of, storm

FABRIC = "fat-tree:k=4"
TIMERS = "frr-datacenter,bfd=300msx3"


def survived(seeds: range, timers: str = TIMERS) -> list[bool]:
    """Per seed, whether no loop formed and the end is the fixpoint."""
    stage = stage_of(FABRIC)
    found = []
    for seed in seeds:
        world, watcher = storm(stage, seed, timers)
        loops = sum(int(part.looped.sum()) for part in watcher.meter.parts)
        found.append(loops == 0 and all(exact(stage, world)))
    return found


def test_lost_doubled_and_late_messages_are_survived() -> None:
    assert all(survived(range(3)))


@pytest.mark.slow
def test_a_hundred_storms_are_survived() -> None:
    assert all(survived(range(100)))


def test_without_anti_entropy_the_same_check_fails() -> None:
    assert not any(survived(range(2), f"{TIMERS},sidr.digest=0"))


def test_an_agent_that_takes_old_notices_for_new_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Agent, "_compare", lambda self, port, digest: [])
    assert not all(survived(range(1)))
