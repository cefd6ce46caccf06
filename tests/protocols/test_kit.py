"""What every protocol's kit must make of a setting, whatever the protocol."""

from __future__ import annotations

import typing
from dataclasses import replace

import numpy as np
import pytest

from sidr.model.events import Told
from sidr.model.fabric import Fabric
from sidr.model.profiles import profile
from sidr.plan import plan
from sidr.protocols.kit import Setting, Start
from sidr.protocols.registry import PROTOCOLS, kit
from sidr.topology import load

SPECS = ("leaf-spine:leaves=3,spines=2", "fat-tree:k=4", "topologies/ring-7.yaml")
BFD = "frr-datacenter,bfd=300msx3"


def setting(spec: str, timers: str = BFD, *, link: int = 1, seed: int = 1) -> Setting:
    """A setting in which one link may lose something."""
    fabric = load(spec)
    touched = frozenset(fabric.slots_of(link))
    rng = np.random.default_rng(seed)
    return Setting(fabric, plan(fabric), profile(timers), "unique", rng, 99, touched)


def ends(fabric: Fabric, link: int = 1) -> list[int]:
    return sorted([int(fabric.near[link]), int(fabric.far[link])])


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_start_has_a_core_per_switch_and_arrays_of_the_fabrics_shape(
    name: str, spec: str
) -> None:
    given = setting(spec)
    fabric = given.fabric
    for start in (kit(name).cold(given), kit(name).converged(given)):
        assert len(start.cores) == fabric.switches
        assert start.fib.shape == (len(fabric.groups), fabric.slots)
        assert start.fib.dtype == np.uint8
        assert start.admitted.shape == (fabric.slots,)
        assert start.admitted.dtype == np.bool_
        assert set(start.detectors) <= set(ends(fabric))
        assert set(start.ticking) <= set(ends(fabric))


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_cold_start_forwards_nothing_and_a_converged_one_reaches_everything(name: str) -> None:
    given = setting("fat-tree:k=4")
    cold, warm = kit(name).cold(given), kit(name).converged(given)
    assert not forwards(cold).any()
    src, home = given.fabric.src, given.fabric.groups
    for group in range(len(home)):
        out = forwards(warm)[group]
        assert set(src[out].tolist()) >= set(range(given.fabric.switches)) - {int(home[group])}


def forwards(start: Start) -> np.ndarray:
    """Per group, the slots over which something may go."""
    return (start.fib > 0) & start.admitted


@pytest.mark.parametrize("name", PROTOCOLS)
def test_equal_settings_make_equal_starts_and_starts_share_nothing(name: str) -> None:
    one, two = (kit(name).converged(setting(SPECS[0])) for _ in range(2))
    assert np.array_equal(one.fib, two.fib)
    given = setting(SPECS[0])
    first, second = kit(name).converged(given), kit(name).converged(given)
    first.fib[:] = 0
    first.admitted[:] = False
    assert np.array_equal(second.fib, one.fib)
    assert second.admitted.all()
    assert {id(core) for core in first.cores}.isdisjoint(id(core) for core in second.cores)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_silent_link_is_watched_by_both_its_ends_and_by_nobody_else(name: str) -> None:
    given = setting(SPECS[0])
    assert sorted(kit(name).converged(given).detectors) == ends(given.fabric)
    nobody = replace(given, exercised=frozenset())
    assert not kit(name).converged(nobody).detectors
    assert not kit(name).converged(nobody).ticking


@pytest.mark.parametrize("name", PROTOCOLS)
def test_at_rest_nothing_but_timers_is_set(name: str) -> None:
    start = kit(name).converged(setting(SPECS[0]))
    cores = [*(start.cores[v] for v in start.ticking), *start.detectors.values()]
    for core in cores:
        effects = list(core.handle(Told("driver", "started"), 0))
        assert {type(effect).__name__ for effect in effects} <= {"SetTimer"}
        assert all(effect.delay_ns >= 0 for effect in effects)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_messages_have_names_that_tell_the_protocol(name: str) -> None:
    found = typing.get_args(kit(name).messages) or (kit(name).messages,)
    tags = [message.__struct_config__.tag for message in found]
    assert len(set(tags)) == len(tags)
    assert all(tag.split(".")[0] in (name, "bfd") for tag in tags)


def test_only_sidr_has_a_planner_and_packets_with_a_tag() -> None:
    for name in PROTOCOLS:
        assert kit(name).tagged == (name == "sidr")
        assert (kit(name).converged(setting(SPECS[0])).controller is not None) == (name == "sidr")


def test_who_is_born_later_has_another_stream_and_the_same_setting() -> None:
    given, rng = setting(SPECS[0]), np.random.default_rng(8)
    later = given.born_of(rng)
    assert later.rng is rng
    assert replace(later, rng=given.rng) == given
