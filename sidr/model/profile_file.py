"""Reads `sidr/data/profiles.yaml`, and the texts by which people name and override its sheets.

Here are sheets of entries (text, evidence, source) and the meaning of one value's text; values
are plain ints and tuples. `profiles.py` makes Profile and Hardware of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from msgspec import Struct

from sidr.errors import Mistake, ProtocolError, SidrError, unknown
from sidr.model.units import duration_ns, format_duration

Value = int | tuple[int, int] | str | None
"""What a key holds: ns, a count, a range in ns, BFD's (tx ns, multiplier), a word, or None: no
BFD."""

PROFILES, HARDWARE = "profiles", "hardware"
"""The parts of the file."""

COUNTS = ("ospf.instances_per_fault", "sidr.bounces", "bfd_heeds_down")
"""Keys of profiles whose value is a plain number."""
COUNT_MAX = 16
WORDS = {"ospf.spf_machine": ("frr", "rfc8405")}
"""Keys of profiles whose value is one of some words."""
POSITIVE = ("bgp.connect_retry", "ospf.hello", "ospf.dead", "ospf.retransmit", "sidr.hello_retry")
"""Keys of profiles that are periods of timers which re-arm themselves: 0 would stop the clock."""
BFD_MULTIPLIER_MAX = 255
"""RFC 5880 section 4.1: one byte."""

EVIDENCE = ("published", "code", "measured", "derived", "ours", "assumption")


class Entry(Struct, frozen=True):
    """One value as written, with what it rests on."""

    text: str
    evidence: str
    source: str


class Sheet(Struct, frozen=True):
    """A named set of entries; keys are dotted, such as `bgp.hold`."""

    about: str
    entries: Mapping[str, Entry]


@cache
def sheets(part: str) -> Mapping[str, Sheet]:
    """All sheets of a part of the file, `profiles` or `hardware`, in the file's order."""
    import yaml

    text = files("sidr").joinpath("data", "profiles.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Sheet] = {}
    for name, body in yaml.load(text, Loader=loader)[part].items():
        about, like = body.pop("about"), body.pop("like", None)
        entries = dict(found[like].entries) if like else {}
        own = dict(_flat(body))
        assert not like or own.keys() <= entries.keys(), (name, own.keys() - entries.keys())
        found[name] = Sheet(about, MappingProxyType(entries | own))
    return MappingProxyType(found)


def _flat(body: Mapping[str, object], above: str = "") -> Iterator[tuple[str, Entry]]:
    for key, inner in body.items():
        assert isinstance(inner, dict), (above, key, inner)
        if "value" not in inner:
            yield from _flat(inner, f"{above}{key}.")
            continue
        assert inner["evidence"] in EVIDENCE, (above, key, inner)
        yield f"{above}{key}", Entry(str(inner["value"]), inner["evidence"], inner["source"])


def parse(part: str, key: str, text: str) -> Value:
    """The value that `text` means for a key of a part.

    Raises:
        SidrError: it means none.
    """
    if part == HARDWARE:
        return _range(key, text)
    if key == "bfd":
        return _bfd(text)
    if key in WORDS:
        if text in WORDS[key]:
            return text
        raise SidrError([unknown(key, "choice", text, WORDS[key])])
    if key in COUNTS:
        if _is_count(text) and int(text) <= COUNT_MAX:
            return int(text)
        raise SidrError([Mistake(key, f"{text!r} is no count", f"0 to {COUNT_MAX}")])
    ns = duration_ns(text, key)
    if key in POSITIVE and ns == 0:
        raise SidrError([Mistake(key, f"{text!r} is no period", "more than 0")])
    return ns


def spell(part: str, key: str, value: Value) -> str:
    """The one text of a value, which `parse` reads back."""
    if value is None:
        return "off"
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        low, high = value
        if part == PROFILES:
            return f"{format_duration(low)}x{high}"
        low_text = format_duration(low)
        return low_text if low == high else f"{low_text}..{format_duration(high)}"
    return str(value) if key in COUNTS else format_duration(value)


def merged(text: str, part: str, word: str) -> tuple[str, dict[str, Value]]:
    """The one spelling of `NAME[,KEY=VALUE...]`, and the sheet's values with those laid over.

    Args:
        word: what a mistake calls such a sheet.

    Raises:
        ProtocolError: unknown name or key, or a value out of range; all of them at once.
    """
    name, *overrides = (piece.strip() for piece in text.split(","))
    if name not in sheets(part):
        raise ProtocolError([unknown(word, word, name, sheets(part))])
    entries = sheets(part)[name].entries
    values = {key: parse(part, key, entry.text) for key, entry in entries.items()}
    given: dict[str, str] = {}
    taken: set[str] = set()
    mistakes: list[Mistake] = []
    for override in overrides:
        key, _, value = (piece.strip() for piece in override.partition("="))
        try:
            meant = _meant(part, key, entries)
            if not taken.isdisjoint(meant):
                raise SidrError([Mistake(key, "is given twice")])
            taken.update(meant)
            values |= {full: parse(part, full, value) for full in meant}
            given[key] = spell(part, meant[0], values[meant[0]])
        except SidrError as error:
            mistakes += [replace(m, where=f"{word} {name}: {m.where}") for m in error.mistakes]
    if mistakes:
        raise ProtocolError(mistakes)
    return ",".join([name, *(f"{key}={given[key]}" for key in sorted(given))]), values


def _meant(part: str, key: str, entries: Mapping[str, Entry]) -> list[str]:
    """The full keys that `key` names: itself, or in profiles every section's key of that name."""
    found = [full for full in entries if full == key]
    if part == PROFILES:
        found = found or [full for full in entries if full.partition(".")[2] == key]
    if not found:
        short = {full.partition(".")[2] or full for full in entries} if part == PROFILES else ()
        raise SidrError([unknown(key, "key", key, [*dict.fromkeys([*sorted(short), *entries])])])
    return found


def _range(key: str, text: str) -> tuple[int, int]:
    low_text, dots, high_text = text.partition("..")
    low = duration_ns(low_text, key)
    high = duration_ns(high_text, key) if dots else low
    if low > high:
        raise SidrError([Mistake(key, f"{text!r} ends before it starts", "LOW..HIGH")])
    return low, high


def _bfd(text: str) -> tuple[int, int] | None:
    if text == "off":
        return None
    period, _, count = text.rpartition("x")
    if not (_is_count(count) and 1 <= int(count) <= BFD_MULTIPLIER_MAX):
        raise SidrError([Mistake("bfd", f"{text!r} is no BFD setting", "off, or such as 300msx3")])
    tx_ns = duration_ns(period, "bfd")
    if tx_ns == 0:
        raise SidrError([Mistake("bfd", f"{text!r} sends without a pause", "such as 300msx3")])
    return tx_ns, int(count)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4
