"""The planner as a core: hears which ports carry, and plans again when all is quiet.

It waits until no report has come for a while, so that local repair and notices are long over, and
then sends a new epoch of the same order to every switch whose table changes: weights and detours
for what is left, which may be installed in any sequence. Nothing waits for it. It is no switch: its
port p leads to switch p.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sidr.model.effects import Effect, Note, Push, Send, SetTimer
from sidr.model.events import Event, MessageReceived, TimerFired, Told
from sidr.model.fabric import Fabric
from sidr.model.plan import Plan
from sidr.model.profiles import SidrTimers
from sidr.protocols.sidr.hearing import FIRST_BOOT
from sidr.protocols.sidr.messages import Poll, Ports


class Planner:
    """The planner of a fabric.

    Args:
        plan: of the intact fabric.
        since: None = the switches hold the tables of `plan`, boot with them, and are sent another
            one where theirs changes or is not known. Else the last epoch that anybody has pushed:
            what the switches hold is not known, they boot with what they are given, and an epoch
            is a table for every switch, so that all of them are on one.
    """

    def __init__(self, plan: Plan, timers: SidrTimers, *, since: int | None = None) -> None:
        self._base, self._timers = plan, timers
        self._epoch = plan.epoch if since is None else since
        self._every = since is not None
        self._held = [b""] * len(plan.tables) if self._every else list(plan.tables)
        self._reports: dict[int, Ports] = {}
        self._handlers: dict[type, Callable[..., Iterable[Effect]]] = {
            MessageReceived: self._report,
            TimerFired: lambda _: self._replan(),
            Told: lambda _: self._poll(),
        }

    def handle(self, event: Event, now_ns: int) -> Iterable[Effect]:
        """Take in one event; the effects follow at once, in order."""
        handler = self._handlers.get(type(event))
        return handler(event) if handler else ()

    def _poll(self) -> list[Effect]:
        """Back from death: nothing is known of what happened meanwhile."""
        return [Send(switch, Poll()) for switch in range(self._base.fabric.switches)]

    def _report(self, event: MessageReceived) -> list[Effect]:
        switch, report = event.port, event.message
        assert isinstance(report, Ports), event
        known = self._reports.get(switch)
        if known and known.boot == report.boot and known.seq >= report.seq:
            return []
        if not self._every and report.boot != (known.boot if known else FIRST_BOOT):
            self._held[switch] = b""  # it may have been sent one since it booted, or not
        self._reports[switch] = report
        return [SetTimer("replan", self._timers.replan_ns)] if self._timers.replan_ns else []

    def _replan(self) -> list[Effect]:
        from sidr.plan.replan import replan

        masks = {v: int.from_bytes(r.admitted, "little") for v, r in self._reports.items()}
        out = links_out(self._base.fabric, masks)
        made = replan(self._base, out, epoch=self._epoch + 1)
        changed = [v for v, table in enumerate(made.tables) if not _alike(table, self._held[v])]
        if not changed:
            return []
        self._epoch += 1
        if self._every:
            changed = list(range(len(made.tables)))
        for v in changed:
            self._held[v] = made.tables[v]
        pushes = [Push(v, made.tables[v]) for v in changed]
        return [Note(f"epoch {self._epoch}: {len(out)} links out, {len(changed)} tables"), *pushes]


def links_out(fabric: Fabric, admitted: dict[int, int]) -> list[int]:
    """Links that some end has reported as not carrying, ascending."""
    found = set()
    for switch, mask in admitted.items():
        first = int(fabric.ptr[switch])
        for e in fabric.ports(switch):
            if not mask >> (e - first) & 1:
                found.add(int(fabric.link[e]))
    return sorted(found)


def _alike(one: bytes, other: bytes) -> bool:
    """Whether two tables say the same, epochs and digests aside."""
    from sidr.forwarding.codec import HEADER

    return one[HEADER.size :] == other[HEADER.size :]
