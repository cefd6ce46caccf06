"""The records of a trace as lines that people read: when, at which switch, what happened.

Switches, ports, links and groups go by their names. `sidr replay` prints these lines, and the
text scenarios of the tests hold them. The planner has the number above the last switch and is
called `planner`; what another core than the protocol's own did begins with that core's name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from sidr.model.effects import HELLO, MANAGEMENT
from sidr.model.fabric import Fabric
from sidr.model.faults import NEAR
from sidr.model.plan import FULL
from sidr.model.units import format_duration
from sidr.trace.reader import Record
from sidr.trace.recorder import MAIN

PLANNER = "planner"
NOWHERE = "-"
"""In the place of a switch, for what happens to the fabric as a whole."""

UNTOLD = ("type", "order_id", "checksum")
"""Fields of messages that no line shows: long numbers that tell people nothing. A message of
another order leaves a note."""
QUIET_EVENTS = ("TimerFired", "MessageReceived", "Told")
QUIET_EFFECTS = ("SetTimer", "CancelTimer")

Raw = Mapping[str, Any]


class Line(Struct, frozen=True):
    """One record.

    Args:
        ms: since the first fault. switch: a switch's name, `planner`, or `-`.
        what: what happened. sent: what was sent thereby and to whom, as texts.
        sends: how many messages that were.
    """

    ms: float
    switch: str
    what: str
    sent: tuple[str, ...] = ()
    sends: int = 0

    @property
    def brief(self) -> str:
        """What happened, and how many messages it caused."""
        return f"{self.what} -> {self.sends} sent" if self.sends else self.what

    @property
    def full(self) -> str:
        """What happened, and which messages it caused."""
        return f"{self.what} -> {'; '.join(self.sent)}" if self.sent else self.what

    def row(self, what: str) -> str:
        """When and where, in columns, before `brief` or `full`."""
        return f"{self.ms:>14.6f} ms  {self.switch:<12} {what}"


def lines(
    records: Sequence[Record], fabric: Fabric, *, tagged: bool, quiet: bool = False
) -> Iterator[Line]:
    """One line per record, in order.

    Args:
        fabric: as the trial numbered it.
        tagged: FIB writes hold announced shares (see `kit.Kit.tagged`), not next hops.
        quiet: leave out life signs and whatever only winds timers.
    """
    names = Names(fabric, tagged)
    signs = life_signs(records)
    start = _start_ns(records)
    for record in records:
        if quiet and _is_quiet(record, signs):
            continue
        sends: list[Raw] = []
        if record.kind == "event":
            sends = [e for e in record.payload[1] if e["type"] in ("Send", "Push")]
        told = [e for e in sends if not (quiet and e.get("work") == HELLO)]
        yield Line(
            (record.now_ns - start) / 1e6,
            names.switch(record.switch),
            names.what(record),
            names.sent(record.switch, told),
            len(told),
        )


def life_signs(records: Sequence[Record]) -> frozenset[str]:
    """Types of the messages that cost nothing because every protocol sends them periodically."""
    return frozenset(
        effect["message"]["type"]
        for record in records
        if record.kind == "event"
        for effect in record.payload[1]
        if effect["type"] == "Send" and effect["work"] == HELLO
    )


def _start_ns(records: Sequence[Record]) -> int:
    """When the first fault begins; the planner's are none where there are others."""
    changes = [r for r in records if r.kind == "change"]
    faults = [r for r in changes if not r.payload[0]["kind"].startswith(PLANNER)] or changes
    return faults[0].now_ns if faults else 0


def _is_quiet(record: Record, signs: frozenset[str]) -> bool:
    """Whether nothing came of a timer or a life sign but timers and life signs.

    A detector's port events are those of the protocol, which are shown.
    """
    if record.kind != "event":
        return False
    event, effects, core = record.payload
    if event["type"] not in QUIET_EVENTS and core == MAIN:
        return False
    if event["type"] == "MessageReceived" and event["message"]["type"] not in signs:
        return False
    return all(e["type"] in QUIET_EFFECTS or e.get("work") == HELLO for e in effects)


