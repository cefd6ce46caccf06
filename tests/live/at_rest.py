"""What must hold of an emulation when everything has been mended or has settled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np

from sidr.forwarding.notice import fixpoint
from sidr.live.emulation import Emulation
from sidr.live.lookout import epochs, stale
from sidr.live.switches import Switches

FAST = "tuned,bfd=300msx3,hold_up=100ms,digest=100ms,replan=200ms,hello_retry=50ms"
"""Timers with which tests need not wait long."""


async def until(holds: Callable[[], bool], what: str, patience_s: float = 20.0) -> None:
    """Wait until something holds, and say what did not."""
    try:
        async with asyncio.timeout(patience_s):
            while not holds():
                await asyncio.sleep(0.01)
    except TimeoutError as error:
        raise AssertionError(f"still not so after {patience_s:g} s: {what}") from error


def at_fixpoint(switches: Switches) -> bool:
    """Whether every neighbour's share is what the notices of the present links come to; nobody
    needs to hear of its own group."""
    fibs = switches.fibs
    for i, space in enumerate(fibs.spaces):
        slots = space.part.slots
        up = fibs.admitted[slots] & fibs.admitted[switches.fabric.twin[slots]]
        wanted = np.empty_like(fibs.rows[i])
        args = (space.net, space.dests, space.part.dist, fibs.role[i], fibs.w0[i], up)
        fixpoint(*args, wanted)
        home = space.part.switches[space.dests]
        heeded = up & (switches.fabric.src[slots] != home[:, None])
        if not np.array_equal(fibs.rows[i][heeded], wanted[heeded]):
            return False
    return True


def whole(emulation: Emulation) -> bool:
    """Full delivery, every port admitted, one epoch, the exact fixpoint, nobody stale."""
    seen = emulation.view.look()
    return (
        seen.pairs_affected == 0
        and not seen.links_down
        and bool(emulation.switches.fibs.admitted.all())
        and len(epochs(emulation)) == 1
        and stale(emulation) == 0
        and at_fixpoint(emulation.switches)
    )
