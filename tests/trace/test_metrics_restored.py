"""Metrics when light returns: the fault's own end there, and what follows is restoration."""

from __future__ import annotations

import pytest

from tests.trace.scene import MS, Scene
from tests.trace.test_metrics import CROSSED, DARK, LIGHT, THREE, TWO, a_cut, approx


def relapse(scene: Scene, begin: float, end: float) -> None:
    """leaf1 has no route to leaf0 between two instants."""
    scene.at(begin, fib={("leaf1", "leaf0"): []})
    scene.at(end, fib={("leaf1", "leaf0"): ["spine0", "spine1"]})


def test_restoration_is_timed_from_the_return_of_light_and_apart_from_the_fault() -> None:
    scene = a_cut()
    scene.restore(100)
    scene.at(100, lit=LIGHT)
    scene.at(101, live=LIGHT)
    relapse(scene, 103, 106)
    found = scene.result(200)
    fault = a_cut().result(50)
    assert (found.restore_repair_ns, found.restore_lost_s) == (6 * MS, approx(0.003 / 2))
    for name in (
        *("repair_ns", "repair_down_ns", "repair_up_ns", "loss_window_ns_max"),
        *("loss_window_ns_mean", "lost_traffic_s", "lost_traffic_pair_s", "pairs_affected"),
        *("load_max_during", "load_max_after", "stretch_max"),
    ):
        assert getattr(found, name) == getattr(fault, name), name


def test_restoration_that_loses_nothing_takes_no_time() -> None:
    scene = a_cut()
    scene.restore(100)
    scene.at(100, lit=LIGHT)
    scene.at(101, live=LIGHT)
    found = scene.result(200)
    assert (found.restore_repair_ns, found.restore_lost_s) == (0, 0.0)


def test_restoration_without_end_is_unrecovered() -> None:
    scene = a_cut()
    scene.restore(100)
    scene.at(103, fib={("leaf1", "leaf0"): []})
    found = scene.result(200)
    assert (found.restore_repair_ns, found.repair_ns) == (None, 10 * MS)
    assert found.restore_lost_s == approx(0.097 / 2)


@pytest.mark.parametrize("begin", [104, 112])
def test_a_loss_that_outlives_the_dark_ends_when_it_ends_and_its_amounts_with_the_dark(
    begin: int,
) -> None:
    """Light returns before the repair; the pair is whole then, or only after another relapse."""
    scene = Scene(TWO, crossed=CROSSED)
    scene.at(0, lit=DARK)
    scene.at(2, live=DARK)
    scene.restore(100)
    scene.at(100, lit=LIGHT)
    scene.at(102, live=LIGHT)
    if begin == 112:
        relapse(scene, 105, 112)
    found = scene.result(200)
    assert found.repair_ns == (112 if begin == 112 else 102) * MS
    assert found.repair_up_ns == 2 * MS
    assert found.loss_window_ns_max == 100 * MS
    assert found.lost_traffic_s == approx(0.5 * (0.100 + 0.002) / 2)


def test_load_and_stretch_are_those_of_the_fault() -> None:
    scene = Scene(THREE)
    scene.at(0, fib={("leaf1", "leaf0"): ["spine0"]})
    scene.restore(10)
    scene.at(12, fib={("spine0", "leaf0"): ["leaf2"], ("leaf2", "leaf0"): ["spine1"]})
    found = scene.result(50)
    assert found.stretch_max == 1.0
    assert found.load_max_during == found.load_max_after == approx(1.5)


@pytest.mark.parametrize("scope", ["blackhole_ns", "loop_ns", "loops"])
def test_loops_and_blackholes_of_restoration_are_not_the_faults(scope: str) -> None:
    """All other amounts end when light returns. Of lasting faults only SIDR's are restored: what
    its restoration loses would stand beside baselines that had none."""
    scene = Scene(THREE)
    scene.at(0, fib={("leaf1", "leaf0"): ["spine0"]})
    scene.restore(10)
    relapse(scene, 11, 12)
    scene.at(13, fib={("spine0", "leaf0"): ["leaf2"]})
    scene.at(14, fib={("spine0", "leaf0"): ["leaf0"]})
    assert getattr(scene.result(50), scope) == 0
