"""Only what changed is solved again, and nothing that changed is missed."""

from __future__ import annotations

import numpy as np
import pytest

from sidr.fault import schedule
from sidr.model.profiles import hardware, profile
from sidr.protocols.registry import kit
from sidr.sim.stage import stage, touched
from sidr.sim.trial import Outcome, Terms, run
from sidr.sim.watcher import Watcher
from sidr.topology import load

FAULTS = [
    *("cut", "trunk", "switch:*", "silent", "flap:*,count=2", "degrade:*,loss=0.3"),
    *("random:links,n=4", "cut:leaf0--*+3s"),
]
TIMERS = "tuned,bfd=500msx3"


def outcomes(spec: str, protocol: str) -> list[Outcome]:
    fabric = load(spec)
    trials = schedule(fabric, FAULTS, sample=1, seed=5).trials
    terms = Terms(profile(TIMERS), hardware("linux-netns"))
    return [run(stage(fabric, touched(fabric, t)), t, kit(protocol), terms) for t in trials]


def all_columns(self: Watcher, i: int) -> np.ndarray:
    self.world.fibs.moved[i].clear()
    return self._all(i)


@pytest.mark.parametrize("protocol", ["sidr", "ospf", "bgp"])
def test_what_is_measured_is_the_same_when_everything_is_solved_at_every_instant(
    protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = "leaf-spine:leaves=3,spines=2,parallel=2"
    few = [o.measured for o in outcomes(spec, protocol)]
    monkeypatch.setattr(Watcher, "_changed", all_columns)
    every = [o.measured for o in outcomes(spec, protocol)]
    for one, other in zip(few, every, strict=True):
        for name in one.__struct_fields__:
            assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-9), name


def test_a_watcher_that_forgets_closed_ports_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = "leaf-spine:leaves=3,spines=2,parallel=2"
    right = [o.measured.lost_traffic_s for o in outcomes(spec, "sidr")]

    right_way = Watcher._changed

    def forgetful(self: Watcher, i: int) -> np.ndarray:
        self.world.fibs.closed[i].clear()
        return right_way(self, i)

    monkeypatch.setattr(Watcher, "_changed", forgetful)
    assert [o.measured.lost_traffic_s for o in outcomes(spec, "sidr")] != right
