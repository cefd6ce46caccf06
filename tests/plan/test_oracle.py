"""The whole plan against the slow definition, and what identifies a plan and its order."""

from __future__ import annotations

import numpy as np
import pytest

from sidr.errors import PlanError
from sidr.forwarding.codec import GROUPS_MAX, digest64
from sidr.model.fabric import Fabric
from sidr.model.plan import NO_ENTRY, OWN
from sidr.plan import plan
from sidr.plan.build import order_id
from sidr.topology import fabric, load
from tests.plan.decoded import cells_by_definition, cells_of_tables, decoded
from tests.plan.fabrics import GBPS, MADE, graph

RING = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)]


@pytest.mark.parametrize("name", MADE)
def test_every_cell_of_every_table_is_as_defined(name: str) -> None:
    made = MADE[name]()
    assert cells_of_tables(plan(made)) == cells_by_definition(made)


def test_a_wrong_port_in_a_table_is_noticed() -> None:
    ring, chord = graph(6, RING), graph(6, [*RING, (0, 2)])
    assert cells_of_tables(plan(ring)) != cells_by_definition(chord)


@pytest.mark.parametrize("name", ["two planes", "parts", "fast tangle"])
def test_a_plan_is_the_same_every_time(name: str) -> None:
    one, two = plan(MADE[name]()), plan(MADE[name]())
    assert one.tables == two.tables
    assert (one.order_id, one.digest) == (two.order_id, two.digest)


def test_a_plan_does_not_depend_on_the_order_of_description() -> None:
    rng = np.random.default_rng(3)
    links = [*RING, (0, 3), (0, 3), (1, 4)]
    speed = np.arange(1, 10) * GBPS
    rank = np.array([0] * 7 + [1, 0])
    names, number, order = rng.permutation(6), np.empty(6, int), rng.permutation(9)
    number[names] = np.arange(6)
    ends = number[np.array(links)[order]]
    shuffled = fabric(
        "graph",
        names=[f"v{i}" for i in names],
        a=ends[:, 1],
        b=ends[:, 0],
        capacity_bps=speed[order],
        rank=rank[order],
    )
    described = plan(graph(6, links, capacity_bps=speed, rank=rank))
    assert plan(shuffled).tables == described.tables
    assert plan(shuffled).order_id == described.order_id


def test_parts_hold_every_switch_and_every_group_once() -> None:
    made = MADE["parts"]()
    parts = plan(made).parts
    assert [(part.switches.tolist(), part.groups.tolist()) for part in parts] == [
        ([0, 2, 3], [0, 2, 3]),
        ([1, 4], [1, 4]),
        ([5, 6], []),
    ]
    assert sorted(np.concatenate([part.slots for part in parts]).tolist()) == list(range(12))


def test_tables_of_one_plan_carry_its_epoch_and_order() -> None:
    made = plan(MADE["two planes"](), epoch=9)
    assert made.epoch == 9
    assert {(t.epoch, t.order_id) for t in decoded(made)} == {(9, made.order_id)}


def test_the_digest_is_that_of_all_tables_in_switch_order() -> None:
    made = plan(MADE["parts"]())
    assert made.digest == digest64(b"".join(made.tables))
    assert made.digest != plan(MADE["shorn"]()).digest


def test_the_order_is_the_same_in_every_epoch_and_the_tables_say_which() -> None:
    made = MADE["ring-7"]()
    first, second = plan(made), plan(made, epoch=2)
    assert (first.epoch, second.epoch) == (1, 2)
    assert first.order_id == second.order_id
    assert first.digest != second.digest
    assert cells_of_tables(first) == cells_of_tables(second)


def test_the_order_is_the_same_at_other_speeds_lengths_and_labels() -> None:
    base = graph(6, [*RING, (0, 3)])
    other = fabric(
        "another label",
        names=base.names,
        a=base.near,
        b=base.far,
        capacity_bps=np.arange(1, 8) * GBPS,
        length_m=7.0,
    )
    assert plan(other).order_id == plan(base).order_id
    assert plan(other).tables != plan(base).tables


REWIRED = {
    "a chord more": graph(6, [*RING, (0, 2)]),
    "a link less": graph(6, RING[1:]),
    "another end": graph(6, [*RING[1:], (0, 2)]),
    "a switch more": graph(7, [*RING, (0, 6)]),
    "two parts": graph(6, [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)]),
    "other numbers": graph(6, [(0, 1), (1, 2), (2, 3), (3, 5), (5, 4), (4, 0)]),
    "fewer destinations": graph(6, RING, tier=[0, 0, 0, 0, 0, 1]),
    "another name": fabric(
        "graph", names=[f"w{i}" for i in range(6)], a=[a for a, _ in RING], b=[b for _, b in RING]
    ),
}


@pytest.mark.parametrize("name", REWIRED)
def test_rewiring_changes_the_order(name: str) -> None:
    assert plan(REWIRED[name]).order_id != plan(graph(6, RING)).order_id


def test_the_order_follows_from_the_parts() -> None:
    made = plan(MADE["parts"]())
    assert order_id(made.fabric, made.parts) == made.order_id
    assert order_id(made.fabric, made.parts[::-1]) != made.order_id


def lone(switches: int) -> Fabric:
    """Switches without links; each is a destination."""
    return fabric("lone", names=[f"v{i}" for i in range(switches)], a=[], b=[])


def test_a_switch_alone_knows_its_own_group_and_no_other() -> None:
    made = plan(lone(2))
    assert [table.group_class for table in decoded(made)] == [(OWN, NO_ENTRY), (NO_ENTRY, OWN)]


def test_more_groups_than_tables_can_number_are_refused() -> None:
    with pytest.raises(PlanError) as caught:
        plan(lone(GROUPS_MAX))
    (mistake,) = caught.value.mistakes
    assert (mistake.where, mistake.found) == ("lone", "65535 destination groups")
    assert mistake.allowed == "below 65535"


def test_more_ports_than_a_table_can_describe_are_refused() -> None:
    with pytest.raises(PlanError):
        plan(load("leaf-spine:leaves=2048,spines=1"))  # masks of 256 bytes; their size is a u8


def test_spines_without_leaves_have_tables_without_groups() -> None:
    made = plan(graph(2, [(0, 1)], tier=[1, 1]))
    assert [table.group_class for table in decoded(made)] == [(), ()]
