"""A running emulation: bus, planner, this process's agents, the injector, and what they are doing.

`start` returns when every agent is on the first epoch. The command line and the web page look in
through `status` and `changed`, and break things through `inject` and `clear`.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sidr.errors import BusError, FaultError
from sidr.live.bus import Bus, Message, Will
from sidr.live.connect import connect
from sidr.live.control import Control
from sidr.live.elsewhere import Answering, Asking
from sidr.live.far import Far
from sidr.live.host import Host
from sidr.live.injector import Injector
from sidr.live.keys import SigningKey, verifier
from sidr.live.letters import Status, told
from sidr.live.lookout import epochs, snapshot, status
from sidr.live.memory import Exchange
from sidr.live.planner import PlannerService
from sidr.live.rundir import KEY, TABLES, RunDir
from sidr.live.slots import NOTHING
from sidr.live.store import Store
from sidr.live.switches import Switches
from sidr.live.topics import Topics, realm_of
from sidr.live.view import View
from sidr.model.fabric import Fabric
from sidr.model.faults import Change
from sidr.model.profiles import Profile
from sidr.plan import plan
from sidr.topology import fabric_hash

if TYPE_CHECKING:
    from sidr.live.broker import Mosquitto
    from sidr.live.tls import Tls

READY_S = 90.0
"""How long a fabric may take until every agent is on the first epoch."""
LOOK_S = 0.1
"""How often the emulation looks whether something has changed."""
LOOK_PART = 10
"""A look may take one part in so many of the time."""
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
        public: the planner's public key where this process has no planner and orders no faults.
        alone: a connection per agent. address: where links from other processes end.
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
    public: bytes = b""
    address: str = "127.0.0.1"


@dataclass(slots=True)
class Chronicle:
    """What has happened: remarks and delivered shares, with seconds since the start."""

    log: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    shares: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=HISTORY))


class Emulation:
    """A planner and agents, running in a directory.

    Attributes:
        hash: the fabric's. realm: the same with the planner's key; it stands in topics and in what
            is signed, so that emulations of one fabric share a broker.
        version: grows with everything that may be seen from outside.
    """

    def __init__(self, wanted: Wanted, place: RunDir) -> None:
        self.wanted, self.place, self.fabric = wanted, place, wanted.fabric
        self.hash = fabric_hash(wanted.fabric)
        self.key = None if wanted.public else wanted.key or SigningKey()
        public = self.key.public if self.key else wanted.public
        self.realm = realm_of(self.hash, public)
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
        verify = verifier(public)
        self.host = Host(
            self.switches, self.realm, verify, name=wanted.host, boot=boot, store=self.store
        )
        self.far: Far | None = None
        if len(wanted.mine) < wanted.fabric.switches:
            self.far = Far(self.switches, self.realm, verify, self._carry_out, key=self.key,
                           session=time.time_ns())  # fmt: skip
        self.asking: Asking | None = None
        self.injector = Injector(wanted.fabric, self._apply, seed=wanted.seed)
        self.view = View(self.switches)
        self._zero_s = time.monotonic()
        self.answered = True
        self.buses: list[Bus] = []
        self._moved = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._control = Control(place.path, self._handlers())

    # --- life -----------------------------------------------------------------------------------

    async def start(self, patience_s: float = READY_S) -> None:
        """Bring everything up; returns when every agent of this process is on an epoch.

        Raises:
            BusError: the bus cannot be reached, or agents are not ready in time.
        """
        if self.key is not None:
            self.key.save(self.place.path / KEY)
        if self.far is not None:
            await self.far.open(self.wanted.address)
            self.host.address = self.far.address
        url = await self._broker_url()
        exchange = Exchange(seed=self.wanted.seed)
        will = Will(Topics(self.realm, self.wanted.host).host_status, self.host.will())
        kept = self.store.read()
        self.host.recall(kept.commit, kept.tables)
        if self.wanted.alone:
            for v in self.wanted.mine:
                self.host.join_alone(v, await self._connect(url, exchange, f"sw-{v}", None))
        else:
            bus = await self._connect(url, exchange, f"host-{self.wanted.host}", will)
            self.host.join(bus)
            if self.far is not None:
                self._join_others(bus, self.far)
        if self.key is not None:
            await self._start_planner(url, exchange, self.key)
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
        self.buses.append(bus)
        return bus

    def _join_others(self, bus: Bus, far: Far) -> None:
        """Learn where other hosts' links end, and show them what is forwarded here."""

        def met(message: Message) -> None:
            status = told(message.payload)
            if isinstance(status, Status):
                far.met(message.topic.split("/")[-2], status)

        bus.subscribe(f"{Topics(self.realm).root}/h/+/status", met)
        Answering(self.host, self.realm, bus)

    async def _start_planner(self, url: str, exchange: Exchange, key: SigningKey) -> None:
        name = f"{self.wanted.host}-{secrets.token_hex(3)}"
        bus = await self._connect(url, exchange, f"planner-{name}", None)
        self.planner = PlannerService(
            self._base, self.realm, self.wanted.profile.sidr, key, bus, name=name
        )
        self.planner.log = self.say
        if self.far is not None:
            self.asking = Asking(
                self.switches, self.realm, key, bus, self._other_names, client=name
            )
        self.planner.start()

    async def _ready(self, patience_s: float) -> None:
        for bus in self.buses:
            await bus.start(patience_s)
        try:
            async with asyncio.timeout(patience_s):
                while self._lacking():
                    await asyncio.sleep(0.01)
        except TimeoutError as error:
            found = f"{self._lacking()} agents have no table"
            fix = "is there a planner on this bus, with the same fabric and key?"
            raise BusError.one(self.wanted.bus, found, fix=fix) from error
        self.say(f"{self.agents_running} agents are ready")

    def _lacking(self) -> int:
        """Agents that do not forward by a table yet, of all that this process waits for."""
        if self.planner is None:
            return len(self.wanted.mine) - self.agents_running
        active = sum(ack.active != NOTHING for ack in self.planner.acks.values())
        return self.fabric.switches - active

    async def stop(self, *, keep: bool = False) -> None:
        """End everything; nothing of it is left unless `keep` says that tables and keys stay."""
        await self._control.stop()
        if self._watch is not None:
            self._watch.cancel()
        if self.planner is not None:
            self.planner.stop()
        if self.far is not None:
            self.far.close()
        for v in self.wanted.mine:
            self.switches.stop(v)
        for bus in self.buses:
            await bus.close()
        if self.broker is not None:
            await self.broker.stop()
        self.store.flush()
        self.place.leave(keep=keep)

    @property
    def agents_running(self) -> int:
        """Agents of this process that forward by a table."""
        return sum(runner.bug is None for runner in self.switches.running.values())

    def others(self) -> Iterator[tuple[str, int]]:
        """Other hosts that are up, and how many switches each carries."""
        hosts = self.planner.hosts if self.planner else {}
        for name, said in hosts.items():
            if name != self.wanted.host and said.state == "up" and not name.startswith("sw/"):
                yield name, len(said.switches)

    def _other_names(self) -> list[str]:
        return [name for name, _ in self.others()]

    # --- breaking and mending -------------------------------------------------------------------

    def _apply(self, change: Change) -> None:
        self.say(self.injector.spell(change))
        if change.element == "planner":
            self._disturb_planner(change)
        else:
            self.host.apply(change)
            if self.far is not None:
                self.far.order(change)
        self._touch()

    def _carry_out(self, change: Change) -> None:
        """A change that another process has ordered."""
        self.say(self.injector.spell(change))
        self.host.apply(change)

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
        if self.key is None:
            fix = "inject where the planner runs"
            raise FaultError.one(repr(text), "this process only carries out faults", fix=fix)
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

    def snapshot(self) -> dict[str, Any]:
        """What a page shows."""
        return snapshot(self)

    async def changed(self, after: int) -> int:
        """Wait until `version` exceeds `after`; returns it."""
        while self.version <= after:
            self._moved.clear()
            await self._moved.wait()
        return self.version

    async def _look_again(self) -> None:
        """Note delivered shares whenever something has changed, in a tenth of the time at most."""
        seen: tuple[object, ...] = ()
        while True:
            now = (self.switches.version, self.bus_connected, epochs(self))
            took_s = 0.0
            if now != seen:
                seen, begin_s = now, time.monotonic()
                if self.planner is not None:  # without one, this process sees a part only
                    share = self.view.look().delivered_share
                    self.chronicle.shares.append((round(self.now_s, 3), share))
                self._touch()
                took_s = time.monotonic() - begin_s
            await asyncio.sleep(max(LOOK_S, LOOK_PART * took_s))

    @property
    def bus_connected(self) -> bool:
        """Whether every connection of this process stands."""
        return all(bus.connected for bus in self.buses)

    async def look_elsewhere(self) -> None:
        """Bring what other processes forward by up to date, as far as they answer."""
        if self.asking is not None:
            self.answered = await self.asking.look()

    # --- the control socket ---------------------------------------------------------------------

    def _handlers(self) -> dict[str, Any]:
        async def inject(request: Mapping[str, Any]) -> Any:
            dry_run = bool(request.get("dry_run"))
            return self.inject(str(request["fault"]), trial=request.get("trial"), dry_run=dry_run)

        async def clear(request: Mapping[str, Any]) -> Any:
            return self.clear(str(request.get("name", "")))

        async def look(request: Mapping[str, Any]) -> Any:
            await self.look_elsewhere()
            return status(self)

        async def log(request: Mapping[str, Any]) -> Any:
            return list(self.chronicle.log)

        async def names(request: Mapping[str, Any]) -> Any:
            links = [self.fabric.link_name(link) for link in range(self.fabric.links)]
            return {"switches": list(self.fabric.names), "links": links}

        async def down(request: Mapping[str, Any]) -> Any:
            self.ended.set()
            return "ending"

        return {"inject": inject, "clear": clear, "status": look, "log": log, "names": names,
                "down": down}  # fmt: skip
