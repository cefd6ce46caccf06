"""A running emulation: bus, planner, this process's agents, the injector, and what they are doing.

`start` returns when every agent is on the first epoch. The command line and the web page look in
through `status` and `changed`, and break things through `inject` and `clear`.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from sidr.errors import BusError
from sidr.live.bus import Bus, Will
from sidr.live.connect import connect
from sidr.live.control import Control
from sidr.live.host import Host
from sidr.live.injector import Injector
from sidr.live.keys import SigningKey, verifier
from sidr.live.memory import Exchange
from sidr.live.planner import PlannerService
from sidr.live.rundir import KEY, TABLES, RunDir
from sidr.live.store import Store
from sidr.live.switches import Switches
from sidr.live.topics import Topics
from sidr.live.view import View
from sidr.model.fabric import Fabric
from sidr.model.faults import Change
from sidr.model.profiles import Profile
from sidr.plan import plan
from sidr.topology import fabric_hash

if TYPE_CHECKING:
    from sidr.live.broker import Mosquitto
    from sidr.live.mqtt import Tls

READY_S = 90.0
"""How long a fabric may take until every agent is on the first epoch."""
LOOK_S = 0.1
"""How often the emulation looks whether something has changed."""
LOG_LINES = 500
"""Remarks that are kept."""
HISTORY = 1200
"""Delivered shares that are kept, each with its time."""
NS_PER_S = 1e9


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to run.

    Attributes:
        mine: switches of this process. bus: `memory`, `mqtt` or a URL. host: this process's name
            on the bus. key: the planner's, None = made for the run.
        alone: a connection per agent. plans: this process has a planner.
    """

    fabric: Fabric
    profile: Profile
    mine: tuple[int, ...]
    bus: str = "memory"
    host: str = "main"
    key: SigningKey | None = None
    tls: Tls | None = None
    seed: int = 1
    alone: bool = False
    plans: bool = True


@dataclass(slots=True)
class Chronicle:
    """What has happened: remarks and delivered shares, with seconds since the start."""

    log: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    shares: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=HISTORY))


