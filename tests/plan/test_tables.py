"""Tables in the numbers of the fabric: those of a component alone, with the others left out."""

from __future__ import annotations

import numpy as np
import pytest

from sidr.forwarding.codec import decode
from sidr.model.fabric import Fabric
from sidr.model.plan import NO_ENTRY, OWN, SwitchTable
from sidr.plan import plan
from sidr.topology import fabric, load, restrict


def decoded(of: Fabric) -> list[SwitchTable]:
    ports = np.diff(of.ptr).tolist()
    return [decode(t, v, ports[v]) for v, t in enumerate(plan(of).tables)]


def interleaved() -> Fabric:
    """Two rings of four whose switches, and with them the groups, alternate; and one alone."""
    even, odd = [0, 2, 4, 6], [1, 3, 5, 7]
    links = [pair for ring in (even, odd) for pair in zip(ring, ring[1:] + ring[:1], strict=True)]
    a, b = np.array(links).T
    return fabric("x", names=list("abcdefghi"), a=a, b=b)


def without_leaves() -> Fabric:
    """One spine stands apart from all leaves."""
    return fabric("x", names=["a", "b", "s", "t"], a=[0, 1], b=[2, 2], tier=[0, 0, 1, 1])


@pytest.mark.parametrize(
    "whole",
    [load("10p10u:size=small"), load("topologies/ring-7.yaml"), interleaved(), without_leaves()],
    ids=["planes", "one", "interleaved", "without leaves"],
)
def test_a_table_says_what_it_would_say_in_the_component_alone(whole: Fabric) -> None:
    tables = decoded(whole)
    for component in range(int(whole.component.max()) + 1):
        part, switch_map, _ = restrict(whole, [component])
        here = np.flatnonzero(whole.component[whole.groups] == component)
        alone = decoded(part) if len(part.groups) else []
        for switch in np.flatnonzero(switch_map >= 0).tolist():
            line = np.array(tables[switch].group_class)
            elsewhere = np.ones(len(line), np.bool_)
            elsewhere[here] = False
            assert (line[elsewhere] == NO_ENTRY).all()
            if alone:
                expected = alone[switch_map[switch]]
                assert tuple(line[here].tolist()) == expected.group_class
                assert tables[switch].classes == expected.classes


def test_a_group_is_its_own_switch_s_and_nobody_else_s() -> None:
    made = interleaved()
    for switch, table in enumerate(decoded(made)):
        own = [group for group, number in enumerate(table.group_class) if number == OWN]
        assert [int(made.groups[group]) for group in own] == [switch]


def test_tables_of_the_full_10p10u_stay_small() -> None:
    made = load("10p10u:size=full")
    sizes = np.array([len(table) for table in plan(made).tables])
    assert sizes[made.tier == 0].max() < 100
    assert sizes.max() < 1000
