"""Scenario files: lists of trials as people write them, and exact schedules as campaigns keep them.

A file holds `trials`, each one of

- an expression: `cut:leaf0--spine1@1s`;
- a list of timed expressions, one trial;
- a mapping: `faults` (either of the above), and `class` if tables shall group it by a name;
- an exact trial, as `write` makes them: `fault`, `class`, `seed`, `changes`.

At the top stand `seed`, from which `sampling` draws unless it is given another, and `fabric_hash`,
which binds exact trials to their fabric; `about` and `fabric` are for people. YAML aliases are
refused. Choosing targets is `sampling`'s work.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, structs

from sidr.errors import FaultError, Mistake, SidrError, unknown
from sidr.fault import targets
from sidr.fault.grammar import parse_trial
from sidr.fault.yaml_file import Item, read_yaml
from sidr.model.fabric import Fabric
from sidr.model.faults import ELEMENTS, FAR, NEAR, Change, Fault, Schedule, Trial
from sidr.model.units import duration_ns, format_duration
from sidr.topology import fabric_hash

DRAFT_KEYS = ("faults", "class", "about")
EXACT_KEYS = ("number", "fault", "class", "seed", "changes")
TOP_KEYS = ("about", "fabric", "fabric_hash", "seed", "trials")
T = TypeVar("T")

CHANGE_SHAPE = "AT link|switch|silent|lossy|planner-down|up NAME [from=SWITCH] [loss=R] [delay=T]"


CHANGE_OPTIONS = {"silent": {"from"}, "lossy": {"from", "loss"}, "planner": {"delay"}}
"""What may follow the name, by element."""


class Draft(Struct, frozen=True):
    """One trial as it was asked for: its timed faults, targets perhaps still open.

    Args:
        fault_class: "" = the kinds' own.
        where: names the place in mistakes.
    """

    faults: tuple[Fault, ...]
    fault_class: str
    where: str


class Scenario(Struct, frozen=True):
    """A scenario file.

    Args:
        seed: None = it names none.
        entries: its trials in their order, exact ones as Trial, others as Draft.
    """

    seed: int | None
    entries: list[Draft | Trial]


def read_scenario(path: Path, fabric: Fabric) -> Scenario:
    """What a scenario file says.

    Raises:
        FaultError: all that is wrong with the file.
    """
    whole = read_yaml(path)
    top = _mapping(whole, TOP_KEYS)
    seed = _integer(top, "seed", whole) if "seed" in top else None
    trials = top.get("trials")
    if trials is None or not isinstance(trials.value, list) or not trials.value:
        raise FaultError([Mistake(f"{path}:trials", "no list of trials")])
    is_exact = [isinstance(t.value, dict) and "changes" in t.value for t in trials.value]
    if any(is_exact):
        _check_fabric(top, fabric, path)
    numbers = _Numbers(fabric)

    def entry(item: Item) -> Draft | Trial:
        if isinstance(item.value, dict) and "changes" in item.value:
            return _exact(item, numbers)
        return _draft(item)

    return Scenario(seed, _each(trials.value, entry))


def read(path: Path, fabric: Fabric) -> Schedule:
    """The exact schedule that `write` wrote for this fabric.

    Raises:
        FaultError: all that is wrong with the file, or another fabric's.
    """
    found = read_scenario(path, fabric)
    if found.seed is None:
        raise FaultError([Mistake(str(path), "no seed", "a whole number")])
    trials = [entry for entry in found.entries if isinstance(entry, Trial)]
    return Schedule(fabric_hash(fabric), found.seed, tuple(trials))


def write(schedule: Schedule, fabric: Fabric, path: Path) -> None:
    """Write the exact schedule, elements by name; `read` gives back an equal one."""
    path.write_text(text_of(schedule, fabric), encoding="utf-8")


def text_of(schedule: Schedule, fabric: Fabric) -> str:
    """What `write` writes."""
    import yaml

    document = {
        "fabric": fabric.label,
        "fabric_hash": schedule.fabric_hash,
        "seed": schedule.seed,
        "trials": [
            {
                "number": trial.number,
                "fault": trial.fault,
                "class": trial.fault_class,
                "seed": trial.seed,
                "changes": [_change_text(change, fabric) for change in trial.changes],
            }
            for trial in schedule.trials
        ],
    }
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(
        document, Dumper=dumper, sort_keys=False, allow_unicode=True, width=10_000
    )
    return text


def _change_text(change: Change, fabric: Fabric) -> str:
    name = "planner"
    if change.element != name:
        switch = change.element == "switch"
        name = fabric.names[change.id] if switch else fabric.link_name(change.id)
    words = [format_duration(change.at_ns), change.kind, name]
    if change.end:
        sender = fabric.near if change.end == NEAR else fabric.far
        words.append(f"from={fabric.names[sender[change.id]]}")
    if change.loss_ratio:
        words.append(f"loss={change.loss_ratio!r}")
    if change.delay_ns:
        words.append(f"delay={format_duration(change.delay_ns)}")
    return " ".join(words)


class _Numbers:
    """Elements of a fabric by kind and name; looked up once, links only as they are met."""

    def __init__(self, fabric: Fabric) -> None:
        self._fabric = fabric
        self._known: dict[tuple[str, str], int] = {}

    def __call__(self, element: str, name: str, where: str) -> int:
        if (element, name) not in self._known:
            find = targets.switches if element == "switch" else targets.links
            found = find(self._fabric, name, where)
            id = int(found.ids[0])
            if len(found.ids) != 1 or found.name(id) != name:
                raise FaultError(
                    [Mistake(where, f"{name!r} is not the full name of one {element}")]
                )
            self._known[element, name] = id
        return self._known[element, name]

    def end_of(self, link: int, name: str, item: Item) -> str:
        """Which end of a link a switch is."""
        ends = {NEAR: int(self._fabric.near[link]), FAR: int(self._fabric.far[link])}
        for end, switch in ends.items():
            if self._fabric.names[switch] == name:
                return end
        names = [self._fabric.names[switch] for switch in ends.values()]
        raise FaultError([item.mistake(f"from={name} is no end of the link", " or ".join(names))])


def _draft(item: Item) -> Draft:
    body, name = item, ""
    if isinstance(item.value, dict):
        keys = _mapping(item, DRAFT_KEYS)
        if "faults" not in keys:
            raise FaultError([item.mistake("a trial without faults", ", ".join(DRAFT_KEYS))])
        body, name = keys["faults"], _scalar(keys["class"]) if "class" in keys else ""
    parts = body.value if isinstance(body.value, list) else [body]
    if not parts:
        raise FaultError([item.mistake("a trial without faults")])
    groups = _each(parts, lambda part: parse_trial(_scalar(part), part.where))
    return Draft(tuple(fault for faults in groups for fault in faults), name, item.where)


def _exact(item: Item, numbers: _Numbers) -> Trial:
    keys = _mapping(item, EXACT_KEYS)
    missing = [key for key in EXACT_KEYS if key not in keys]
    if missing:
        raise FaultError([item.mistake(f"an exact trial without {', '.join(missing)}")])
    lines = keys["changes"].value
    if not isinstance(lines, list) or not lines:
        raise FaultError([keys["changes"].mistake("no list of changes", CHANGE_SHAPE)])
    found = _each(lines, lambda line: _change(line, numbers))
    found.sort(key=lambda change: change.at_ns)
    _check_ends(keys["changes"], found)
    return Trial(
        _integer(keys, "number", item),
        _scalar(keys["fault"]),
        _scalar(keys["class"]),
        _integer(keys, "seed", item),
        tuple(found),
    )


def _change(item: Item, numbers: _Numbers) -> Change:
    at, kind, name, *more = [*_scalar(item).split(" "), "", "", ""][:7]
    element, _, edge = kind.partition("-")
    given = dict(word.partition("=")[::2] for word in more if word)
    takes = CHANGE_OPTIONS.get(element, set())
    known = element in ELEMENTS and edge in ("down", "up") and given.keys() <= takes
    if not known or not name or len(given) != sum(map(bool, more)):
        raise FaultError([item.mistake(f"{item.value!r} is no change", CHANGE_SHAPE)])
    if element == "planner":
        _named_planner(item, name)
    try:
        at_ns = duration_ns(at, item.where)
        delay_ns = duration_ns(given.get("delay", "0"), item.where)
    except SidrError as error:
        raise FaultError(error.mistakes) from error
    loss_ratio = _loss_ratio(item, given.get("loss", "")) if element == "lossy" else 0.0
    id = 0 if element == "planner" else numbers(element, name, item.where)
    end = numbers.end_of(id, given["from"], item) if "from" in given else ""
    if element == "silent" and not end:
        raise FaultError([item.mistake("a silent link without from=SWITCH", CHANGE_SHAPE)])
    return Change(at_ns, kind, id, end, loss_ratio, delay_ns)


def _named_planner(item: Item, name: str) -> None:
    if name != "planner":
        raise FaultError([item.mistake(f"{name!r} is no planner", "planner")])


def _loss_ratio(item: Item, text: str) -> float:
    try:
        ratio = float(text)
    except ValueError:
        ratio = math.nan
    if not 0.0 < ratio <= 1.0:
        raise FaultError([item.mistake(f"loss={text}", "a ratio above 0, at most 1")])
    return ratio


def _check_ends(item: Item, found: Sequence[Change]) -> None:
    """See that nothing comes back that has not gone."""
    out: list[Change] = []
    for change in found:
        if change.is_down:
            out.append(change)
            continue
        kind = change.kind.replace("-up", "-down")
        gone = [c for c in out if structs.replace(change, at_ns=c.at_ns, kind=kind) == c]
        if not gone:
            raise FaultError([item.mistake(f"{change.kind} of what is not down")])
        out.remove(gone[0])


def _check_fabric(top: Mapping[str, Item], fabric: Fabric, path: Path) -> None:
    want = top.get("fabric_hash", Item("", str(path)))
    if want.value != (have := fabric_hash(fabric)):
        found = f"these exact trials belong to the fabric {want.value!r}"
        spec = top.get("fabric")
        fix = f"use {_scalar(spec)}" if spec else "give the trials as expressions"
        raise FaultError(
            [Mistake(want.where, found, f"{have!r}, which is {fabric.label}", fix=fix)]
        )


def _each(items: Sequence[Item], of: Callable[[Item], T]) -> list[T]:
    """`of` every item, or all their mistakes."""
    found, mistakes = [], []
    for item in items:
        try:
            found.append(of(item))
        except FaultError as error:
            mistakes += error.mistakes
    if mistakes:
        raise FaultError(mistakes)
    return found


def _mapping(item: Item, allowed: Sequence[str]) -> Mapping[str, Item]:
    if not isinstance(item.value, dict):
        raise FaultError([item.mistake("not a mapping", ", ".join(allowed))])
    wrong = [
        unknown(i.where, "key", key, allowed) for key, i in item.value.items() if key not in allowed
    ]
    if wrong:
        raise FaultError(wrong)
    return item.value


def _scalar(item: Item) -> str:
    if not isinstance(item.value, str):
        raise FaultError([item.mistake("not a plain text")])
    return item.value


def _integer(keys: Mapping[str, Item], key: str, above: Item) -> int:
    item = keys.get(key, above)
    text = _scalar(item) if key in keys else ""
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise FaultError([item.mistake(f"{key} {text!r}", "a whole number")])
    return int(text)
