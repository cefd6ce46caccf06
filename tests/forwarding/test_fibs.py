"""What a write, a mask and another table change in the rows, and which columns they mark."""

from __future__ import annotations

import numpy as np

from sidr.forwarding.codec import decode, encode
from sidr.forwarding.fibs import Fibs
from sidr.forwarding.space import spaces
from sidr.model.effects import FibWrite, ProgramFib
from sidr.model.plan import PRIM, SwitchTable
from sidr.plan import plan
from sidr.topology import load

FABRIC = load("leaf-spine:leaves=2,spines=2")
PLAN = plan(FABRIC)


def fibs() -> Fibs:
    """FIBs of two leaves and two spines."""
    full = np.ones((2, FABRIC.slots), np.uint8)
    return Fibs(FABRIC, spaces(PLAN), full, np.ones(FABRIC.slots, np.bool_))


def test_a_write_changes_its_row_and_moves_its_column() -> None:
    ours = fibs()
    ours.write(0, FibWrite((1,), b"\7\10"))
    assert ours.rows[0][1, :2].tolist() == [7, 8]
    assert ours.rows[0][0, :2].tolist() == [1, 1]
    assert (ours.dirty, ours.moved) == ([set()], [{1: 0}])
    ours.write(1, FibWrite((1,), b"\7\10"))
    assert ours.dirty == [{1}], "two switches have moved it"


def test_a_port_that_leaves_closes_its_row_and_one_that_comes_touches_all() -> None:
    ours = fibs()
    ours.masks(0, ProgramFib(expel=(1,)))
    assert (ours.closed, ours.dirty, ours.ports_moved) == ([{1}], [set()], True)
    assert ours.admitted.tolist()[:2] == [True, False]
    ours.masks(0, ProgramFib(admit=(1,)))
    assert ours.moved == [{0: 0, 1: 0}]
    assert ours.admitted.all()


def test_a_switch_that_boots_has_the_rows_of_its_start() -> None:
    ours = fibs()
    ours.reset(1, np.zeros((2, FABRIC.slots), np.uint8), np.zeros(FABRIC.slots, np.bool_))
    assert ours.rows[0][:, 2:4].tolist() == [[0, 0], [0, 0]]
    assert ours.admitted.tolist()[:4] == [True, True, False, False]


def test_another_table_changes_roles_and_weights_of_its_switch_alone() -> None:
    ours = fibs()
    space = ours.spaces[0]
    old = decode(PLAN.tables[0], 0, 2)
    classes = tuple((1, sib, b1, b"\5\0") for _, sib, b1, _ in old.classes)
    table = SwitchTable(0, 2, 2, old.order_id, 0, classes, old.group_class)
    ours.masks(0, ProgramFib(table=encode(table)))
    assert ours.role[0][1, :2].tolist() == [PRIM, 0]
    assert ours.w0[0][1, :2].tolist() == [5, 0]
    assert (ours.role[0][:, 2:] == space.role[:, 2:]).all()
    assert space.role[1, :2].tolist() == [PRIM, PRIM], "the plan's own rows stay"
    assert ours.moved == [{1: 0}], "its own group's column has not changed"
