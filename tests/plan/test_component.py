"""Equal components are solved once, and only equal ones."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from sidr.model.fabric import Fabric
from sidr.plan import plan
from sidr.plan.component import shape_of, solve_all
from sidr.topology import fabric, load

RING = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)]


def components(of: Fabric) -> list[tuple[np.ndarray, np.ndarray]]:
    return [
        (
            np.flatnonzero(of.component == c).astype(np.int32),
            np.flatnonzero(of.component[of.groups] == c).astype(np.int32),
        )
        for c in range(int(of.component.max()) + 1)
    ]


def two_rings(**columns: object) -> Fabric:
    """Two squares with a chord, in planes 0 and 1."""
    ends = [*RING, *((a + 4, b + 4) for a, b in RING)]
    a, b = np.array(ends).T
    given = {"names": list("abcdefgh"), "a": a, "b": b, "plane": [0] * 4 + [1] * 4}
    return fabric("x", **(given | columns))


def like(of: Fabric) -> tuple[int, ...]:
    return solve_all(of, components(of))[1]


def test_equal_planes_share_the_solution_and_keep_their_own_numbers() -> None:
    made = load("10p10u:size=small")
    (one, two), numbers = solve_all(made, components(made))
    assert numbers == (0, 0)
    assert two.prim is one.prim
    assert two.dist is one.dist
    assert (two.switches - one.switches == 80).all()
    assert (two.groups - one.groups == 32).all()
    assert (two.slots - one.slots == 1024).all()


def test_a_shared_solution_is_what_the_component_alone_gives() -> None:
    made = load("10p10u:size=small")
    (_, shared), _ = solve_all(made, components(made))
    (alone,), _ = solve_all(made, components(made)[1:])
    assert alone.prim is not shared.prim
    for mine, other in zip(astuple(alone), astuple(shared), strict=True):
        assert np.array_equal(mine, other)


def test_equal_rings_are_alike() -> None:
    assert like(two_rings()) == (0, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"capacity_bps": [10**9] * 9 + [10**10]},
        {"tier": [0, 0, 0, 1, 0, 0, 0, 0]},
        {"a": [0, 1, 2, 3, 0, 4, 5, 6, 7, 5], "b": [1, 2, 3, 0, 2, 5, 6, 7, 4, 7]},
    ],
    ids=["a capacity", "a destination", "a link"],
)
def test_whatever_routing_depends_on_keeps_planes_apart(change: dict[str, object]) -> None:
    assert like(two_rings(**change)) == (0, 1)


def test_lengths_and_names_do_not_keep_planes_apart() -> None:
    assert like(two_rings(length_m=list(range(10)), names=list("abcdwxyz"))) == (0, 0)


def test_the_rows_of_a_component_are_its_slots_in_local_numbers() -> None:
    made = two_rings()
    switches, groups = components(made)[1]
    slots, shape = shape_of(made, switches, groups)
    assert (made.src[slots] >= 4).all()
    assert (shape.nbr == made.nbr[slots] - 4).all()
    assert (slots[shape.twin] == made.twin[slots]).all()
    assert shape.dests.tolist() == [0, 1, 2, 3]


@pytest.mark.slow
def test_the_whole_campus_is_planned_from_one_plane() -> None:
    made = plan(load("campus"))
    assert len(made.parts) == 16
    assert all(part.prim is made.parts[0].prim for part in made.parts)
    assert max(map(len, made.tables)) < 3000
    assert sum(map(len, made.tables)) < 50 * 10**6
