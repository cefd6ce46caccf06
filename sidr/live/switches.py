"""The switches of one process: their cores, their FIBs, their links. No bus here.

A fault is a Change, as in the simulator. Light that goes is noticed at once: the port leaves its
groups, as hardware does by itself, and the cores of the switch hear of it in the same turn of the
event loop. FIB writes take no time. `host` starts switches when their tables are committed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from random import Random

import numpy as np
from msgspec import Struct, structs

from sidr.fault.damage import Damage
from sidr.forwarding.fibs import Fibs
from sidr.forwarding.space import spaces
from sidr.live.runner import Runner
from sidr.live.wire import Wire
from sidr.model.effects import MANAGEMENT, FibWrite, Note, ProgramFib, Send
from sidr.model.events import MessageReceived, PortDown, PortUp, TableArrived, Told
from sidr.model.fabric import Fabric
from sidr.model.faults import Change
from sidr.model.plan import FULL, Plan
from sidr.model.profiles import Profile
from sidr.protocols.bfd import detectors
from sidr.protocols.kit import Core, Setting
from sidr.protocols.sidr import hello_of
from sidr.protocols.sidr.agent import Agent
from sidr.protocols.sidr.hearing import FIRST_BOOT
from sidr.trace.recorder import MAIN, Recorder

DETECTOR = "bfd"
STARTED = Told("driver", "started")
BOOT_MAX = 2**31
NS_PER_S = 1e9
DIGESTS_PER_S = 5_000
"""Digests that a process may send; with more ports than that, their period grows beyond the
profile's (Python sends and takes in one in about 50 us)."""


class Shown(Struct, frozen=True):
    """What one switch forwards by.

    Args:
        table: encoded; b"" = it has none. rows: uint8[groups, ports]; admitted: bool[ports].
    """

    table: bytes
    rows: bytes
    admitted: bytes


