"""The fabric in virtual time: light, ports, cores, messages, timers and FIBs.

A World runs the cores of one protocol on one fabric. All inputs to cores pass `feed`, which the
recorder taps; all FIB writes pass `_write`. After every instant the columns whose FIB or physics
changed are handed to an observer. Not here: what is measured (`trace.metrics`) and which faults
happen (`trial`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sidr.forwarding.space import Space
from sidr.model.effects import (
    CancelTimer,
    Effect,
    FibWrite,
    Note,
    ProgramFib,
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
from sidr.model.fabric import SWITCH_NS, Fabric
from sidr.model.faults import Change
from sidr.model.profiles import Hardware
from sidr.protocols.kit import Core, Start
from sidr.sim.hardware import Costs, Draws
from sidr.sim.kernel import Kernel
from sidr.trace.recorder import Recorder


class Ports:
    """Physical and table-side state of every slot of a fabric.

    Attributes:
        lit: direction carries packets. pruned: hardware has left the dead port out.
        admitted: the core lets the port into groups. seen: the core believes the port up.
        epoch: how often the link's physics changed; late consequences of older epochs are void.
    """

    def __init__(self, fabric: Fabric, admitted: np.ndarray) -> None:
        self.lit = np.ones(fabric.slots, np.bool_)
        self.pruned = np.zeros(fabric.slots, np.bool_)
        self.admitted = admitted.copy()
        self.seen = [True] * fabric.slots
        self.epoch = [0] * fabric.slots
        self.busy_until = [0] * fabric.slots


class World:
    """One protocol's cores on one fabric.

    Args:
        fabric, spaces: the fabric and the dense view of its components.
        start: cores and FIBs to begin with. tagged: as `kit.Kit.tagged`.
        hardware, protocol: costs. physics, chance: random streams (see `hardware`).
        reboot: makes the core and FIB row of a switch that comes back from death.
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
        physics: np.random.Generator,
        chance: np.random.Generator,
        recorder: Recorder,
        reboot: Callable[[], Start],
    ) -> None:
        self.fabric, self.spaces, self.tagged = fabric, spaces, tagged
        self.kernel = Kernel()
        self.ports = Ports(fabric, start.admitted)
        self.cores: list[Core] = list(start.cores)
        self.dead = [False] * fabric.switches
        self.cuts = [0] * fabric.links
        self.fibs = [
            np.ascontiguousarray(start.fib[s.part.groups][:, s.part.slots]) for s in spaces
        ]
        self.messages = 0
        self.first_event_ns: int | None = None
        self.last_write_ns: int | None = None
        self.changed: set[int] = set()
        self.dirty: list[set[int]] = [set() for _ in spaces]
        self.physics_changed = False
        self._hardware, self._physics = hardware, Draws(physics)
        self._costs = Costs(hardware, protocol, chance)
        self._recorder, self._reboot = recorder, reboot
        self._timers: dict[tuple[int, str], int] = {}
        self._timer_count = 0
        self._fib_busy = [0] * fabric.switches
        self._ptr: list[int] = fabric.ptr.tolist()
        self._peer: list[tuple[int, int]] = [
            (int(fabric.nbr[e]), int(fabric.twin[e] - fabric.ptr[fabric.nbr[e]]))
            for e in range(fabric.slots)
        ]
        self._delay: list[int] = (fabric.delay_ns[fabric.link] + SWITCH_NS).tolist()
        self._place: dict[int, tuple[int, int]] = {}
        for i, space in enumerate(spaces):
            for v, lo in zip(space.part.switches.tolist(), space.net.ptr.tolist(), strict=False):
                self._place[v] = (i, lo)
        self._effects: dict[type, Callable[[int, Effect], None]] = {
            Send: self._send,
            SetTimer: self._set_timer,
            CancelTimer: self._cancel_timer,
            ProgramFib: self._program,
            Tell: self._tell,
            Note: self._note,
        }

    # --- the door -------------------------------------------------------------------------------

    def feed(self, switch: int, event: Event) -> None:
        """Give one event to a switch's core and carry out all its effects."""
        if self.dead[switch]:
            return
        now = self.kernel.now_ns
        effects = tuple(self.cores[switch].handle(event, now))
        self._recorder.event(now, switch, event, effects)
        for effect in effects:
            self._effects[type(effect)](switch, effect)

    def boot(self, tables: tuple[bytes, ...] | None) -> None:
        """Cold start: tables (of tagged protocols) and light on every port, at this instant."""
        for v in range(self.fabric.switches):
            self._boot(v, tables[v] if tables else None)

    def _boot(self, switch: int, table: bytes | None) -> None:
        if table is not None:
            self.feed(switch, TableArrived(table))
        for e in range(self._ptr[switch], self._ptr[switch + 1]):
            if self.ports.lit[e]:
                self.feed(switch, PortUp(e - self._ptr[switch]))

    # --- physics --------------------------------------------------------------------------------

    def apply(self, change: Change, tables: tuple[bytes, ...] | None = None) -> None:
        """Carry out one physical change now; `tables` are for a tagged switch that comes back."""
        self._recorder.change(self.kernel.now_ns, change)
        what, edge = change.kind.split("-")
        if what == "switch":
            links = [int(self.fabric.link[e]) for e in self.fabric.ports(change.id)]
            self.dead[change.id] = edge == "down"
        else:
            links = [change.id]
            self.cuts[change.id] += 1 if edge == "down" else -1
        for link in links:
            ends = self.fabric.slots_of(link)
            dead = any(self.dead[self.fabric.src[e]] for e in ends)
            for e in ends:
                self._light(e, not dead and self.cuts[link] <= 0)
        if change.kind == "switch-up":
            self._restart(change.id, tables)
        self.physics_changed = True

    def _light(self, e: int, on: bool) -> None:
        """Light of one direction changes; its sender's port notices after the hardware's delays."""
        ports = self.ports
        if bool(ports.lit[e]) == on:
            return
        ports.lit[e] = on
        ports.epoch[e] += 1
        epoch, now = ports.epoch[e], self.kernel.now_ns
        detected = now + self._physics.ns(self._hardware.detect_ns)
        prune = detected + self._physics.ns(self._hardware.prune_ns)
        notify = detected + self._physics.ns(self._hardware.notify_ns)
        if on:
            self.kernel.at(notify, self._port_up, (e, epoch))
        else:
            self.kernel.at(prune, self._prune, (e, epoch))
            self.kernel.at(notify, self._port_down, (e, epoch))

    def _prune(self, item: tuple[int, int]) -> None:
        e, epoch = item
        if self.ports.epoch[e] == epoch and not self.ports.pruned[e]:
            self.ports.pruned[e] = True
            self._touch_all(self._place[int(self.fabric.src[e])][0])

    def _port_down(self, item: tuple[int, int]) -> None:
        e, epoch = item
        if self.ports.epoch[e] == epoch and self.ports.seen[e]:
            self.ports.seen[e] = False
            if self.first_event_ns is None:
                self.first_event_ns = self.kernel.now_ns
            v = int(self.fabric.src[e])
            self.feed(v, PortDown(e - self._ptr[v]))

    def _port_up(self, item: tuple[int, int]) -> None:
        e, epoch = item
        if self.ports.epoch[e] != epoch:
            return
        if self.ports.pruned[e]:
            self.ports.pruned[e] = False
            self._touch_all(self._place[int(self.fabric.src[e])][0])
        if not self.ports.seen[e]:
            self.ports.seen[e] = True
            v = int(self.fabric.src[e])
            self.feed(v, PortUp(e - self._ptr[v]))

    def _restart(self, switch: int, tables: tuple[bytes, ...] | None) -> None:
        """A dead switch boots: a fresh core, an empty FIB, its ports seen as the light is."""
        start = self._reboot()
        self.cores[switch] = start.cores[switch]
        place, lo = self._place[switch]
        slots = self.fabric.ports(switch)
        rows = slice(lo, lo + len(slots))
        groups = self.spaces[place].part.groups
        self.fibs[place][:, rows] = start.fib[groups][:, slots.start : slots.stop]
        for e in slots:
            self.ports.admitted[e] = bool(start.admitted[e])
            self.ports.pruned[e] = not self.ports.lit[e]
            self.ports.seen[e] = bool(self.ports.lit[e])
            self.ports.epoch[e] += 1
        self._timers = {key: n for key, n in self._timers.items() if key[0] != switch}
        self._touch_all(place)
        self._boot(switch, tables[switch] if tables else None)

    # --- effects --------------------------------------------------------------------------------

    def _send(self, switch: int, effect: Effect) -> None:
        assert isinstance(effect, Send)
        e = self._ptr[switch] + effect.port
        self.messages += 1
        ports = self.ports
        if not ports.lit[e]:
            return
        ready = self.kernel.now_ns + self._costs.ns(effect.work) + self._delay[e]
        arrival = max(ready + self._costs.ns("receive"), ports.busy_until[e])
        ports.busy_until[e] = arrival
        self.kernel.at(arrival, self._arrive, (e, ports.epoch[e], effect))

    def _arrive(self, item: tuple[int, int, Send]) -> None:
        e, epoch, sent = item
        if self.ports.epoch[e] == epoch:
            peer, port = self._peer[e]
            self.feed(peer, MessageReceived(port, sent.message))

    def _set_timer(self, switch: int, effect: Effect) -> None:
        assert isinstance(effect, SetTimer)
        self._timer_count += 1
        self._timers[switch, effect.name] = self._timer_count
        due = self.kernel.now_ns + effect.delay_ns
        self.kernel.at(due, self._fire, (switch, effect.name, self._timer_count))

    def _fire(self, item: tuple[int, str, int]) -> None:
        switch, name, number = item
        if self._timers.get((switch, name)) == number:
            del self._timers[switch, name]
            self.feed(switch, TimerFired(name))

    def _cancel_timer(self, switch: int, effect: Effect) -> None:
        assert isinstance(effect, CancelTimer)
        self._timers.pop((switch, effect.name), None)

    def _tell(self, switch: int, effect: Effect) -> None:
        assert isinstance(effect, Tell)
        raise AssertionError(f"switch {switch} tells {effect.core}: one core per switch runs here")

    def _note(self, switch: int, effect: Effect) -> None:
        assert isinstance(effect, Note)
        self._recorder.note(self.kernel.now_ns, switch, effect.text)

    def _program(self, switch: int, effect: Effect) -> None:
        """Writes take effect one after the other, each when its cost has passed."""
        assert isinstance(effect, ProgramFib)
        core = self.cores[switch]
        done = max(self.kernel.now_ns, self._fib_busy[switch]) + self._costs.ns(effect.work)
        for write in effect.writes:
            done += self._price(write.group_writes, write.route_writes)
            self.kernel.at(done, self._write, (switch, core, write))
        if effect.expel or effect.admit:
            done += self._price(effect.mask_writes, 0)
            self.kernel.at(done, self._masks, (switch, core, effect))
        self._fib_busy[switch] = done
        if effect.token:
            told = Told("fib", "written", effect.token)
            self.kernel.at(done, self._tell_written, (switch, core, told))

    def _price(self, group_writes: int, route_writes: int) -> int:
        cost = self._costs.ns
        return sum(cost("group_write") for _ in range(group_writes)) + sum(
            cost("route_write") for _ in range(route_writes)
        )

    def _write(self, item: tuple[int, Core, FibWrite]) -> None:
        switch, core, write = item
        if self.dead[switch] or self.cores[switch] is not core:
            return
        now = self.kernel.now_ns
        self._recorder.write(now, switch, write)
        place, lo = self._place[switch]
        space, fib = self.spaces[place], self.fibs[place]
        row = np.frombuffer(write.ports, np.uint8)
        for g in write.groups:
            j = space.column(g)
            fib[j, lo : lo + len(row)] = row
            self.dirty[place].add(j)
        self._wrote(now, switch)

    def _masks(self, item: tuple[int, Core, ProgramFib]) -> None:
        switch, core, order = item
        if self.dead[switch] or self.cores[switch] is not core:
            return
        now = self.kernel.now_ns
        self._recorder.masks(now, switch, order.expel, order.admit)
        for p in order.expel:
            self.ports.admitted[self._ptr[switch] + p] = False
        for p in order.admit:
            self.ports.admitted[self._ptr[switch] + p] = True
        self._touch_all(self._place[switch][0])
        self._wrote(now, switch)

    def _tell_written(self, item: tuple[int, Core, Told]) -> None:
        switch, core, told = item
        if self.cores[switch] is core:
            self.feed(switch, told)

    def _wrote(self, now: int, switch: int) -> None:
        self.last_write_ns = now
        self.changed.add(switch)

    def _touch_all(self, place: int) -> None:
        self.dirty[place].update(range(len(self.spaces[place].dests)))
