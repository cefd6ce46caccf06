"""A look at live FIBs, against figures counted by hand; only what has changed is solved again."""

from __future__ import annotations

import numpy as np
import pytest

from sidr.live.switches import Switches
from sidr.live.view import View
from sidr.model.effects import ProgramFib
from sidr.model.faults import NEAR, Change
from sidr.model.plan import FULL
from sidr.model.profiles import profile
from sidr.plan import plan
from sidr.topology import load

FABRIC = load("leaf-spine:leaves=3,spines=2")
PAIRS = 6


def started() -> tuple[Switches, View]:
    """All FIBs as of a fabric that runs; no agent reacts to anything."""
    switches = Switches(FABRIC, plan(FABRIC), profile("tuned"), range(FABRIC.switches))
    for v in switches.mine:
        switches._write_all(v, FULL, admitted=True)
    return switches, View(switches)


def test_a_whole_fabric_delivers_everything_at_full_load() -> None:
    seen = started()[1].look()
    assert (seen.delivered_share, seen.pairs, seen.pairs_affected) == (1.0, PAIRS, 0)
    assert seen.load_max == pytest.approx(1.0)
    assert (seen.links_down, seen.switches_down, seen.detours) == ([], [], [])


def test_without_any_fib_nothing_arrives() -> None:
    switches = Switches(FABRIC, plan(FABRIC), profile("tuned"), ())
    seen = View(switches).look()
    assert (seen.delivered_share, seen.pairs_affected) == (0.0, PAIRS)


def test_a_silent_direction_loses_its_half_of_one_leafs_traffic() -> None:
    switches, view = started()
    view.look()
    switches.apply(Change(0, "silent-down", 0, end=NEAR))  # what leaf0 sends to spine0
    seen = view.look()
    assert seen.pairs_affected == 2, "leaf0 to the two others"
    assert seen.delivered_share == pytest.approx(1 - 2 / PAIRS / 2)
    assert seen.groups["leaf1"] == pytest.approx(0.75)
    assert seen.links_down == ["leaf0--spine0"]
    switches.apply(Change(0, "silent-up", 0, end=NEAR))
    assert view.look().delivered_share == 1.0


def test_a_cut_is_detoured_by_the_fib_alone() -> None:
    switches, view = started()
    view.look()
    switches.apply(Change(0, "link-down", 0))
    seen = view.look()
    assert seen.pairs_affected == 0
    assert [d["switch"] for d in seen.detours] == ["spine0"]
    assert seen.detours[0]["groups"] == ["leaf0"]
    assert seen.detours[0]["over"] == ["leaf1--spine0", "leaf2--spine0"]


def test_what_is_cut_off_is_nobodys_loss() -> None:
    switches, view = started()
    for link in (0, 1):
        assert FABRIC.link_name(link).startswith("leaf0--")
        switches.apply(Change(0, "link-down", link))
    seen = view.look()
    assert (seen.pairs, seen.delivered_share) == (2, 1.0)
    switches.apply(Change(0, "switch-down", FABRIC.names.index("spine0")))
    seen = view.look()
    assert (seen.pairs, seen.switches_down) == (2, ["spine0"])


def test_only_what_changed_is_solved_and_it_comes_to_the_same() -> None:
    switches, view = started()
    view.look()
    rng = np.random.default_rng(4)
    for _ in range(30):
        link = int(rng.integers(FABRIC.links))
        edge = "down" if switches.damage.light[FABRIC.slots_of(link)[0]] else "up"
        switches.apply(Change(0, f"link-{edge}", link))
        port = int(rng.integers(3))
        order = ProgramFib(expel=(port,)) if rng.random() < 0.5 else ProgramFib(admit=(port,))
        switches.program(3, order, 0)
        partly, fresh = view.look(), View(switches).look()
        assert partly.delivered_share == pytest.approx(fresh.delivered_share)
        assert partly.pairs_affected == fresh.pairs_affected
        assert partly.load_max == pytest.approx(fresh.load_max)
