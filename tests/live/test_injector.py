"""Faults come when they are due and go when they are taken back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sidr.errors import FaultError
from sidr.live.injector import Injector
from sidr.model.faults import Change
from sidr.topology import load
from tests.live.at_rest import until

FABRIC = load("leaf-spine:leaves=2,spines=2")


class Done:
    """An injector, and what it has carried out in words."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.injector = Injector(FABRIC, self._apply)

    def _apply(self, change: Change) -> None:
        self.words.append(self.injector.spell(change))

    def inject(self, text: str) -> None:
        self.injector.inject(self.injector.resolve(text))


async def test_what_has_no_duration_stays_until_it_is_cleared() -> None:
    done = Done()
    done.inject("cut:leaf0--spine1")
    done.inject("switch:spine0")
    assert [done.injector.spell(c) for c in done.injector.open] == done.words
    assert done.injector.clear("leaf0--spine1") == 1
    assert done.injector.clear() == 1
    assert done.words[2:] == ["link-up leaf0--spine1", "switch-up spine0"]
    assert done.injector.clear() == 0


async def test_what_is_due_later_comes_in_order() -> None:
    done = Done()
    done.inject("flap:leaf0--spine0,period=20ms,count=3")
    await until(lambda: not done.injector.pending, "all changes have come")
    assert done.words == ["link-down leaf0--spine0", "link-up leaf0--spine0"] * 3


async def test_clear_also_forgets_what_was_still_to_come() -> None:
    done = Done()
    done.inject("cut:leaf0--spine0@20ms+20ms; cut:leaf1--spine0+20ms")
    done.injector.clear()
    await asyncio.sleep(0.08)
    assert done.words == ["link-down leaf1--spine0", "link-up leaf1--spine0"]


async def test_a_link_that_was_cleared_does_not_come_back_twice() -> None:
    done = Done()
    done.inject("cut:leaf0--spine0+30ms")
    done.injector.clear("leaf0--spine0")
    await until(lambda: not done.injector.pending, "its end has come")
    assert done.words == ["link-down leaf0--spine0", "link-up leaf0--spine0"]


def test_a_sampled_target_is_another_one_each_time() -> None:
    injector = Done().injector
    assert len({injector.resolve("cut").fault for _ in range(20)}) > 1


def test_bad_faults_and_files_with_several_trials_are_told(tmp_path: Path) -> None:
    injector = Done().injector
    with pytest.raises(FaultError, match="leaf0--spine1"):
        injector.resolve("cut:leaf0--spine9")
    several = tmp_path / "several.yaml"
    several.write_text("trials:\n- cut:leaf0--spine0\n- cut:leaf1--spine0\n")
    with pytest.raises(FaultError, match="--trial N"):
        injector.resolve(str(several))
    assert injector.resolve(str(several), trial=1).fault == "cut:leaf1--spine0"
    with pytest.raises(FaultError, match="no trial 2"):
        injector.resolve(str(several), trial=2)
    with pytest.raises(FaultError, match="no link 'leaf9'"):
        injector.clear("leaf9")


def test_all_that_a_change_says_is_spelled() -> None:
    spell = Done().injector.spell
    assert spell(Change(0, "silent-down", 0, end="far")) == "silent-down leaf0--spine0 from=spine0"
    assert spell(Change(0, "lossy-up", 0, loss_ratio=0.5)) == "lossy-up leaf0--spine0 loss=0.5"
    assert spell(Change(0, "planner-down", 0, delay_ns=10**9)) == "planner-down planner delay=1s"
