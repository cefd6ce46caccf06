"""The planner on the bus: pushes tables, counts acknowledgements, commits, plans again.

The core is the simulator's (`protocols.sidr.planner`); what it orders becomes an epoch: every
switch's table is published for its free slot, and when all live agents have acknowledged, or a
deadline has passed, one commit makes them hold. Several planners may run: each takes a term above
all that it has seen, and whoever sees a greater (term, name) stands by until that one falls silent.
What agents report is compared with what is wanted, and the difference is sent again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sidr.forwarding.codec import HEADER, decode
from sidr.live.bus import Bus, Message
from sidr.live.keys import SigningKey, verifier
from sidr.live.letters import (
    Ack,
    Commit,
    FromAgent,
    Key,
    Lease,
    PortReport,
    Prepare,
    Status,
    opened,
    seal,
    told,
)
from sidr.live.slots import NOTHING
from sidr.live.topics import VERSION, Topics
from sidr.model.effects import Effect, Note, Push, SetTimer
from sidr.model.events import MessageReceived, TimerFired
from sidr.model.plan import Plan
from sidr.model.profiles import SidrTimers
from sidr.protocols.sidr.messages import Ports
from sidr.protocols.sidr.planner import Planner

TICK_S = 0.5
"""Between two comparisons of what is with what should be."""
LEASE_S = 3
"""A planner that has not been heard for so long is gone."""
DEADLINE_S = 3.0
"""How long a commit waits for agents that do not acknowledge."""
FIRST_S = 60.0
"""The same where a fabric starts for the first time, and all should be there."""
LISTEN_S = 0.3
"""How long a planner listens for what is retained before it takes a term."""
NS_PER_S = 1e9


@dataclass(slots=True)
class Round:
    """An epoch under way.

    Attributes:
        key: its key. sealed: by switch its sealed letter. waiting: agents that have not
            acknowledged. committed: the commit is out. first: it starts a fabric that has never
            run.
    """

    key: Key
    sealed: dict[int, bytes]
    waiting: set[int]
    deadline: float
    committed: bool = False
    first: bool = False


class PlannerService:
    """A planner.

    Args:
        base: the plan of the intact fabric. name: greater than others' wins within a term.

    Attributes:
        term, leading: its term, and whether it plans at present.
        slow_s: how much later it acts than it could.
        acks, hosts: what agents and hosts have said last. epoch: the last one that it pushed.
    """

    def __init__(
        self,
        base: Plan,
        fabric_hash: str,
        timers: SidrTimers,
        key: SigningKey,
        bus: Bus,
        *,
        name: str,
    ) -> None:
        self.base, self.name, self.bus = base, name, bus
        self.term, self.leading, self.slow_s = 0, False, 0.0
        self.acks: dict[int, Ack] = {}
        self.hosts: dict[str, Status] = {}
        self.refused: Counter[str] = Counter()
        self.log: Callable[[str], None] = lambda text: None
        self.push: Round | None = None
        self._next: dict[int, bytes] | None = None
        self._key, self._timers = key, timers
        self._verify = verifier(key.public)
        self._hash = bytes.fromhex(fabric_hash)
        self._topics = Topics(fabric_hash)
        self._of: dict[int, Topics] = {}
        self._fabric_hash = fabric_hash
        self._core: Planner | None = None
        self._reports: dict[int, PortReport] = {}
        self._seen: Key = NOTHING
        self._rival_s = 0.0
        self._replan: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    # --- life -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Listen, and then lead unless another planner does."""
        topics, subscribe = self._topics, self.bus.subscribe
        for what, take in (("ack", self._ack), ("ports", self._ports), ("status", self._status)):
            for pattern in topics.everywhere(what):
                subscribe(pattern, self._told(take))
        subscribe(f"{topics.root}/h/+/status", self._told(self._host))
        subscribe(topics.commit, self._planner_says)
        subscribe(topics.lease, self._planner_says)
        self._task = asyncio.get_running_loop().create_task(self._run(), name="planner")

    def stop(self) -> None:
        """End at once; what it has said stays with the bus."""
        if self._task is not None:
            self._task.cancel()
        if self._replan is not None:
            self._replan.cancel()
        self.leading, self._core, self.push, self._next = False, None, None, None

    def start_again(self) -> None:
        """Live again after `stop`, with another term: as a new planner would."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="planner")

    async def _run(self) -> None:
        await asyncio.sleep(LISTEN_S)
        while True:
            if self.leading:
                self._keep_up()
            elif self._now() - self._rival_s > LEASE_S:
                self._lead()
            await asyncio.sleep(TICK_S)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _lead(self) -> None:
        """Take a term above all that was seen, and push the plan."""
        if not self.bus.connected:
            return
        self.term, self.leading = self._seen[0] + 1, True
        self._say_lease()
        self.log(f"planner {self.name} leads in term {self.term}")
        self._core = Planner(self.base, self._timers, since=self._seen[2])
        for switch, report in sorted(self._reports.items()):
            self._feed(MessageReceived(switch, _ports(report)))
        self._feed(TimerFired("replan"))

    def _stand_by(self, rival: Key) -> None:
        if self.leading:
            self.log(f"planner {self.name} stands by for {rival[1]} in term {rival[0]}")
        self.leading, self.push, self._next = False, None, None
        self._rival_s = self._now()

    # --- the core -------------------------------------------------------------------------------

    def _feed(self, event: MessageReceived | TimerFired) -> None:
        if self._core is not None:
            self._effects(tuple(self._core.handle(event, int(self._now() * NS_PER_S))))

    def _effects(self, effects: tuple[Effect, ...]) -> None:
        tables: dict[int, bytes] = {}
        for effect in effects:
            if isinstance(effect, Push):
                tables[effect.switch] = effect.table
            elif isinstance(effect, SetTimer):
                if self._replan is not None:
                    self._replan.cancel()
                delay_s = effect.delay_ns / NS_PER_S + self.slow_s
                fire = TimerFired(effect.name)
                self._replan = asyncio.get_running_loop().call_later(delay_s, self._feed, fire)
            elif isinstance(effect, Note):
                self.log(f"planner: {effect.text}")
        if tables and self.leading:
            self._next = tables
            self._begin()

    # --- an epoch -------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Push what is next, unless an epoch is still waiting for its commit."""
        if self._next is None or (self.push is not None and not self.push.committed):
            return
        tables, self._next = self._next, None
        epoch = _epoch(next(iter(tables.values())))
        key = (self.term, self.name, epoch)
        first = self._seen == NOTHING and not any(a.active != NOTHING for a in self.acks.values())
        sealed = {v: self._seal(v, table, key) for v, table in sorted(tables.items())}
        patience_s = FIRST_S if first else DEADLINE_S
        deadline = self._now() + patience_s
        self.push = Round(key, sealed, set(tables), deadline, first=first)
        self._seen = max(self._seen, key)
        for v in sealed:
            self._send(v)
        self._check()

    def _seal(self, switch: int, table: bytes, key: Key) -> bytes:
        content = decode(table, switch, len(self.base.fabric.ports(switch)))
        letter = Prepare(VERSION, *key, content.order_id, self._hash, switch, content.digest, table)
        return seal(letter, self._key.sign)

    def _send(self, switch: int) -> None:
        assert self.push is not None
        topics = self._of.get(switch)
        if topics is not None:  # who has never been heard has no topic yet
            slot = self.push.key[2] % 2
            self.bus.publish(topics.plan(switch, slot), self.push.sealed[switch], retain=True)

    def _check(self) -> None:
        """Commit when everybody has acknowledged."""
        push = self.push
        if push is None or push.committed:
            return
        push.waiting = {v for v in push.waiting if not self._holds(v, push.key)}
        if push.waiting and self._now() < push.deadline:
            return
        push.committed = True
        self._say_commit(whole=push.first and not push.waiting)
        self._begin()

    def _holds(self, switch: int, key: Key) -> bool:
        ack = self.acks.get(switch)
        return ack is not None and max(ack.prepared, ack.active) >= key

    def _say_commit(self, *, whole: bool = False) -> None:
        assert self.push is not None
        commit = Commit(VERSION, *self.push.key, self.base.order_id, self._hash, whole)
        self.bus.publish(self._topics.commit, seal(commit, self._key.sign), retain=True)

    def _say_lease(self) -> None:
        epoch = self.push.key[2] if self.push else 0
        lease = Lease(VERSION, self.term, self.name, epoch, self._hash)
        sealed = seal(lease, self._key.sign)
        self.bus.publish(self._topics.lease, sealed, retain=True, expiry_s=LEASE_S)

    def _keep_up(self) -> None:
        """Compare what agents have said with what is wanted, and send the difference again."""
        self._say_lease()
        self._check()
        push = self.push
        if push is None:
            return
        for v in push.sealed:
            if not self._holds(v, push.key):
                self._send(v)
        behind = (a for a in self.acks.values() if a.active < push.key)
        if push.committed and next(behind, None) is not None:
            self._say_commit()

    # --- what others say ------------------------------------------------------------------------

    def _told(self, take: Callable[[Message, FromAgent], None]) -> Callable[[Message], None]:
        def taken(message: Message) -> None:
            if not message.payload:
                return
            letter = told(message.payload)
            if isinstance(letter, str):
                self.refused[letter] += 1
            else:
                take(message, letter)

        return taken

    def _known(self, message: Message, switch: int) -> bool:
        """Whether a letter is about the switch of its topic, and there is one."""
        named = self._topics.switch_of(message.topic)
        fits = switch == named and switch < self.base.fabric.switches
        self.refused["of another switch"] += not fits
        if fits:
            parts = message.topic.removeprefix(self._topics.root + "/").split("/")
            host = parts[1] if parts[0] == "h" else ""
            self._of[switch] = Topics(self._fabric_hash, host)
        return fits

    def _ack(self, message: Message, ack: FromAgent) -> None:
        if not isinstance(ack, Ack) or not self._known(message, ack.switch):
            return
        new = ack.switch not in self.acks
        self.acks[ack.switch] = ack
        self._seen = max(self._seen, ack.prepared, ack.active)
        push = self.push
        if new and push is not None and not self._holds(ack.switch, push.key):
            self._send(ack.switch)
        self._check()

    def _ports(self, message: Message, report: FromAgent) -> None:
        if not isinstance(report, PortReport) or not self._known(message, report.switch):
            return
        ports = len(self.base.fabric.ports(report.switch))
        if len(report.admitted) != (ports + 7) // 8:
            self.refused["ports that do not fit"] += 1
            return
        self._reports[report.switch] = report
        self._feed(MessageReceived(report.switch, _ports(report)))

    def _status(self, message: Message, status: FromAgent) -> None:
        if isinstance(status, Status) and len(status.switches) == 1:
            self.hosts[f"sw/{status.switches[0]}"] = status

    def _host(self, message: Message, status: FromAgent) -> None:
        if isinstance(status, Status):
            name = message.topic.split("/")[-2]
            known = self.hosts.get(name)
            if status.state != "up" and known:  # a will does not know what the host carried
                status = Status(VERSION, "dead", status.boot, "", known.switches)
            self.hosts[name] = status

    def _planner_says(self, message: Message) -> None:
        letter = opened(message.payload, self._verify)
        if not isinstance(letter, (Commit, Lease)) or letter.fabric != self._hash:
            self.refused["not from a planner"] += 1
            return
        key = (letter.term, letter.planner, letter.epoch)
        self._seen = max(self._seen, key)
        gone = message.retained and isinstance(letter, Commit)  # a lease expires, a commit stays
        if letter.planner == self.name or gone:
            return
        if not self.leading or key[:2] > (self.term, self.name):
            self._stand_by(key)


def _ports(report: PortReport) -> Ports:
    return Ports(report.boot, report.seq, report.admitted)


def _epoch(table: bytes) -> int:
    return int(HEADER.unpack_from(table)[7])
