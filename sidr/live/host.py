"""One process's agents on the bus: tables in, acknowledgements and port states out.

A host has one connection and one identity for all its switches (or a connection for each). It
believes what the planner signed and what is newer than what it has (`slots`), starts switches when
their first table is committed, and keeps what it was given, so that a restarted agent is back at
once, and in a file, so that it is so without a bus. Nothing that forwards waits for the bus.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from sidr.live.bus import Bus, Message
from sidr.live.keys import Verify
from sidr.live.letters import Ack, Command, Commit, PortReport, Prepare, Status, encode, opened
from sidr.live.slots import Place, Slots, Verdict
from sidr.live.store import Store
from sidr.live.switches import Switches
from sidr.live.topics import VERSION, Topics
from sidr.model.faults import Change
from sidr.protocols.sidr.messages import Ports


@dataclass(slots=True)
class Seat:
    """What a host keeps for one switch.

    Attributes:
        slots: its tables. kept: by slot of the topic, the last sealed table that was accepted.
        boot: number of its agent's start. fresh: its agent has never been started again.
        report: the last report of its ports. error: why its last table was refused.
    """

    slots: Slots
    boot: int
    kept: dict[str, bytes] = field(default_factory=dict)
    fresh: bool = True
    report: PortReport | None = None
    error: str = ""


class Host:
    """The agents of a process.

    Args:
        fabric_hash: hex. name: the host's name in topics. boot: a number that no earlier start of
            this host had.
        store: where accepted tables are kept, or None.

    Attributes:
        address: where links from other processes end; "" = there are none.
        commands: what other processes may ask for, by verb.
        refused: how many letters were not believed, by reason.
    """

    def __init__(
        self,
        switches: Switches,
        fabric_hash: str,
        verify: Verify,
        *,
        name: str,
        boot: int,
        store: Store | None = None,
    ) -> None:
        self.switches, self.name, self.boot = switches, name, boot
        self.refused: Counter[str] = Counter()
        self.commands: dict[str, Callable[[Command], None]] = {}
        self._hash, self._verify, self._store = bytes.fromhex(fabric_hash), verify, store
        self._fabric_hash, self.address = fabric_hash, ""
        self._bus: dict[int, tuple[Bus, Topics]] = {}
        self._hosted: tuple[Bus, Topics] | None = None
        self._commit: bytes | None = None
        fabric = switches.fabric
        switches.report = self.report
        self.seats = {
            v: Seat(Slots(Place(self._hash, v, len(fabric.ports(v)), len(fabric.groups))), boot)
            for v in switches.mine
        }

    # --- the bus --------------------------------------------------------------------------------

    def will(self) -> bytes:
        """What the bus says of this host when it vanishes."""
        return encode(Status(VERSION, "dead", self.boot))

    def join(self, bus: Bus) -> None:
        """Speak for all switches over one connection."""
        topics = Topics(self._fabric_hash, self.name)
        self._hosted = (bus, topics)
        self._bus = dict.fromkeys(self.switches.mine, (bus, topics))
        bus.subscribe(topics.plan("+", "+"), self.take_table)
        bus.subscribe(topics.commit, self.take_commit)
        bus.subscribe(topics.host_command, self.take_command)
        bus.watch(self._connected)

    def join_alone(self, switch: int, bus: Bus) -> None:
        """Speak for one switch over its own connection."""
        topics = Topics(self._fabric_hash)
        self._bus[switch] = (bus, topics)
        bus.subscribe(topics.plan(switch, "+"), self.take_table)
        bus.subscribe(topics.commit, self.take_commit)
        bus.watch(lambda up: self._connected_alone(switch, up))

    def _connected(self, up: bool) -> None:
        """What is a state is said again on every connection."""
        if up:
            self.say_status()
            for v in self.switches.mine:
                self._say(v)

    def _connected_alone(self, switch: int, up: bool) -> None:
        if up:
            bus, topics = self._bus[switch]
            status = Status(VERSION, "up", self.boot, "", (switch,))
            bus.publish(topics.of(switch, "status"), encode(status), retain=True)
            self._say(switch)

    def say_status(self) -> None:
        """Publish that this host is up, what it carries and where its links end."""
        if self._hosted is not None:
            bus, topics = self._hosted
            status = Status(VERSION, "up", self.boot, self.address, self.switches.mine)
            bus.publish(topics.host_status, encode(status), retain=True)

    def _say(self, switch: int) -> None:
        self._acknowledge(switch)
        report = self.seats[switch].report
        if report is not None:
            self._publish(switch, "ports", report)

    def _acknowledge(self, switch: int) -> None:
        seat = self.seats[switch]
        slots = seat.slots
        digest = slots.active.digest if slots.active else 0
        ack = Ack(
            VERSION, switch, seat.boot, slots.prepared_key, slots.active_key, digest, seat.error
        )
        self._publish(switch, "ack", ack)

    def _publish(self, switch: int, what: str, letter: Struct) -> None:
        if switch in self._bus:
            bus, topics = self._bus[switch]
            bus.publish(topics.of(switch, what), encode(letter), retain=True)

    # --- tables ---------------------------------------------------------------------------------

    def take_table(self, message: Message) -> None:
        """A table for a switch of ours."""
        switch = Topics(self._fabric_hash).switch_of(message.topic)
        slot = message.topic.rpartition("/")[2]
        if switch not in self.seats:
            return
        seat = self.seats[switch]
        letter = opened(message.payload, self._verify)
        if not isinstance(letter, Prepare):
            self._refuse(switch, letter if isinstance(letter, str) else "not a table")
            return
        if slot != str(letter.epoch % 2):
            self._refuse(switch, f"epoch {letter.epoch} in slot {slot[:8]}")
            return
        before = seat.slots.prepared_key
        verdict = seat.slots.prepare(letter)
        if verdict.error:
            self._refuse(switch, verdict.error)
            return
        seat.error = ""
        if seat.slots.prepared_key != before:
            seat.kept[slot] = message.payload
            self._keep()
        self._activate(switch, verdict, whole=False)
        self._acknowledge(switch)

    def take_commit(self, message: Message) -> None:
        """The planner says which tables hold."""
        letter = opened(message.payload, self._verify)
        if not isinstance(letter, Commit):
            self._refuse(None, letter if isinstance(letter, str) else "not a commit")
            return
        whole = letter.whole and not message.retained
        for v in self.switches.mine:
            verdict = self.seats[v].slots.commit(letter)
            if verdict.error:
                self._refuse(None, verdict.error)
                return
            self._activate(v, verdict, whole=whole)
        self._commit = message.payload
        self._keep()

    def _activate(self, switch: int, verdict: Verdict, *, whole: bool) -> None:
        table = verdict.active
        if table is None:
            return
        seat, switches = self.seats[switch], self.switches
        if switches.damage.dead[switch]:
            pass  # it starts by itself when it is back
        elif switch in switches.running:
            switches.change_table(switch, table.table, table.term)
        elif whole and seat.fresh:
            switches.start_whole(switch, table.table)
        else:
            switches.start_cold(switch, table.table, table.term)
        seat.fresh = False
        self._acknowledge(switch)

    def _refuse(self, switch: int | None, reason: str) -> None:
        self.refused[reason] += 1
        if switch is not None:
            self.seats[switch].error = reason
            self._acknowledge(switch)

    def _keep(self) -> None:
        if self._store is not None:
            tables = {v: tuple(seat.kept.values()) for v, seat in self.seats.items()}
            self._store.keep(self._commit or b"", tables)

    # --- restarts -------------------------------------------------------------------------------

    def recall(self, commit: bytes, tables: Mapping[int, tuple[bytes, ...]]) -> None:
        """Take what an earlier start of this host kept in its file; it is believed as little as
        anything from the bus."""
        topics = Topics(self._fabric_hash)
        if commit:
            self.take_commit(Message(topics.commit, commit, retained=True))
        for v, sealed in sorted(tables.items()):
            for payload in sealed if v in self.seats else ():
                letter = opened(payload, self._verify)
                if isinstance(letter, Prepare):
                    topic = topics.plan(v, letter.epoch % 2)
                    self.take_table(Message(topic, payload, retained=True))

    def kill(self, switch: int) -> None:
        """The agent of a switch dies; its FIB goes on as it is."""
        self.switches.stop(switch)

    def restart(self, switch: int) -> None:
        """A new agent for a switch, from what the bus retains: it boots with an empty FIB."""
        seat = self.seats[switch]
        self.switches.stop(switch)
        fresh = Slots(seat.slots.place)
        kept, self.seats[switch] = seat.kept, Seat(fresh, seat.boot + 1, fresh=False)
        topics = Topics(self._fabric_hash)
        if self._commit:
            letter = opened(self._commit, self._verify)
            assert isinstance(letter, Commit), letter
            fresh.commit(letter)
        for slot, payload in sorted(kept.items()):
            self.take_table(Message(topics.plan(switch, slot), payload, retained=True))

    # --- the world ------------------------------------------------------------------------------

    def apply(self, change: Change) -> None:
        """Carry out a change of a link or switch; a switch that is back boots."""
        self.switches.apply(change)
        is_back = change.kind == "switch-up" and not self.switches.damage.dead[change.id]
        if is_back and change.id in self.seats:
            self.restart(change.id)

    def report(self, switch: int, message: Struct) -> None:
        """A switch tells the planner about its ports."""
        assert isinstance(message, Ports), message
        seat = self.seats[switch]
        seq = seat.report.seq + 1 if seat.report else 1
        seat.report = PortReport(VERSION, switch, seat.boot, seq, message.admitted)
        self._publish(switch, "ports", seat.report)

    def take_command(self, message: Message) -> None:
        """A signed request from the process that holds the planner's key."""
        letter = opened(message.payload, self._verify)
        if not isinstance(letter, Command):
            self._refuse(None, letter if isinstance(letter, str) else "not a command")
        elif letter.fabric != self._hash or letter.verb not in self.commands:
            self._refuse(None, "a command that is not for us")
        else:
            self.commands[letter.verb](letter)
