"""The text of a fault: `KIND[:TARGET][@START][+DURATION][,key=value...]`, both ways.

A trial is one fault or several joined by `;`. A target that holds one of `@ + , ; "` or a space
stands in double quotes. What kinds, targets and options exist is not decided here.
"""

from __future__ import annotations

import re

from sidr.errors import FaultError, Mistake, SidrError
from sidr.model.faults import Fault
from sidr.model.units import duration_ns, format_duration

SHAPE = "KIND[:TARGET][@START][+DURATION][,key=value...]"
TEXT_MAX = 4096
"""Longer texts are no expressions; it also bounds the regular expressions' work."""

_FAULT = re.compile(
    r"(?P<kind>[A-Za-z][A-Za-z0-9_-]*)"
    r'(?::(?:"(?P<quoted>[^"]+)"|(?P<bare>[^@+,;"\s][^@+,;"]*)))?'
    r"(?:@(?P<start>[^@+,]*))?"
    r"(?:\+(?P<duration>[^@+,]*))?"
    r"(?P<options>(?:,[^,]*)*)"
)
_PLAIN = re.compile(r'[^@+,;"\s]+')


def parse(text: str, where: str = "") -> Fault:
    """The fault that an expression means.

    Args:
        where: names the place in mistakes; the text itself when empty.

    Raises:
        FaultError: all that is wrong with the text.
    """
    where = where or repr(text)
    match = _FAULT.fullmatch(text.strip()) if len(text) <= TEXT_MAX else None
    if match is None:
        raise FaultError([Mistake(where, f"{text[:80]!r} is no fault expression", SHAPE)])
    mistakes: list[Mistake] = []
    start_ns = _duration(match["start"], f"{where}: @START", mistakes) or 0
    duration_ns = _duration(match["duration"], f"{where}: +DURATION", mistakes)
    if duration_ns == 0:
        mistakes.append(Mistake(f"{where}: +DURATION", "0 lasts no time", "more than 0"))
    options = _options(match["options"], where, mistakes)
    if mistakes:
        raise FaultError(mistakes)
    target = (match["quoted"] or match["bare"] or "").strip()
    return Fault(match["kind"], target, start_ns, duration_ns, options)


def parse_trial(text: str, where: str = "") -> tuple[Fault, ...]:
    """The faults of one trial, written `FAULT; FAULT; ...`.

    Raises:
        FaultError: all that is wrong with any of them.
    """
    mistakes: list[Mistake] = []
    faults: list[Fault] = []
    for part in split(text):
        try:
            faults.append(parse(part, where))
        except FaultError as error:
            mistakes += error.mistakes
    if mistakes:
        raise FaultError(mistakes)
    return tuple(faults)


def split(text: str) -> list[str]:
    """The expressions of a trial; a `;` inside quotes does not part them."""
    parts, quoted = [""], False
    for char in text:
        quoted ^= char == '"'
        if char == ";" and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip()] or [text]


def format(fault: Fault) -> str:
    """The expression of a fault, which `parse` reads back."""
    text = fault.kind
    if fault.target:
        plain = _PLAIN.fullmatch(fault.target)
        text += f":{fault.target}" if plain else f':"{fault.target}"'
    if fault.start_ns:
        text += f"@{format_duration(fault.start_ns)}"
    if fault.duration_ns is not None:
        text += f"+{format_duration(fault.duration_ns)}"
    return text + "".join(f",{key}={value}" for key, value in fault.options)


def _duration(text: str | None, where: str, mistakes: list[Mistake]) -> int | None:
    if text is None:
        return None
    try:
        return duration_ns(text, where)
    except SidrError as error:
        mistakes += error.mistakes
        return None


def _options(text: str, where: str, mistakes: list[Mistake]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for option in text.split(",")[1:]:
        key, equals, value = (piece.strip() for piece in option.partition("="))
        if not (key and equals and value):
            mistakes.append(Mistake(where, f"option {option!r} is incomplete", "key=value"))
        elif key in found:
            mistakes.append(Mistake(where, f"option {key!r} is given twice"))
        found[key] = value
    return tuple(sorted(found.items()))
