"""A small fabric's physics and wires on their own, and somebody who writes down what they do."""

from __future__ import annotations

import numpy as np

from sidr.model.effects import Send
from sidr.model.fabric import Fabric
from sidr.model.profiles import hardware
from sidr.sim.hardware import Costs, Draws
from sidr.sim.kernel import Kernel
from sidr.sim.physics import Physics
from sidr.sim.wire import Letter, Weather, Wire
from sidr.topology import load

SPEC = "leaf-spine:leaves=2,spines=2"
US, MS = 1_000, 1_000_000
HARDWARE = "ideal,detect=1ms,prune=2ms,notify=3ms"


class Ground:
    """Two leaves, two spines: link 0 is leaf0--spine0, its slots 0 (at leaf 0) and 4 (at spine 0).

    Attributes:
        seen: (time in ms, what, slot) of every reaction, in order.
        letters: (time ns, letter) of every delivery.
    """

    def __init__(self, machine: str = HARDWARE, weather: Weather | None = None) -> None:
        self.fabric: Fabric = load(SPEC)
        self.kernel = Kernel()
        self.seen: list[tuple[float, str, int]] = []
        self.letters: list[tuple[int, Letter]] = []
        sheet = hardware(machine)
        draws = Draws(np.random.default_rng(1))
        self.physics = Physics(self.fabric, self.kernel, sheet, draws, self)
        self.wire = Wire(
            self.fabric,
            self.kernel,
            self.physics,
            Costs(sheet, "ospf", np.random.default_rng(2)),
            chance=np.random.default_rng(3),
            weather=weather,
            deliver=lambda letter: self.letters.append((self.kernel.now_ns, letter)),
        )

    def pruned(self, slot: int, gone: bool) -> None:
        self._note("pruned" if gone else "back", slot)

    def port_down(self, slot: int) -> None:
        self._note("down", slot)

    def port_up(self, slot: int) -> None:
        self._note("up", slot)

    def _note(self, what: str, slot: int) -> None:
        self.seen.append((self.kernel.now_ns / MS, what, slot))

    def send(self, at_ns: int, slot: int, sent: Send) -> None:
        """Send something later."""
        self.kernel.at(at_ns, lambda item: self.wire.send(slot, "main", item), sent)
