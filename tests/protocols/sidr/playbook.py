"""One agent on its own for playbooks: leaf 0 of three leaves and two spines, or spine 0.

Events go in with `>>` and effects come out, so that a test reads like a sequence chart. Groups 0, 1
and 2 are the leaves; a leaf's ports 0 and 1 lead to the spines, a spine's ports to the leaves.
"""

from __future__ import annotations

from collections.abc import Iterable

from sidr.model.effects import MANAGEMENT, Effect, ProgramFib, Send, SetTimer
from sidr.model.events import Event, MessageReceived
from sidr.model.plan import FULL
from sidr.model.profiles import SidrTimers, profile
from sidr.plan import plan
from sidr.protocols.sidr.agent import Agent
from sidr.protocols.sidr.hearing import FIRST_BOOT
from sidr.protocols.sidr.messages import Digest, Hello, Notice, Ports, digest_of
from sidr.topology import load

TIMERS = profile("frr-datacenter").sidr
PLAN = plan(load("leaf-spine:leaves=3,spines=2"))
ORDER = PLAN.order_id
LEAF0, SPINE0 = 0, 3
SECOND = 1_000_000_000


class Playbook:
    """A running agent (or one that has just booted) at time 10 s."""

    def __init__(
        self, switch: int = LEAF0, *, running: bool = True, timers: SidrTimers = TIMERS
    ) -> None:
        ports = 2 if switch == LEAF0 else 3
        table = PLAN.tables[switch] if running else b""
        self.switch, self.ports = switch, ports
        self.agent = Agent(switch, ports, timers, table, exercised=range(ports))
        self.now_ns = 10 * SECOND

    def after(self, delay_ns: int) -> Playbook:
        """The same, later."""
        self.now_ns += delay_ns
        return self

    def __rshift__(self, event: Event) -> list[Effect]:
        return list(self.agent.handle(event, self.now_ns))

    def all(self, events: Iterable[Event]) -> Playbook:
        """The same after these events."""
        for event in events:
            _ = self >> event
        return self


def hello(port: int, boot: int = FIRST_BOOT, order: int = ORDER) -> MessageReceived:
    return MessageReceived(port, Hello(order, boot))


def notice(
    port: int, seq: int, *runs: tuple[int, int, int], full: bool = False, boot: int = FIRST_BOOT
) -> MessageReceived:
    """(first group, count, r) from the neighbour behind a port."""
    return MessageReceived(port, Notice(ORDER, 1, 9, boot, seq, runs, full))


def vector(port: int, seq: int = 1, boot: int = FIRST_BOOT) -> MessageReceived:
    """Everything at full share."""
    return notice(port, seq, (0, 3, FULL), full=True, boot=boot)


def digest(port: int, seq: int, *shares: int) -> MessageReceived:
    return MessageReceived(port, Digest(ORDER, FIRST_BOOT, seq, digest_of(shares)))


def sends(effects: Iterable[Effect]) -> list[tuple[int, object]]:
    """(port, message) of everything said to neighbours."""
    return [(e.port, e.message) for e in effects if isinstance(e, Send) and e.port != MANAGEMENT]


def reports(effects: Iterable[Effect]) -> list[Ports]:
    found = [e.message for e in effects if isinstance(e, Send) and e.port == MANAGEMENT]
    return [message for message in found if isinstance(message, Ports)]


def orders(effects: Iterable[Effect]) -> list[ProgramFib]:
    return [e for e in effects if isinstance(e, ProgramFib)]


def timers(effects: Iterable[Effect]) -> dict[str, int]:
    return {e.name: e.delay_ns for e in effects if isinstance(e, SetTimer)}


def announced(effects: Iterable[Effect]) -> dict[int, list[tuple[int, int]]]:
    """Per port, the (group, r) pairs that its neighbour is told."""
    found: dict[int, list[tuple[int, int]]] = {}
    for port, message in sends(effects):
        if isinstance(message, Notice):
            found.setdefault(port, []).extend(message.shares())
    return found
