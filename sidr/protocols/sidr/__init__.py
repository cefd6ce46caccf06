"""SIDR: agents that fail over locally and tell their neighbours, under tables of a planner.

Our own design for the behaviour that SIDR is publicly said to have; no specification is public.
`agent` is the core, `port` its state table, `view` its bookkeeping, `messages` its notices.
To add a message, do: a Struct in `messages`, an input in `port.Input`, its row in `port.TABLE`.
"""

from __future__ import annotations

import numpy as np

from sidr.model.plan import FULL
from sidr.protocols.kit import Setting, Start
from sidr.protocols.sidr.agent import Agent
from sidr.protocols.sidr.messages import Message


class SidrKit:
    """SIDR as drivers see it."""

    name = "sidr"
    tagged = True
    messages = Message

    def cold(self, setting: Setting) -> Start:
        """Agents without a table, no port admitted."""
        return self._start(setting, running=False)

    def converged(self, setting: Setting) -> Start:
        """Agents on their tables, all ports admitted, every neighbour at full share."""
        return self._start(setting, running=True)

    def _start(self, setting: Setting, *, running: bool) -> Start:
        fabric, plan = setting.fabric, setting.plan
        degree = fabric.ptr[1:] - fabric.ptr[:-1]
        cores = [
            Agent(v, int(degree[v]), setting.profile.sidr, plan.tables[v] if running else b"")
            for v in range(fabric.switches)
        ]
        heard = np.full((len(fabric.groups), fabric.slots), FULL if running else 0, np.uint8)
        return Start(cores, heard, np.full(fabric.slots, running))


KIT = SidrKit()