class Names:
    """What numbers in records are called.

    Args:
        tagged: see `lines`.
    """

    def __init__(self, fabric: Fabric, tagged: bool) -> None:
        self._fabric, self._tagged = fabric, tagged
        self._records: dict[str, Callable[[Record], str]] = {
            "change": lambda record: self._change(record.payload[0]),
            "write": lambda record: self._write(record.switch, record.payload[0]),
            "masks": lambda record: self._masks(record.switch, *record.payload),
            "note": lambda record: f"note: {record.payload[0]}",
            "event": self._event,
        }
        self._fields: dict[str, Callable[[Any], str]] = {
            "group": self._group,
            "runs": self._runs,
            "sender": self.switch,
            "origin": self.switch,
            "router": self.switch,
            "heard": self._switches,
            "origins": self._switches,
            "links": self._links,
        }

    def what(self, record: Record) -> str:
        """What a record says happened."""
        return self._records[record.kind](record)

    def switch(self, number: int) -> str:
        """The name of a switch or of the planner."""
        if number < 0:
            return NOWHERE
        return PLANNER if number >= self._fabric.switches else self._fabric.names[number]

    def port(self, switch: int, port: int) -> str:
        """A port by the neighbour behind it, as people look for it."""
        fabric = self._fabric
        if switch >= fabric.switches:
            return self.switch(port)
        if port == MANAGEMENT:
            return PLANNER
        return self._slot(int(fabric.ptr[switch]) + port)

    def sent(self, switch: int, sends: Sequence[Raw]) -> tuple[str, ...]:
        """`TYPE to A, B` for every type of message, `TYPE x2` where each got two."""
        to = Counter(
            ("table", e["switch"]) if e["type"] == "Push" else (e["message"]["type"], e["port"])
            for e in sends
        )
        found: dict[str, list[str]] = {}
        for (kind, port), count in to.items():
            text = kind if count == 1 else f"{kind} x{count}"
            found.setdefault(text, []).append(self.port(switch, port))
        return tuple(f"{text} to {', '.join(names)}" for text, names in found.items())

    def _slot(self, slot: int) -> str:
        fabric = self._fabric
        neighbour, rank = fabric.names[int(fabric.nbr[slot])], fabric.rank[fabric.link[slot]]
        return f"{neighbour}#{rank}" if rank else neighbour

    def _group(self, group: int) -> str:
        return self._fabric.names[int(self._fabric.groups[group])]

    def _change(self, change: Raw) -> str:
        element = change["kind"].partition("-")[0]
        words = [change["kind"]]
        if element == "switch":
            words.append(self.switch(change["id"]))
        elif element != PLANNER:
            words.append(self._fabric.link_name(change["id"]))
        if change["end"]:
            ends = self._fabric.near if change["end"] == NEAR else self._fabric.far
            words.append(f"from {self.switch(int(ends[change['id']]))}")
        if change["loss_ratio"]:
            words.append(f"loss {change['loss_ratio']:g}")
        if change["delay_ns"]:
            words.append(f"{format_duration(change['delay_ns'])} late")
        return " ".join(words)

    def _write(self, switch: int, write: Raw) -> str:
        """Next hops, or the neighbours that announced less than everything."""
        groups = ", ".join(self._group(g) for g in write["groups"])
        heard = [(self.port(switch, p), r) for p, r in enumerate(write["ports"])]
        if not self._tagged:
            return f"FIB {groups} via {', '.join(name for name, r in heard if r) or 'nothing'}"
        less = [f"{name} {r}/{FULL}" for name, r in heard if r < FULL]
        return f"FIB {groups}: {', '.join(less) or f'every neighbour {FULL}/{FULL}'}"

    def _masks(self, switch: int, out: Sequence[int], back: Sequence[int]) -> str:
        words = [f"FIB without port {self.port(switch, p)}" for p in out]
        words += [f"FIB with port {self.port(switch, p)}" for p in back]
        return " ".join(words) or "FIB by a new table"

    def _event(self, record: Record) -> str:
        event, core = record.payload[0], record.payload[2]
        words = [event["type"]]
        if "port" in event:
            words.append(self.port(record.switch, event["port"]))
        if event["type"] == "Told":
            words += [event["core"], event["fact"], self._told(record.switch, event)]
        elif "message" in event:
            words.append(self.message(event["message"]))
        else:
            known = ("type", "port", "table")
            words += [str(value) for key, value in event.items() if key not in known]
        text = " ".join(word for word in words if word)
        return text if core == MAIN else f"{core}: {text}"

    def _told(self, switch: int, event: Raw) -> str:
        """A detector says which port; the FIB, which of the orders."""
        if event["core"] not in ("fib", "driver"):
            return self.port(switch, event["value"])
        return str(event["value"] or "")

    def message(self, value: Raw) -> str:
        """A message as `TYPE(field=value, ...)`."""
        shown = (self._field(key, v) for key, v in value.items() if key not in UNTOLD)
        return f"{value.get('type', '')}({', '.join(text for text in shown if text)})"

    def _field(self, key: str, value: Any) -> str:
        """A flag by its name alone, where it is set."""
        if isinstance(value, bool):
            return key if value else ""
        return f"{key}={self._value(key, value)}"

    def _value(self, key: str, value: Any) -> str:
        named = self._fields.get(key)
        try:
            if named:
                return named(value)
        except (IndexError, TypeError, ValueError):
            pass  # another package's message, whose field of this name means something else
        if isinstance(value, dict):
            return self.message(value)
        if isinstance(value, bytes):
            return value.hex()
        if isinstance(value, list):
            return f"[{', '.join(self._value('', item) for item in value)}]"
        return str(value)

    def _runs(self, runs: Sequence[tuple[int, int, int]]) -> str:
        shares = (f"{self._names_of(first, count)} {r}/{FULL}" for first, count, r in runs)
        return f"[{', '.join(shares)}]"

    def _names_of(self, first: int, count: int) -> str:
        last = self._group(first + count - 1)
        return self._group(first) if count == 1 else f"{self._group(first)}..{last}"

    def _switches(self, numbers: Sequence[int]) -> str:
        return f"[{', '.join(map(self.switch, numbers))}]"

    def _links(self, slots: Sequence[int]) -> str:
        return f"[{', '.join(self._slot(slot) for slot in slots)}]"
