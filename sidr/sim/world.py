"""The fabric in virtual time: cores, their messages and timers, their FIBs, and the planner.

A World runs the cores of one protocol on one fabric. All inputs to cores pass `feed`, which the
recorder taps; all FIB writes pass `writer.Writer.carry_out`. Not here: light and ports (`physics`),
links (`wire`), what is measured (`trace.metrics`), which faults happen (`trial`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sidr.forwarding.fibs import Fibs
from sidr.forwarding.space import Space
from sidr.model.effects import (
    MANAGEMENT,
    CancelTimer,
    Effect,
    Note,
    ProgramFib,
    Push,
    Send,
    SetTimer,
    Tell,
)
from sidr.model.events import (
    Event,
    MessageReceived,
    PortDown,
    PortUp,
    TableArrived,
    TimerFired,
    Told,
)
from sidr.model.fabric import Fabric
from sidr.model.faults import Change
from sidr.model.profiles import Hardware
from sidr.protocols.kit import Core, Start
from sidr.sim.hardware import Costs, Draws
from sidr.sim.kernel import Kernel
from sidr.sim.management import Management
from sidr.sim.physics import Physics
from sidr.sim.wire import Letter, Weather, Wire
from sidr.sim.writer import Job, Writer
from sidr.trace.recorder import MAIN, Recorder

DETECTOR = "bfd"
"""Name of the detector among a switch's cores; the protocol's own is MAIN."""

STARTED = Told("driver", "started")


@dataclass(frozen=True, slots=True)
class Chance:
    """The random streams of a trial: physics (equal for all protocols), CPU costs, fate of
    messages where any may be lost."""

    physics: np.random.Generator
    costs: np.random.Generator
    fate: np.random.Generator


class World:
    """One protocol's cores on one fabric.

    Args:
        fabric, spaces: the fabric and the dense view of its components.
        start: cores and FIBs to begin with. tagged: as `kit.Kit.tagged`.
        hardware, protocol: costs.
        reboot: makes the cores and FIB row of a switch that comes back from death.

    Attributes:
        first_event_ns: when the first core learned of a fault, by light or by silence.
    """

    def __init__(
        self,
        fabric: Fabric,
        spaces: tuple[Space, ...],
        start: Start,
        *,
        tagged: bool,
        hardware: Hardware,
        protocol: str,
        chance: Chance,
        recorder: Recorder,
        reboot: Callable[[], Start],
        weather: Weather | None = None,
    ) -> None:
        self.fabric, self.spaces, self.tagged = fabric, spaces, tagged
        self.kernel = Kernel()
        costs = Costs(hardware, protocol, chance.costs)
        self.physics = Physics(fabric, self.kernel, hardware, Draws(chance.physics), self)
        self.wire = Wire(fabric, self.kernel, self.physics, costs, chance=chance.fate,
                         weather=weather, deliver=self._deliver)  # fmt: skip
        self.fibs = Fibs(fabric, spaces, start.fib, start.admitted)
        self.writer = Writer(self.fibs, self.kernel, costs)
        self.stacks: list[dict[str, Core]] = [_stack(start, v) for v in range(fabric.switches)]
        self.planner = fabric.switches
        self.stacks.append({MAIN: start.controller} if start.controller else {})
        self.management = Management(self.kernel, costs, self.feed, self.planner)
        self.first_event_ns: int | None = None
        self._recorder, self._reboot = recorder, reboot
        self._timers: dict[tuple[int, str, str], int] = {}
        self._timer_count = 0
        self._ptr: list[int] = fabric.ptr.tolist()
        self._peer: list[tuple[int, int]] = [
            (int(fabric.nbr[e]), int(fabric.twin[e] - fabric.ptr[fabric.nbr[e]]))
            for e in range(fabric.slots)
        ]
        self._effects: dict[type, Callable[[int, str, Effect], None]] = {
            Send: self._send,
            SetTimer: self._set_timer,
            CancelTimer: self._cancel_timer,
            ProgramFib: self._program,
            Push: self._push,
            Tell: self._tell,
            Note: self._note,
        }
        for v in start.ticking:
            self.kernel.at(0, self._begin, v)

    # --- the door -------------------------------------------------------------------------------

    def feed(self, switch: int, event: Event, core: str = MAIN) -> None:
        """Give one event to a core of a switch (or to the planner) and carry out all effects."""
        dead = self.management.dead if switch == self.planner else self.physics.dead[switch]
        runner = self.stacks[switch].get(core)
        if dead or runner is None:
            return
        now = self.kernel.now_ns
        effects = tuple(runner.handle(event, now))
        self._recorder.event(now, switch, event, effects, core)
        for effect in effects:
            self._effects[type(effect)](switch, core, effect)

    def feed_all(self, switch: int, event: Event) -> None:
        """Give one event to all cores of a switch, detectors first."""
        for core in self.stacks[switch]:
            self.feed(switch, event, core)

    def boot(self, tables: tuple[bytes, ...] | None) -> None:
        """Cold start: tables (of tagged protocols) and light on every port, at this instant."""
        for v in range(self.fabric.switches):
            self._boot(v, tables[v] if tables else None)

    def _boot(self, switch: int, table: bytes | None) -> None:
        if table is not None:
            self.feed(switch, TableArrived(table))
        for e in range(self._ptr[switch], self._ptr[switch + 1]):
            if self.physics.light[e]:
                self.feed_all(switch, PortUp(e - self._ptr[switch]))

    def _begin(self, switch: int) -> None:
        self.feed_all(switch, STARTED)

    # --- physics --------------------------------------------------------------------------------

    def apply(self, change: Change, tables: tuple[bytes, ...] | None = None) -> None:
        """Carry out one change now; `tables` are for a tagged switch that comes back."""
        self._recorder.change(self.kernel.now_ns, change)
        if change.element == "planner":
            self.management.apply(change)
            return
        self.physics.apply(change)
        if change.kind == "switch-up" and not self.physics.dead[change.id]:
            self._restart(change.id, tables)

    def pruned(self, slot: int, gone: bool) -> None:
        """The hardware has taken a port out of the switch's groups, or back into them."""
        if gone:
            self.fibs.shut(slot)
        else:
            self.fibs.touch(int(self.fabric.src[slot]))

    def port_down(self, slot: int) -> None:
        """A core learns that its port is dark."""
        switch = int(self.fabric.src[slot])
        if not self.physics.dead[switch]:
            self._detected()
        self.feed_all(switch, PortDown(slot - self._ptr[switch]))

    def port_up(self, slot: int) -> None:
        """A core learns that its port has light."""
        switch = int(self.fabric.src[slot])
        self.feed_all(switch, PortUp(slot - self._ptr[switch]))

    def _restart(self, switch: int, tables: tuple[bytes, ...] | None) -> None:
        """A dead switch boots: fresh cores, an empty FIB, its ports seen as the light is."""
        start = self._reboot()
        self.stacks[switch] = _stack(start, switch)
        self._timers = {key: n for key, n in self._timers.items() if key[0] != switch}
        self.writer.boot(switch, start)
        if tables:
            self.fibs.masks(switch, ProgramFib(table=tables[switch]))
        self.physics.reset(switch)
        self._boot(switch, tables[switch] if tables else None)

    def _detected(self) -> None:
        if self.first_event_ns is None:
            self.first_event_ns = self.kernel.now_ns

    # --- effects --------------------------------------------------------------------------------

    def _send(self, switch: int, core: str, effect: Effect) -> None:
        assert isinstance(effect, Send)
        if switch == self.planner:
            self.management.to_switch(effect.port, MessageReceived(MANAGEMENT, effect.message))
        elif effect.port == MANAGEMENT:
            self.management.to_planner(switch, effect.message)
        else:
            self.wire.send(self._ptr[switch] + effect.port, core, effect)

    def _deliver(self, letter: Letter) -> None:
        e, core, sent = letter
        peer, port = self._peer[e]
        self.feed(peer, MessageReceived(port, sent.message), core)

    def _set_timer(self, switch: int, core: str, effect: Effect) -> None:
        assert isinstance(effect, SetTimer)
        self._timer_count += 1
        key = (switch, core, effect.name)
        self._timers[key] = self._timer_count
        due = self.kernel.now_ns + effect.delay_ns
        self.kernel.at(due, self._fire, (key, self._timer_count))

    def _fire(self, item: tuple[tuple[int, str, str], int]) -> None:
        key, number = item
        if self._timers.get(key) == number:
            del self._timers[key]
            switch, core, name = key
            self.feed(switch, TimerFired(name), core)

    def _cancel_timer(self, switch: int, core: str, effect: Effect) -> None:
        assert isinstance(effect, CancelTimer)
        self._timers.pop((switch, core, effect.name), None)

    def _tell(self, switch: int, core: str, effect: Effect) -> None:
        """A detector has found something out, and tells the protocol."""
        assert isinstance(effect, Tell)
        if effect.fact == "down":
            self._detected()
        self.feed(switch, Told(core, effect.fact, effect.value), MAIN)

    def _note(self, switch: int, core: str, effect: Effect) -> None:
        assert isinstance(effect, Note)
        if effect.detected:
            self._detected()
        self._recorder.note(self.kernel.now_ns, switch, effect.text)

    def _push(self, switch: int, core: str, effect: Effect) -> None:
        assert isinstance(effect, Push) and switch == self.planner, effect
        self.management.to_switch(effect.switch, TableArrived(effect.table))

    def _program(self, switch: int, core: str, effect: Effect) -> None:
        """Writes take effect one after the other, each when its cost has passed."""
        assert isinstance(effect, ProgramFib)
        runner = self.stacks[switch][core]
        done = self.writer.schedule(switch, runner, effect, self._carry_out)
        if effect.token:
            told = Told("fib", "written", effect.token)
            self.kernel.at(done, self._tell_written, (switch, runner, told))

    def _carry_out(self, job: Job) -> None:
        if not self.physics.dead[job[0]] and self._is_running(job[0], job[1]):
            self.writer.carry_out(job, self._recorder)

    def _tell_written(self, item: tuple[int, Core, Told]) -> None:
        switch, runner, told = item
        if self._is_running(switch, runner):
            self.feed(switch, told)

    def _is_running(self, switch: int, runner: Core) -> bool:
        """Whether the switch has not booted since this core gave its order."""
        return any(core is runner for core in self.stacks[switch].values())

    @property
    def messages(self) -> int:
        """Messages sent so far, hellos aside."""
        return self.wire.messages + self.management.messages

    @property
    def cores(self) -> list[Core]:
        """The protocol's core of every switch."""
        return [stack[MAIN] for stack in self.stacks[: self.planner]]


def _stack(start: Start, switch: int) -> dict[str, Core]:
    """The cores of a switch, detectors first."""
    detector = start.detectors.get(switch)
    main = {MAIN: start.cores[switch]}
    return {DETECTOR: detector, **main} if detector else main
