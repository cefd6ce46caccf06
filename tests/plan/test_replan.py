"""Another epoch for what is left: the order stays, weights and detours change."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from sidr.forwarding.codec import decode
from sidr.forwarding.rule import Rule
from sidr.forwarding.space import space
from sidr.model.plan import Plan
from sidr.plan import plan
from sidr.plan.replan import replan
from sidr.topology import load

SPECS = ("fat-tree:k=4", "topologies/ring-7.yaml", "leaf-spine:leaves=3,spines=3,parallel=2")
CUTS = [(0,), (1, 4), (0, 2, 5)]


def cells(made: Plan) -> dict[tuple[int, int], tuple[int, int, int]]:
    """(switch, group) -> masks of primaries, siblings and detours, from the encoded tables."""
    fabric = made.fabric
    found = {}
    for v in range(fabric.switches):
        table = decode(made.tables[v], v, len(fabric.ports(v)))
        for g, number in enumerate(table.group_class):
            if number >= 0:
                found[v, g] = table.classes[number][:3]
    return found


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("out", CUTS)
def test_next_hops_and_siblings_stay_those_of_the_order(spec: str, out: tuple[int, ...]) -> None:
    base = plan(load(spec))
    made = replan(base, out, epoch=2)
    assert (made.order_id, made.epoch) == (base.order_id, 2)
    before, after = cells(base), cells(made)
    assert {k: v[:2] for k, v in before.items()} == {k: v[:2] for k, v in after.items()}


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("out", CUTS)
def test_detours_are_the_cheapest_on_what_is_left(spec: str, out: tuple[int, ...]) -> None:
    base = plan(load(spec))
    fabric = base.fabric
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(fabric.switches))
    for link in set(range(fabric.links)) - set(out):
        graph.add_edge(int(fabric.near[link]), int(fabric.far[link]))
    for (v, g), (prim, _, b1) in cells(replan(base, out, epoch=2)).items():
        without = graph.copy()
        without.remove_node(v)
        hops = nx.single_source_shortest_path_length(without, int(fabric.groups[g]))
        costs = {}
        for p, e in enumerate(fabric.ports(v)):
            cost = hops.get(int(fabric.nbr[e]))
            if int(fabric.link[e]) not in out and not prim >> p & 1 and cost is not None:
                costs[p] = cost
        best = min(costs.values(), default=None)
        assert {p for p in range(64) if b1 >> p & 1} == {p for p in costs if costs[p] == best}, (
            fabric.names[v],
            fabric.names[fabric.groups[g]],
        )


def test_with_nothing_out_it_is_the_plan_but_for_the_epoch() -> None:
    base = plan(load(SPECS[0]))
    assert cells(replan(base, (), epoch=2)) == cells(base)
    assert replan(base, (), epoch=base.epoch).tables == base.tables


def test_two_epochs_mixed_at_random_never_loop() -> None:
    """Any subset of switches may hold the new tables: the order is one."""
    from sidr.forwarding.shares import Traffic
    from sidr.model.plan import FULL

    base = plan(load("topologies/ring-7.yaml"))
    fabric, out = base.fabric, (0, 3)
    made = replan(base, out, epoch=2)
    old, new = (space(fabric, p.parts[0]) for p in (base, made))
    live = ~np.isin(old.link, out)
    rng = np.random.default_rng(1)
    heard = np.full(old.role.shape, FULL, np.uint8)
    traffic = Traffic(old, Rule(1, 2, 1, 1))
    src = fabric.src[old.part.slots]
    for _ in range(100):
        flipped = (rng.random(fabric.switches) < 0.5)[src]
        traffic.role = np.where(flipped, new.role, old.role)
        traffic.w0 = np.where(flipped, new.w0, old.w0)
        traffic.solve(np.arange(len(old.dests)), heard, live, live, old.demand)
        assert not (traffic.looping > 0).any()
