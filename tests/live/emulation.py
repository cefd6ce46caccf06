"""A small emulation to watch: links of a real fabric that are down, and the losses they would have
without any detour. Nothing moves in it but by `inject` and `clear`."""

from __future__ import annotations

import asyncio
from typing import Any

from sidr.errors import FaultError, unknown
from sidr.fault import parse, targets
from sidr.topology import load


class Emulation:
    """See `sidr.live.web.Watched`."""

    def __init__(self, spec: str = "leaf-spine:leaves=4,spines=4") -> None:
        self.fabric = load(spec)
        self.names = [self.fabric.link_name(link) for link in range(self.fabric.links)]
        self.down: set[str] = set()
        self.dead: list[str] = []
        self.log: list[dict[str, Any]] = []
        self.now_s = 1.0
        self._version = 0
        self._moved = asyncio.Event()

    def snapshot(self) -> dict[str, Any]:
        """The state now."""
        ends = {name.split("--")[0] for name in self.down}
        beside = (n for n in self.names if n.split("--")[0] in ends and n not in self.down)
        return {
            "delivered_share": 1 - len(self.down) / len(self.names),
            "pairs_affected": 3 * len(self.down),
            "links_down": sorted(self.down),
            "switches_down": self.dead,
            "detours": list(beside),
            "agents": self.fabric.switches,
            "agents_stale": len(self.dead),
            "epochs": {"7": self.fabric.switches},
            "bus": {"name": "memory", "connected": True},
            "now_s": self.now_s,
            "log": self.log,
        }

    def inject(self, expression: str) -> list[str]:
        """Cut links."""
        fault = parse(expression)
        if fault.kind != "cut":
            raise FaultError([unknown(repr(expression), "kind of fault", fault.kind, ["cut"])])
        found = targets.links(self.fabric, fault.target, repr(expression)).ids.tolist()
        cut = [self.names[link] for link in found]
        self.down |= set(cut)
        self._note(f"cut {', '.join(cut)}")
        return [f"{name}: cut" for name in cut]

    def clear(self, link: str = "") -> int:
        """Restore one link, or all."""
        if link and link not in self.names:
            raise FaultError([unknown("link", "link", link, self.names)])
        before = len(self.down)
        self.down = self.down - {link} if link else set()
        self._note(f"restored {link or 'everything'}")
        return before - len(self.down)

    async def changed(self, after: int) -> int:
        """Wait for a version above `after`."""
        while self._version <= after:
            await self._moved.wait()
        return self._version

    def reset(self) -> Emulation:
        """As in the beginning, but for the version."""
        self.down, self.dead, self.log, self.now_s = set(), [], [], 1.0
        self.touch()
        return self

    def _note(self, text: str) -> None:
        self.now_s += 0.5
        self.log.append({"t_s": self.now_s, "text": text})
        self.touch()

    def touch(self) -> None:
        """The state has changed."""
        self._version += 1
        self._moved.set()
        self._moved = asyncio.Event()
