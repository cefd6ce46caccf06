"""A switch that boots has lost the table that the planner sent it, and must get it again."""

from __future__ import annotations

from sidr.model.effects import Push
from sidr.model.events import MessageReceived, TimerFired
from sidr.model.profiles import profile
from sidr.plan import plan
from sidr.protocols.sidr.messages import Ports
from sidr.protocols.sidr.planner import Planner
from sidr.topology import load

FULL, LESS = b"\xff\x0f", b"\xfe\x0f"
LEAF0, LEAF1 = 0, 1


def report(switch: int, boot: int, seq: int, admitted: bytes) -> MessageReceived:
    return MessageReceived(switch, Ports(boot, seq, admitted))


def pushed(planner: Planner) -> set[int]:
    """Switches that get a table when all is quiet."""
    return {e.switch for e in planner.handle(TimerFired("replan"), 0) if isinstance(e, Push)}


def test_a_switch_of_another_boot_gets_the_table_that_it_had() -> None:
    planner = Planner(plan(load("leaf-spine:leaves=4,spines=4,parallel=3")),
                      profile("frr-datacenter").sidr)  # fmt: skip
    _ = planner.handle(report(LEAF0, 1, 1, LESS), 0)
    assert LEAF1 in pushed(planner)
    _ = planner.handle(report(LEAF1, 1, 1, FULL), 0)
    assert pushed(planner) == set()
    _ = planner.handle(report(LEAF1, 77, 1, FULL), 0)
    assert pushed(planner) == {LEAF1}
