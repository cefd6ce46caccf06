"""What there is to see of a running emulation, as the command line and the web page show it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sidr.live.emulation import Emulation

FULL = 1 - 1e-9
"""A share at or above this is full."""
LOG_SHOWN = 50


def status(emulation: Emulation) -> dict[str, Any]:
    """Everything, ready for JSON; names and types are fixed, and there may be more of them.

    `agents_stale` counts agents that are not in touch with the planner, or have stopped;
    `epochs` says how many agents are on which epoch, those elsewhere as they said last.
    """
    e, planner = emulation, emulation.planner
    seen = asdict(e.view.look())
    if planner is None:  # it sees a part of the fabric only
        seen |= dict.fromkeys(("delivered_share", "pairs_affected", "looping_share", "load_max"))
        seen["groups"] = {}
    groups = {name: share for name, share in seen.pop("groups").items() if share < FULL}
    refused = e.host.refused + (planner.refused if planner else Counter())
    refused += e.far.refused if e.far else Counter()
    return {
        **seen,
        "groups_affected": groups,
        "agents": agents(e),
        "agents_stale": stale(e),
        "epochs": epochs(e),
        "bus": _bus(e),
        "planner": {"name": planner.name, "term": planner.term, "leading": planner.leading}
        if planner
        else None,
        "faults": [e.injector.spell(change) for change in e.injector.open],
        "faults_pending": e.injector.pending,
        "refused": dict(refused),
        "trouble": trouble(e),
        "fabric": e.fabric.label,
        "hash": e.hash,
        "profile": e.wanted.profile.name,
        "switches": e.fabric.switches,
        "uptime_s": round(e.now_s, 3),
    }


def snapshot(emulation: Emulation) -> dict[str, Any]:
    """What the web page shows: the same, detours as links, and the last remarks."""
    seen = status(emulation)
    over = {name for detour in seen["detours"] for name in detour["over"]}
    log = list(emulation.chronicle.log)[-LOG_SHOWN:]
    return {**seen, "detours": sorted(over), "now_s": seen["uptime_s"], "log": log}


def agents(emulation: Emulation) -> int:
    """Agents of this and, as far as the planner has heard, of other processes."""
    return emulation.agents_running + sum(count for _, count in emulation.others())


def stale(emulation: Emulation) -> int:
    """Agents that are not in touch with the planner, or have stopped."""
    if not emulation.bus_connected:
        return agents(emulation)
    of_all = emulation.fabric.switches if emulation.planner else len(emulation.wanted.mine)
    return of_all - agents(emulation)


def epochs(emulation: Emulation) -> dict[str, int]:
    """How many agents are on which epoch."""
    active = {v: seat.slots.active_key[2] for v, seat in emulation.host.seats.items()}
    if emulation.planner is not None:
        said = {v: ack.active[2] for v, ack in emulation.planner.acks.items()}
        active = {**said, **active}
    count = Counter(active.values())
    return {str(epoch): count[epoch] for epoch in sorted(count)}


def trouble(emulation: Emulation) -> list[str]:
    """What is wrong with the emulation itself."""
    found = [emulation.store.trouble] if emulation.store.trouble else []
    if not emulation.answered:
        found.append("a host has not answered: its switches are seen as they were last")
    names, running = emulation.fabric.names, emulation.switches.running
    found += [f"the agent of {names[v]} stopped: {r.bug!r}" for v, r in running.items() if r.bug]
    return found


def _bus(emulation: Emulation) -> dict[str, object]:
    dropped: Counter[str] = Counter()
    for bus in emulation.buses:
        dropped.update(bus.dropped)
    return {
        "name": emulation.buses[0].name if emulation.buses else "none",
        "connected": emulation.bus_connected,
        "broker_pid": emulation.broker.pid if emulation.broker else None,
        "dropped": dict(dropped),
    }
