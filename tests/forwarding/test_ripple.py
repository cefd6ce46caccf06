"""Loads carried on from one switch equal those of columns that are solved from nothing."""

from __future__ import annotations

import numpy as np
import pytest

from sidr.forwarding.rule import PLAIN, Rule
from sidr.forwarding.shares import Traffic
from sidr.forwarding.space import Space, spaces
from sidr.model.plan import FULL, PRIM, U8
from sidr.plan import plan
from sidr.topology import load

TAGGED = Rule(1, 2, 1, 1)
SPECS = (
    "fat-tree:k=4",
    "leaf-spine:leaves=4,spines=3,parallel=2",
    "jellyfish:switches=14,degree=4",
)


class Case:
    """A component, its traffic kept up to date, and a second one solved anew every time."""

    def __init__(self, spec: str, rule: Rule) -> None:
        (self.space,) = spaces(plan(load(spec)))
        self.rule = rule
        self.rows: U8 = np.full(self.space.role.shape, FULL, np.uint8)
        if not rule.tagged:
            self.rows = (self.space.role & PRIM).astype(np.uint8)
        self.up = np.ones(len(self.space.link), np.bool_)
        self.columns = np.arange(len(self.space.dests), dtype=np.int32)
        self.traffic = self.anew()

    def anew(self) -> Traffic:
        traffic = Traffic(self.space, self.rule)
        traffic.solve(self.columns, self.rows, self.up, self.up, self.space.demand)
        return traffic

    def ripple(self, columns: list[int], switches: list[int]) -> list[bool]:
        chosen = np.array(columns, np.int32), np.array(switches, np.int32)
        done = self.traffic.ripple(*chosen, self.rows, (self.up, self.up, self.space.demand))
        left = chosen[0][~done]
        self.traffic.solve(left, self.rows, self.up, self.up, self.space.demand)
        return done.tolist()

    def check(self) -> None:
        other = self.anew()
        for name in ("share", "looping", "hops", "hops_max", "load", "total"):
            got, want = getattr(self.traffic, name), getattr(other, name)
            scale = max(1.0, float(np.abs(want).max()))
            np.testing.assert_allclose(got, want, atol=1e-9 * scale, err_msg=name)


def primaries(space: Space, j: int, v: int) -> list[int]:
    rows = range(int(space.net.ptr[v]), int(space.net.ptr[v + 1]))
    return [e for e in rows if space.role[j, e] & PRIM]


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("rule", [TAGGED, PLAIN], ids=["tagged", "plain"])
def test_a_hundred_new_rows_one_after_the_other_are_as_if_solved_anew(
    spec: str, rule: Rule
) -> None:
    case = Case(spec, rule)
    rng = np.random.default_rng(7)
    calm = 0
    for _ in range(100):
        j, v = int(rng.integers(len(case.columns))), int(rng.integers(len(case.space.demand)))
        if v == case.space.dests[j]:
            continue
        ports = primaries(case.space, j, v)
        case.rows[j, ports] = rng.integers(0, 3, len(ports)) * (FULL // 2 if rule.tagged else 1)
        calm += sum(case.ripple([j], [v]))
        case.check()
    assert 5 < calm < 100, "both ways have been taken"


@pytest.mark.parametrize("rule", [TAGGED, PLAIN], ids=["tagged", "plain"])
def test_most_changes_of_weights_need_no_solving(rule: Rule) -> None:
    case = Case("fat-tree:k=4", rule)
    rng = np.random.default_rng(1)
    columns = case.columns.tolist()
    for v in range(len(case.space.demand)):
        for j in columns:
            case.rows[j, primaries(case.space, j, v)[1:]] = rng.integers(1, 3)
        assert all(case.ripple(columns, [v] * len(columns)))
    case.check()


def test_a_port_that_carries_less_or_leads_astray_is_left_to_the_solver() -> None:
    case = Case("leaf-spine:leaves=3,spines=3", PLAIN)
    space = case.space
    j, v = 0, int(space.dests[1])
    ports = primaries(space, j, v)
    lit = np.ones(len(case.up))
    lit[ports[0]] = 0.5
    case.rows[j, ports[1:]] = 0
    starts = np.array([j], np.int32), np.array([v], np.int32)
    args = (*starts, case.rows, (case.up, lit, space.demand))
    assert not case.traffic.ripple(*args).any()
    case.traffic.solve([j], case.rows, case.up, lit, space.demand)
    assert case.traffic.share[j, v] == pytest.approx(0.5)
    case.rows[j, ports] = 1
    assert not case.traffic.ripple(*args).any(), "a column that was not calm is not trusted"


def test_a_destination_that_changes_its_own_row_changes_nothing() -> None:
    case = Case("leaf-spine:leaves=3,spines=2", TAGGED)
    case.rows[0, case.space.net.ptr[0] : case.space.net.ptr[1]] = 0
    assert case.ripple([0], [int(case.space.dests[0])]) == [True]
    case.check()