class Switches:
    """Some switches of a fabric, ready to run.

    Args:
        plan: says how rows are laid out; what switches forward by comes with their tables.
        mine: the switches of this process.
        seed: of phases, losses and boot numbers.

    Attributes:
        fibs, damage, wire: what forwards, what is broken, what carries messages.
        pruned: bool[slots], dead ports that the hardware has left out of every group.
        running: Runner by switch.
        recorder: None = nothing is recorded.
        report: takes what a switch tells the planner. log: takes what cores remark.
        version: grows whenever forwarding may have changed.
    """

    def __init__(
        self,
        fabric: Fabric,
        plan: Plan,
        profile: Profile,
        mine: Iterable[int],
        *,
        seed: int = 0,
        recorder: Recorder | None = None,
    ) -> None:
        self.fabric, self.profile, self.mine = fabric, profile, tuple(mine)
        ports = sum(len(fabric.ports(v)) for v in self.mine)
        digest_ns = max(profile.sidr.digest_ns, ports * 1_000_000_000 // DIGESTS_PER_S)
        self._timers = structs.replace(
            profile.sidr, digest_ns=digest_ns if profile.sidr.digest_ns else 0
        )
        nothing = np.zeros((len(fabric.groups), fabric.slots), np.uint8)
        self.fibs = Fibs(fabric, spaces(plan), nothing, np.zeros(fabric.slots, np.bool_))
        self.damage = Damage(fabric)
        self.pruned = np.zeros(fabric.slots, np.bool_)
        self.wire = Wire(fabric, self.damage, self._deliver, seed=seed)
        self.wire.local = [False] * fabric.switches
        for v in self.mine:
            self.wire.local[v] = True
        self.running: dict[int, Runner] = {}
        self._shown: dict[int, Shown] = {}
        self.recorder = recorder
        self.version = 0
        self.log: Callable[[str], None] = lambda text: None
        self.report: Callable[[int, Struct], None] = lambda switch, message: None
        self._plan, self._seed = plan, seed
        self._random = Random(seed)
        self._nothing = nothing
        self._ptr: list[int] = fabric.ptr.tolist()
        self._src: list[int] = fabric.src.tolist()
        self._zero_ns = time.monotonic_ns()

    # --- a switch's life ------------------------------------------------------------------------

    def start_whole(self, switch: int, table: bytes) -> None:
        """A switch of a fabric that starts for the first time: every port is admitted, every
        neighbour at full share; what is dark it learns at once."""
        ports = self.fabric.ports(switch)
        self._write_all(switch, FULL, admitted=True)
        agent = self._agent(switch, table, boot=FIRST_BOOT)
        runner = self._run(switch, agent)
        self._install(switch, table)
        for e in ports:
            if self.damage.light[e]:
                runner.put(PortUp(e - ports.start), DETECTOR)
            else:
                runner.put(PortDown(e - ports.start))
        phase_s = self._random.random() * self._timers.digest_ns / NS_PER_S
        asyncio.get_running_loop().call_later(phase_s, runner.put, STARTED)

    def start_cold(self, switch: int, table: bytes, term: int) -> None:
        """A switch boots: its FIB is empty, and its ports are admitted one by one."""
        ports = self.fabric.ports(switch)
        self._write_all(switch, 0, admitted=False)
        agent = self._agent(switch, b"", boot=self._random.randrange(FIRST_BOOT + 1, BOOT_MAX))
        runner = self._run(switch, agent)
        self._install(switch, table)
        runner.put(TableArrived(table, term))
        for e in ports:
            self.pruned[e] = not self.damage.light[e]
            if self.damage.light[e]:
                runner.put_all(PortUp(e - ports.start))

    def change_table(self, switch: int, table: bytes, term: int) -> None:
        """Another epoch's table for a switch that runs."""
        self.running[switch].put(TableArrived(table, term))

    def stop(self, switch: int) -> None:
        """The agent of a switch ends; its FIB goes on forwarding as it is."""
        runner = self.running.pop(switch, None)
        if runner is not None:
            runner.stop()

    def _run(self, switch: int, agent: Agent) -> Runner:
        self.stop(switch)
        stack = {DETECTOR: self._detector(switch), MAIN: agent}
        self.running[switch] = Runner(switch, stack, self)
        return self.running[switch]

    def _agent(self, switch: int, table: bytes, *, boot: int) -> Agent:
        ports = len(self.fabric.ports(switch))
        return Agent(switch, ports, self._timers, table, boot=boot, exercised=range(ports))

    def _detector(self, switch: int) -> Core:
        """Sessions that come up by themselves, since neighbours do not start at one instant."""
        setting = Setting(
            fabric=self.fabric,
            plan=self._plan,
            profile=self.profile,
            asn="",
            rng=np.random.default_rng(0),  # agents draw nothing
            pulse_seed=self._seed,
            exercised=frozenset(self.fabric.ports(switch)),
        )
        pulse = hello_of(self.profile)
        return detectors(setting, pulse, heeds_down=True, running=False)[switch]

    def _write_all(self, switch: int, share: int, *, admitted: bool) -> None:
        """The FIB of a switch that starts, in one go."""
        ports = self.fabric.ports(switch)
        self._nothing[:, ports.start : ports.stop] = share
        self.fibs.reset(switch, self._nothing, np.full(self.fabric.slots, admitted))
        self._nothing[:, ports.start : ports.stop] = 0
        self.version += 1

    def _install(self, switch: int, table: bytes) -> None:
        self.fibs.masks(switch, ProgramFib(table=table))
        self.version += 1

    # --- light ----------------------------------------------------------------------------------

    def apply(self, change: Change) -> None:
        """Carry out a change of a link or switch now. A switch that dies loses its agent; who
        starts it again when it is back is not decided here."""
        if self.recorder is not None:
            self.recorder.change(self.now_ns(), change)
        changed = self.damage.apply(change)
        if change.element == "switch" and self.damage.dead[change.id]:
            self.stop(change.id)
        for e in changed:
            self._light(e, bool(self.damage.light[e]))
        self.version += 1

    def _light(self, e: int, on: bool) -> None:
        switch = self._src[e]
        self.pruned[e] = not on
        if on:
            self.fibs.touch(switch)
        else:
            self.fibs.shut(e)
        runner = self.running.get(switch)
        if runner is not None:
            port = e - self._ptr[switch]
            runner.put_all(PortUp(port) if on else PortDown(port))

    # --- switches of other processes ------------------------------------------------------------

    def show(self, switch: int, table: bytes) -> Shown:
        """What a switch of this process forwards by, for another process to look at."""
        ports = self.fabric.ports(switch)
        span = slice(ports.start, ports.stop)
        rows = np.zeros((len(self.fabric.groups), len(ports)), np.uint8)
        found, groups = self.fibs.of(switch, len(ports))
        rows[groups] = found
        return Shown(table, rows.tobytes(), self.fibs.admitted[span].tobytes())

    def adopt(self, switch: int, shown: Shown) -> None:
        """Look at a switch of another process as it forwards there.

        Raises:
            ValueError, PlanError: what is shown does not fit the switch.
        """
        ports, groups = len(self.fabric.ports(switch)), len(self.fabric.groups)
        blank = Shown(b"", bytes(groups * ports), bytes(ports))
        known = self._shown.get(switch, blank)
        if shown == known:
            return
        rows, before = (np.frombuffer(s.rows, np.uint8).reshape(groups, ports)
                        for s in (shown, known))  # fmt: skip
        live, was = (np.frombuffer(s.admitted, np.bool_) for s in (shown, known))
        if len(live) != ports:
            raise ValueError(f"{len(live)} ports, not {ports}")
        self.fibs.masks(
            switch,
            ProgramFib(
                expel=tuple(np.flatnonzero(was & ~live).tolist()),
                admit=tuple(np.flatnonzero(live & ~was).tolist()),
                table=shown.table if shown.table != known.table else b"",
            ),
        )
        for g in np.flatnonzero((rows != before).any(axis=1)).tolist():
            self.fibs.write(switch, FibWrite((g,), rows[g].tobytes()))
        self._shown[switch] = shown
        self.version += 1

    # --- what cores order -----------------------------------------------------------------------

    def now_ns(self) -> int:
        """Nanoseconds since this process's switches were made."""
        return time.monotonic_ns() - self._zero_ns

    def send(self, switch: int, core: str, effect: Send, now_ns: int) -> None:
        """Put a message on a link, or hand it to the planner's side."""
        if effect.port == MANAGEMENT:
            self.report(switch, effect.message)
        else:
            self.wire.send(self._ptr[switch] + effect.port, core, effect.message)

    def program(self, switch: int, effect: ProgramFib, now_ns: int) -> None:
        """Write the FIB now."""
        for write in effect.writes:
            self.fibs.write(switch, write)
            if self.recorder is not None:
                self.recorder.write(now_ns, switch, write)
        if effect.expel or effect.admit or effect.table:
            self.fibs.masks(switch, effect)
            if self.recorder is not None:
                self.recorder.masks(now_ns, switch, effect.expel, effect.admit)
        self.version += 1

    def noted(self, switch: int, effect: Note, now_ns: int) -> None:
        """A core remarks something."""
        if self.recorder is not None:
            self.recorder.note(now_ns, switch, effect.text)
        self.log(f"{self.fabric.names[switch]}: {effect.text}")

    def deliver(self, slot: int, core: str, message: Struct) -> None:
        """A message from another process arrives at a slot."""
        if self.damage.passing[self.fabric.twin[slot]] > 0.0:
            self._deliver(slot, core, message)

    def _deliver(self, slot: int, core: str, message: Struct) -> None:
        switch = self._src[slot]
        runner = self.running.get(switch)
        if runner is not None:
            runner.put(MessageReceived(slot - self._ptr[switch], message), core)
