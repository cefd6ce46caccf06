"""SPF results on their way into the FIB: the machine, zebra's queue, prefixes."""

from __future__ import annotations

import numpy as np
import pytest

from sidr.model.effects import CancelTimer, Effect, FibWrite, ProgramFib, SetTimer
from sidr.model.profiles import OspfTimers, profile
from sidr.protocols.ospf.lsdb import Lsdb
from sidr.protocols.ospf.messages import Lsa
from sidr.protocols.ospf.routes import MACHINES, Interfaces, Routes
from tests.protocols.ospf.playbook import FABRIC, FRR, MS

RFC = profile("rfc").ospf


def routes(timers: OspfTimers, prefixes: int = 1) -> tuple[Routes, Lsdb]:
    """Of leaf 0, converged."""
    f = FABRIC
    base = {v: Lsa(v, 1, tuple(f.ports(v))) for v in range(4)}
    known = Lsdb(base, np.ones(f.slots, np.bool_))
    where = Interfaces(f.ptr, f.nbr, f.twin, f.groups, prefixes)
    return Routes(0, where, known, timers, np.array([[0, 0], [1, 1]], np.uint8)), known


def end(of: Routes, name: str) -> list[Effect]:
    return of.timers[name](0)


def test_a_changed_path_waits_in_the_rib_queue() -> None:
    mine, known = routes(FRR)
    known.install(Lsa(0, 2, (1,)), 0)
    assert mine.ask(0) == [SetTimer("spf", 0)]
    assert end(mine, "spf") == [SetTimer("rib", 10 * MS)]
    assert end(mine, "rib") == [ProgramFib((FibWrite((1,), bytes([0, 1])),), work="spf")]


def test_every_prefix_is_a_route_of_its_own() -> None:
    mine, known = routes(RFC, prefixes=20)
    known.install(Lsa(0, 2, (1,)), 0)
    _ = mine.ask(0)
    write = FibWrite((1,), bytes([0, 1]), route_writes=20)
    assert end(mine, "spf") == [ProgramFib((write,), work="spf")]


def test_paths_that_stay_write_nothing() -> None:
    mine, _ = routes(FRR)
    _ = mine.ask(0)
    assert end(mine, "spf") == []


@pytest.mark.parametrize(("timers", "wait"), [(FRR, 0), (RFC, 50 * MS)])
def test_the_profile_says_which_machine_decides(timers: OspfTimers, wait: int) -> None:
    mine, _ = routes(timers)
    assert mine.ask(0)[0] == SetTimer("spf", wait)
    assert set(mine.timers) - {"spf", "rib"} == set(MACHINES[timers.spf_machine](timers).timers)


def test_the_machine_of_rfc_8405_goes_through_its_states_here() -> None:
    mine, _ = routes(RFC)
    waits = []
    for name in ("spf", "spf", "learn"):
        waits.append(mine.ask(0)[0])
        _ = end(mine, name)
    _ = end(mine, "spf")
    waits.append(mine.ask(0)[0])
    assert waits == [SetTimer("spf", ms * MS) for ms in (50, 200, 200, 5000)]
    assert CancelTimer("learn") not in end(mine, "holddown")
