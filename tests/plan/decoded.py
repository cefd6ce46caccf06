"""Cells as tables give them, and as the slow definition does, in one form."""

from __future__ import annotations

from sidr.forwarding.codec import decode
from sidr.model.fabric import Fabric
from sidr.model.plan import NO_ENTRY, OWN, Plan, SwitchTable
from tests.graph import oracle

Cell = tuple[int, int, int, tuple[int, ...]] | int
"""Masks of prim, sib, b1 and the octet of every port; or NO_ENTRY, OWN."""

Cells = dict[tuple[int, int], Cell]
"""By (switch, group)."""


def decoded(plan: Plan) -> list[SwitchTable]:
    """Every switch's table, read from its bytes."""
    fabric = plan.fabric
    return [decode(plan.tables[v], v, len(fabric.ports(v))) for v in range(fabric.switches)]


def cells_of_tables(plan: Plan) -> Cells:
    """Every (switch, group) of a plan, from the tables' bytes alone."""
    return {
        (table.switch, group): _cell(table, number)
        for table in decoded(plan)
        for group, number in enumerate(table.group_class)
    }


def _cell(table: SwitchTable, number: int) -> Cell:
    if number < 0:
        return number
    prim, sib, b1, weights = table.classes[number]
    even = (255 if prim >> port & 1 else 0 for port in range(table.ports))
    return prim, sib, b1, tuple(weights) or tuple(even)


def cells_by_definition(fabric: Fabric) -> Cells:
    """Every (switch, group) of a fabric, by breadth-first searches and exact fractions."""
    graph, dests = oracle.of_fabric(fabric), fabric.groups.tolist()
    masks, weights = oracle.cells(graph, dests), oracle.weights(graph, dests)
    found: Cells = {}
    for v in range(fabric.switches):
        for group, dest in enumerate(dests):
            found[v, group] = OWN if v == dest else NO_ENTRY
            if (v, dest) in masks:
                share = {port: oracle.octet(x) for port, x in weights[v, dest].items()}
                row = tuple(share.get(port, 0) for port in range(len(fabric.ports(v))))
                found[v, group] = (*masks[v, dest][:3], row)
    return found
