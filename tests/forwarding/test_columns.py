"""Cycles: what leaves them is delivered, what comes back to a state is lost."""

from __future__ import annotations

import numpy as np
import pytest

from sidr.forwarding.rule import PLAIN
from sidr.forwarding.shares import Traffic
from sidr.forwarding.space import spaces
from sidr.plan import plan
from sidr.topology import load


def ring_fib(ports: dict[str, list[str]]) -> tuple[Traffic, list[str]]:
    """A plain FIB towards leaf0 on a 4x4 leaf-spine, by names of neighbours."""
    fabric = load("leaf-spine:leaves=4,spines=4")
    (space,) = spaces(plan(fabric))
    fib = np.zeros(space.role.shape, np.uint8)
    for switch, neighbours in ports.items():
        v = fabric.names.index(switch)
        for e in range(space.net.ptr[v], space.net.ptr[v + 1]):
            fib[0, e] = fabric.names[space.net.nbr[e]] in neighbours
    traffic = Traffic(space, PLAIN)
    up = np.ones(len(space.link), np.bool_)
    traffic.solve([0], fib, up, up, space.demand)
    return traffic, list(fabric.names)


def test_a_cycle_with_an_exit_delivers_what_takes_it_before_coming_back() -> None:
    # leaf1 -> spine0 | spine1; spine0 -> leaf0; spine1 -> leaf1 | leaf2; leaf2 -> spine0
    traffic, names = ring_fib(
        {
            "leaf1": ["spine0", "spine1"],
            "leaf2": ["spine0"],
            "leaf3": ["spine1"],
            "spine0": ["leaf0"],
            "spine1": ["leaf1", "leaf2"],
        }
    )
    share = dict(zip(names, traffic.share[0], strict=True))
    looping = dict(zip(names, traffic.looping[0], strict=True))
    # leaf1: 1/2 direct, 1/4 over spine1 and leaf2, 1/4 comes back
    assert (share["leaf1"], looping["leaf1"]) == pytest.approx((0.75, 0.25))
    # leaf3: 1/2 over leaf2; 1/2 to leaf1, of which half is delivered and half meets spine1 again
    assert (share["leaf3"], looping["leaf3"]) == pytest.approx((0.75, 0.25))
    assert traffic.hops_max[0, names.index("leaf2")] == 2
    assert traffic.hops_max[0, names.index("leaf1")] == 0  # a cycle is on the way
    assert not traffic.truncated


def test_a_closed_cycle_delivers_nothing_and_loads_are_finite() -> None:
    traffic, names = ring_fib(
        {"leaf1": ["spine1"], "leaf2": ["spine1"], "leaf3": ["spine0"], "spine0": ["leaf0"],
         "spine1": ["leaf1"]}
    )  # fmt: skip
    assert traffic.share[0, names.index("leaf1")] == 0
    assert traffic.looping[0, names.index("leaf2")] == 1
    assert traffic.share[0, names.index("leaf3")] == 1
    assert np.isfinite(traffic.load).all()


def test_a_switch_without_next_hops_drops() -> None:
    traffic, names = ring_fib({"leaf1": ["spine0"]})
    v = names.index("leaf1")
    assert (traffic.share[0, v], traffic.looping[0, v]) == (0, 0)
