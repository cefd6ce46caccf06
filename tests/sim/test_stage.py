"""A stage holds the components that a fault touches, and running on it changes no result."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidr.model.fabric import Fabric
from sidr.model.faults import Change, Trial
from sidr.model.profiles import hardware, profile
from sidr.protocols.registry import kit
from sidr.sim.stage import stage, touched
from sidr.sim.trial import Outcome, Terms, run
from sidr.topology import load


@pytest.fixture(scope="module")
def planes(tmp_path_factory: pytest.TempPathFactory) -> Fabric:
    """Two planes, each of two leaves and two spines."""
    switches = [
        f"{{name: n{n}-{role}{i}, tier: {tier}, plane: {n}}}"
        for n in (0, 1)
        for tier, role in enumerate(("leaf", "spine"))
        for i in (0, 1)
    ]
    links = [
        f"{{a: n{n}-leaf{i}, b: n{n}-spine{j}}}" for n in (0, 1) for i in (0, 1) for j in (0, 1)
    ]
    path: Path = tmp_path_factory.mktemp("planes") / "planes.yaml"
    text = "switches:\n" + "".join(f"- {s}\n" for s in switches)
    path.write_text(text + "links:\n" + "".join(f"- {k}\n" for k in links))
    return load(str(path))


def trial(*changes: Change) -> Trial:
    return Trial(0, "x", "x", 5, changes)


def link(fabric: Fabric, name: str) -> int:
    return [fabric.link_name(i) for i in range(fabric.links)].index(name)


def test_what_is_touched_follows_from_links_and_switches(planes: Fabric) -> None:
    first, second = link(planes, "n0-leaf0--n0-spine0"), link(planes, "n1-leaf0--n1-spine0")
    assert touched(planes, trial(Change(0, "link-down", first))) == (0,)
    assert touched(planes, trial(Change(0, "silent-down", second, "near"))) == (1,)
    spine = planes.names.index("n1-spine1")
    both = trial(Change(0, "link-down", first), Change(0, "switch-down", spine))
    assert touched(planes, both) == (0, 1)
    assert touched(planes, trial(Change(0, "planner-down", 0))) == (0,)


def test_numbers_are_those_of_the_part(planes: Fabric) -> None:
    ready = stage(planes, (1,))
    assert ready.fabric.names == tuple(name for name in planes.names if name.startswith("n1"))
    wanted = link(planes, "n1-leaf1--n1-spine0")
    (change,) = ready.changes(trial(Change(3, "silent-down", wanted, "far")))
    assert ready.fabric.link_name(change.id) == "n1-leaf1--n1-spine0"
    assert (change.at_ns, change.end) == (3, "far")
    assert ready.changes(trial(Change(0, "planner-down", 0)))[0].id == 0


@pytest.mark.parametrize("protocol", ["sidr", "bgp", "ospf"])
def test_a_trial_on_its_component_is_the_trial_on_the_whole_fabric(
    planes: Fabric, protocol: str
) -> None:
    cut = trial(Change(0, "link-down", link(planes, "n1-leaf0--n1-spine1")))
    terms = Terms(profile("frr-datacenter"), hardware("ideal"))

    def on(components: tuple[int, ...]) -> Outcome:
        return run(stage(planes, components), cut, kit(protocol), terms)

    part, whole = on((1,)), on((0, 1))
    for name in ("repair_ns", "lost_traffic_s", "pairs_affected", "loop_ns", "restore_lost_s"):
        assert getattr(part.measured, name) == pytest.approx(getattr(whole.measured, name)), name
    assert part.messages == whole.messages
    assert part.reconvergence_ns == whole.reconvergence_ns
