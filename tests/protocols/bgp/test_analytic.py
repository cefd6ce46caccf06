"""The converged state, cell by cell against what a cold start's tables hold."""

from __future__ import annotations

import pytest

from sidr.protocols.bgp import KIT, asn
from sidr.protocols.bgp.analytic import LOCAL, Converged
from sidr.protocols.bgp.speaker import Speaker
from tests.protocols.settled import IRREGULAR, PARALLEL, SMALL, fabric_of, world_of


@pytest.mark.parametrize("numbering", asn.PLANS)
@pytest.mark.parametrize("spec", [*SMALL, PARALLEL])
def test_what_was_heard_and_sent_is_what_a_cold_start_heard_and_sent(
    spec: str, numbering: str
) -> None:
    fabric = fabric_of(spec)
    base = Converged(fabric, asn.numbers(fabric, numbering))
    world = world_of(fabric, KIT, cold=True, asn=numbering)
    for v, core in enumerate(world.cores):
        assert isinstance(core, Speaker)
        for group in range(len(fabric.groups)):
            best = core.rib.best(group)
            assert best is not None
            assert len(best.path) == len(base.path(group, v) or ())
            assert core.rib.hops(group) == base.fib[group, fabric.ports(v)].tobytes()


def test_paths_grow_by_one_number_a_hop_and_name_no_switch_twice() -> None:
    fabric = fabric_of(IRREGULAR)
    base = Converged(fabric, asn.numbers(fabric, "unique"))
    for group, home in enumerate(fabric.groups.tolist()):
        for v in range(fabric.switches):
            path = base.path(group, v)
            assert path is not None
            assert len({base.asn[v], *path}) == len(path) + 1
            if v == home:
                assert (path, base.port(group, v)) == ((), LOCAL)
            else:
                assert path[-1] == base.asn[home]


def test_nothing_is_announced_to_whom_the_best_path_came_from() -> None:
    fabric = fabric_of(SMALL[0])
    base = Converged(fabric, asn.numbers(fabric, "unique"))
    for group in range(len(fabric.groups)):
        for v in range(fabric.switches):
            ports = range(len(fabric.ports(v)))
            silent = [p for p in ports if base.announced(group, v, p) is None]
            port = base.port(group, v)
            assert silent == ([] if port == LOCAL else [port])
