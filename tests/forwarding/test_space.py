"""The dense view of a component."""

from __future__ import annotations

import numpy as np
import pytest

from sidr.forwarding.space import offered, spaces
from sidr.model.plan import PRIM
from sidr.plan import plan
from sidr.topology import load


def test_every_plane_is_a_space_of_its_own() -> None:
    fabric = load("10p10u:size=small")
    found = spaces(plan(fabric))
    assert [len(s.dests) for s in found] == [32, 32]
    assert sum(len(s.link) for s in found) == fabric.slots
    second = found[1]
    assert second.column(int(second.part.groups[3])) == 3
    assert second.column(int(found[0].part.groups[0])) == -1


def test_twins_and_neighbours_are_consistent_locally() -> None:
    (space,) = spaces(plan(load("fat-tree:k=4")))
    net = space.net
    src = np.repeat(np.arange(len(space.demand)), np.diff(net.ptr))
    assert (net.twin[net.twin] == np.arange(len(net.twin))).all()
    assert (net.nbr[net.twin] == src).all()


def test_roles_come_from_the_bitsets() -> None:
    fabric = load("leaf-spine:leaves=2,spines=3")
    (space,) = spaces(plan(fabric))
    leaf1 = slice(space.net.ptr[1], space.net.ptr[2])
    assert (space.role[0, leaf1] & PRIM == PRIM).all()
    assert (space.role[1, leaf1] & PRIM == 0).all()


def test_leaves_offer_their_host_capacity_in_all() -> None:
    fabric = load("fat-tree:k=4")
    (space,) = spaces(plan(fabric))
    total = offered(fabric)
    assert total.sum() == pytest.approx(float(fabric.hosts.sum()) * fabric.host_bps)
    assert space.demand[0] * 7 == pytest.approx(total[0])
