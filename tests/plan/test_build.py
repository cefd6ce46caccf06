"""A Plan put together: a table for every switch, and what identifies plan and order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sidr.errors import PlanError
from sidr.forwarding.codec import GROUPS_MAX, HEADER, digest64
from sidr.plan import plan
from sidr.topology import fabric, load


def test_every_switch_has_a_table_of_the_epoch_and_the_order() -> None:
    made = plan(load("10p10u:size=small"), epoch=7)
    heads = [HEADER.unpack_from(table) for table in made.tables]
    assert len(heads) == 160
    assert {head[7] for head in heads} == {7}
    assert {head[8] for head in heads} == {made.order_id}
    assert made.digest == digest64(b"".join(made.tables))


def test_every_switch_and_group_is_in_one_part() -> None:
    made = plan(load("10p10u:size=small"))
    switches = np.concatenate([part.switches for part in made.parts])
    groups = np.concatenate([part.groups for part in made.parts])
    assert sorted(switches.tolist()) == list(range(160))
    assert sorted(groups.tolist()) == list(range(64))


def test_epochs_of_one_fabric_have_one_order() -> None:
    made = load("fat-tree:k=4")
    first, second = plan(made), plan(made, epoch=2)
    assert first.order_id == second.order_id
    assert first.tables != second.tables


def test_capacities_leave_the_order_alone_and_links_do_not() -> None:
    ring = {"names": list("abcd"), "a": [0, 1, 2, 3], "b": [1, 2, 3, 0]}
    order = plan(fabric("x", **ring)).order_id
    assert plan(fabric("x", **ring, capacity_bps=[1, 2, 3, 4])).order_id == order
    longer = ring | {"a": [0, 1, 2, 3, 0], "b": [1, 2, 3, 0, 2]}
    assert plan(fabric("x", **longer)).order_id != order
    renamed = ring | {"names": list("abcz")}
    assert plan(fabric("x", **renamed)).order_id != order


def test_more_groups_than_tables_can_number_are_refused() -> None:
    made = load("fat-tree:k=4")
    many = replace(made, groups=np.zeros(GROUPS_MAX, np.int32))
    with pytest.raises(PlanError, match=f"below {GROUPS_MAX}"):
        plan(many)
