"""Weights on what is left: weight x announced share is the exact flow, by fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from sidr.forwarding.notice import fixpoint
from sidr.forwarding.space import Space, space
from sidr.graph.flows import rebalance
from sidr.model.plan import FULL, PRIM, U8
from sidr.plan import plan
from sidr.topology import load

SPECS = (
    "leaf-spine:leaves=3,spines=3,parallel=3",
    "fat-tree:k=4",
    "topologies/ring-7.yaml",
    "clos:pods=2,leaves=2,aggs=2,cores=4",
)


def flows(view: Space, part_dist: np.ndarray, j: int, live: np.ndarray) -> dict[int, Fraction]:
    """Exact flow of every primary slot of a column, live or not, by its neighbour's rho."""
    net, role, home = view.net, view.role[j], int(view.dests[j])
    rho: dict[int, Fraction] = {home: Fraction(1)}
    found: dict[int, Fraction] = {}
    order = sorted(range(len(net.ptr) - 1), key=lambda v: (part_dist[j, v], v))
    for v in (v for v in order if v != home and part_dist[j, v] > 0):
        mine = [e for e in range(net.ptr[v], net.ptr[v + 1]) if role[e] & PRIM]
        fed = [e for e in range(net.ptr[v], net.ptr[v + 1]) if role[net.twin[e]] & PRIM]
        for e in mine:
            found[e] = Fraction(int(net.cap[e])) * rho[int(net.nbr[e])]
        into = sum((Fraction(int(net.cap[e])) for e in fed), Fraction(0))
        total = sum((found[e] for e in mine if live[e]), Fraction(0))
        rho[v] = total / into if into else Fraction(0)
    return found


def solved(spec: str, links: tuple[int, ...]) -> tuple[Space, np.ndarray, np.ndarray, U8, U8]:
    fabric = load(spec)
    (part,) = plan(fabric).parts
    view = space(fabric, part)
    live = ~np.isin(view.link, links)
    heard = np.full(view.role.shape, FULL, np.uint8)
    fixpoint(view.net, view.dests, part.dist, view.role, view.w0, live, heard)
    out = np.zeros(view.role.shape, np.uint8)
    rebalance(view.net, live, part.prim, part.dist, view.dests, heard, out)
    return view, part.dist, live, heard, out


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("links", [(), (0,), (0, 1), (0, 5)])
def test_weight_times_share_splits_as_the_exact_flow(spec: str, links: tuple[int, ...]) -> None:
    view, dist, live, heard, out = solved(spec, links)
    for j in range(len(view.dests)):
        wanted = flows(view, dist, j, live)
        for v in range(len(view.net.ptr) - 1):
            slots = [
                e
                for e in range(view.net.ptr[v], view.net.ptr[v + 1])
                if wanted.get(e) and live[e] and heard[j, e]
            ]
            total = sum((wanted[e] for e in slots), Fraction(0))
            split = sum(int(out[j, e]) * int(heard[j, e]) for e in slots)
            for e in slots if total else ():
                part = int(out[j, e]) * int(heard[j, e]) / split
                assert part == pytest.approx(float(wanted[e] / total), abs=0.005), (j, v, e)


@pytest.mark.parametrize("spec", SPECS)
def test_dead_ports_keep_a_weight_and_others_get_none(spec: str) -> None:
    view, _, _, _, out = solved(spec, (0,))
    assert ((out > 0) == ((view.role & PRIM) > 0)).all()


def test_shares_alone_would_split_otherwise() -> None:
    view, _, live, heard, out = solved(SPECS[0], (0,))
    spine = view.net.nbr[live & (view.link == 9)][0]
    towards = [e for e in np.flatnonzero(view.net.nbr == spine) if live[e]]
    assert {int(heard[0, e]) for e in towards} == {11}
    assert {int(out[0, e]) for e in towards if view.role[0, e] & PRIM} != {255}