class Emulation:
    """A planner and agents, running in a directory.

    Attributes:
        version: grows with everything that may be seen from outside.
    """

    def __init__(self, wanted: Wanted, place: RunDir) -> None:
        self.wanted, self.place, self.fabric = wanted, place, wanted.fabric
        self.hash = fabric_hash(wanted.fabric)
        self.key = wanted.key or SigningKey()
        self.chronicle = Chronicle()
        self.version = 0
        self.broker: Mosquitto | None = None
        self.planner: PlannerService | None = None
        self.ended = asyncio.Event()
        self._base = plan(wanted.fabric)
        self.switches = Switches(
            wanted.fabric, self._base, wanted.profile, wanted.mine, seed=wanted.seed
        )
        self.switches.log = self.say
        self.store = Store(place.path / TABLES)
        boot = secrets.randbelow(2**31)
        verify = verifier(self.key.public)
        self.host = Host(
            self.switches, self.hash, verify, name=wanted.host, boot=boot, store=self.store
        )
        self.injector = Injector(wanted.fabric, self._apply, seed=wanted.seed)
        self.view = View(self.switches)
        self._zero_s = time.monotonic()
        self._buses: list[Bus] = []
        self._moved = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._control = Control(place.path, self._handlers())

    # --- life -----------------------------------------------------------------------------------

    async def start(self, patience_s: float = READY_S) -> None:
        """Bring everything up; returns when every agent of this process is on an epoch.

        Raises:
            BusError: the bus cannot be reached, or agents are not ready in time.
        """
        self.key.save(self.place.path / KEY)
        url = await self._broker_url()
        exchange = Exchange(seed=self.wanted.seed)
        will = Will(Topics(self.hash, self.wanted.host).host_status, self.host.will())
        kept = self.store.read()
        self.host.recall(kept.commit, kept.tables)
        if self.wanted.alone:
            for v in self.wanted.mine:
                self.host.join_alone(v, await self._connect(url, exchange, f"sw-{v}", None))
        else:
            self.host.join(await self._connect(url, exchange, f"host-{self.wanted.host}", will))
        if self.wanted.plans:
            await self._start_planner(url, exchange)
        await self._control.start()
        self._watch = asyncio.get_running_loop().create_task(self._look_again(), name="watch")
        await self._ready(patience_s)

    async def _broker_url(self) -> str:
        if self.wanted.bus != "mqtt":
            return self.wanted.bus
        from sidr.live.broker import Mosquitto

        self.broker = Mosquitto(self.place.path)
        self.broker.told = self.say
        await self.broker.start()
        return self.broker.url

    async def _connect(self, url: str, exchange: Exchange, client: str, will: Will | None) -> Bus:
        bus = connect(url, client=client, will=will, tls=self.wanted.tls, exchange=exchange)
        self._buses.append(bus)
        return bus

    async def _start_planner(self, url: str, exchange: Exchange) -> None:
        name = f"{self.wanted.host}-{secrets.token_hex(3)}"
        bus = await self._connect(url, exchange, f"planner-{name}", None)
        self.planner = PlannerService(
            self._base, self.hash, self.wanted.profile.sidr, self.key, bus, name=name
        )
        self.planner.log = self.say
        self.planner.start()

    async def _ready(self, patience_s: float) -> None:
        for bus in self._buses:
            await bus.start(patience_s)
        try:
            async with asyncio.timeout(patience_s):
                while self.agents_running < len(self.wanted.mine):
                    await asyncio.sleep(0.01)
        except TimeoutError as error:
            missing = len(self.wanted.mine) - self.agents_running
            found = f"{missing} of {len(self.wanted.mine)} agents have no table"
            fix = "is there a planner on this bus, with the same fabric and key?"
            raise BusError.one(self.wanted.bus, found, fix=fix) from error
        self.say(f"{self.agents_running} agents are ready")

    async def stop(self, *, keep: bool = False) -> None:
        """End everything; nothing of it is left unless `keep` says that tables and keys stay."""
        await self._control.stop()
        if self._watch is not None:
            self._watch.cancel()
        if self.planner is not None:
            self.planner.stop()
        for v in self.wanted.mine:
            self.switches.stop(v)
        for bus in self._buses:
            await bus.close()
        if self.broker is not None:
            await self.broker.stop()
        self.store.flush()
        self.place.leave(keep=keep)

    @property
    def agents_running(self) -> int:
        """Agents of this process that forward by a table."""
        return sum(runner.bug is None for runner in self.switches.running.values())

    # --- breaking and mending -------------------------------------------------------------------

    def _apply(self, change: Change) -> None:
        self.say(self.injector.spell(change))
        if change.element == "planner":
            self._disturb_planner(change)
        else:
            self.host.apply(change)
        self._touch()

    def _disturb_planner(self, change: Change) -> None:
        planner = self.planner
        if planner is None:
            return
        if change.delay_ns:
            planner.slow_s += (1 if change.is_down else -1) * change.delay_ns / NS_PER_S
        elif change.is_down:
            planner.stop()
        else:
            planner.start_again()

    def inject(self, text: str, *, trial: int | None = None, dry_run: bool = False) -> list[str]:
        """Break what an expression or a scenario file says; returns the changes, for people.

        Raises:
            FaultError: all that is wrong with it.
        """
        found = self.injector.resolve(text, trial=trial)
        if not dry_run:
            self.injector.inject(found)
        return [f"{c.at_ns / NS_PER_S:g} s  {self.injector.spell(c)}" for c in found.changes]

    def clear(self, link: str = "") -> int:
        """Take back what was broken, or what concerns one link or switch."""
        return self.injector.clear(link)

    # --- looking in -----------------------------------------------------------------------------

    @property
    def now_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._zero_s

    def say(self, text: str) -> None:
        """Note something for people."""
        self.chronicle.log.append({"t_s": round(self.now_s, 3), "text": text})
        self._touch()

    def _touch(self) -> None:
        self.version += 1
        self._moved.set()

    async def changed(self, after: int) -> int:
        """Wait until `version` exceeds `after`; returns it."""
        while self.version <= after:
            self._moved.clear()
            await self._moved.wait()
        return self.version

    async def _look_again(self) -> None:
        seen, acks = -1, None
        while True:
            now = (self.switches.version, self.bus_connected, Counter(self.epochs()))
            if now[0] != seen or now[1:] != acks:
                seen, acks = now[0], now[1:]
                share = self.view.look().delivered_share
                self.chronicle.shares.append((round(self.now_s, 3), share))
                self._touch()
            await asyncio.sleep(LOOK_S)

    @property
    def bus_connected(self) -> bool:
        """Whether every connection of this process stands."""
        return all(bus.connected for bus in self._buses)

    def epochs(self) -> dict[str, int]:
        """How many agents are on which epoch; those elsewhere as they said last."""
        active = {v: seat.slots.active_key[2] for v, seat in self.host.seats.items()}
        if self.planner is not None:
            said = {v: ack.active[2] for v, ack in self.planner.acks.items()}
            active = {**said, **active}
        count = Counter(active.values())
        return {str(epoch): count[epoch] for epoch in sorted(count)}

    def stale(self) -> int:
        """Agents that are not in touch with the planner, or have stopped."""
        if not self.bus_connected:
            return len(self.wanted.mine)
        return len(self.wanted.mine) - self.agents_running

    def status(self) -> dict[str, Any]:
        """Everything there is to see, ready for JSON."""
        seen, planner = asdict(self.view.look()), self.planner
        groups = {name: share for name, share in seen.pop("groups").items() if share < 1 - 1e-9}
        trouble = [text for text in (self.store.trouble,) if text]
        trouble += [f"agent of {self.fabric.names[v]} stopped: {r.bug!r}"
                    for v, r in self.switches.running.items() if r.bug]  # fmt: skip
        return {
            **seen,
            "groups_affected": groups,
            "agents": self.agents_running,
            "agents_stale": self.stale(),
            "epochs": self.epochs(),
            "bus": self._bus_facts(),
            "planner": {
                "name": planner.name, "term": planner.term, "leading": planner.leading
            } if planner else None,
            "faults": [self.injector.spell(change) for change in self.injector.open],
            "faults_pending": self.injector.pending,
            "refused": dict(self.host.refused + (planner.refused if planner else Counter())),
            "trouble": trouble,
            "fabric": self.fabric.label,
            "hash": self.hash,
            "profile": self.wanted.profile.name,
            "switches": self.fabric.switches,
            "uptime_s": round(self.now_s, 3),
        }  # fmt: skip

    def _bus_facts(self) -> dict[str, object]:
        dropped: Counter[str] = Counter()
        for bus in self._buses:
            dropped.update(bus.dropped)
        return {
            "name": self._buses[0].name if self._buses else "none",
            "connected": self.bus_connected,
            "broker_pid": self.broker.pid if self.broker else None,
            "dropped": dict(dropped),
        }

    def snapshot(self) -> dict[str, Any]:
        """What the web page shows; see `web.Watched`."""
        status = self.status()
        over = {name for detour in status["detours"] for name in detour["over"]}
        return {**status, "detours": sorted(over), "now_s": round(self.now_s, 3),
                "log": list(self.chronicle.log)[-50:]}  # fmt: skip

    # --- the control socket ---------------------------------------------------------------------

    def _handlers(self) -> dict[str, Any]:
        async def inject(request: Mapping[str, Any]) -> Any:
            dry_run = bool(request.get("dry_run"))
            return self.inject(str(request["fault"]), trial=request.get("trial"), dry_run=dry_run)

        async def clear(request: Mapping[str, Any]) -> Any:
            return self.clear(str(request.get("name", "")))

        async def status(request: Mapping[str, Any]) -> Any:
            return self.status()

        async def log(request: Mapping[str, Any]) -> Any:
            return list(self.chronicle.log)

        async def names(request: Mapping[str, Any]) -> Any:
            links = [self.fabric.link_name(link) for link in range(self.fabric.links)]
            return {"switches": list(self.fabric.names), "links": links}

        async def down(request: Mapping[str, Any]) -> Any:
            self.ended.set()
            return "ending"

        return {"inject": inject, "clear": clear, "status": status, "log": log, "names": names,
                "down": down}  # fmt: skip
