"""From fault expressions to a Schedule: targets drawn, every trial with a seed of its own.

How many trials an expression makes: one, if it leaves nothing to draw (a link, bundle, trunk or
switch by name, or a glob that only one matches); otherwise `sample`, each drawing its target
uniformly and with replacement. The option `repeat=N` sets the number for both. A trial's seed
comes from (seed, position of the expression, position in the sample): other expressions and the
number of workers do not change it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from msgspec import structs

from sidr.errors import FaultError, Mistake
from sidr.fault import scenario
from sidr.fault.grammar import format, parse_trial
from sidr.fault.kinds import REPEAT, kinds, options_of
from sidr.fault.outage import changes
from sidr.fault.scenario import Draft, Scenario
from sidr.fault.strikes import Options
from sidr.fault.targets import Selection
from sidr.model.fabric import Fabric
from sidr.model.faults import Fault, Schedule, Trial
from sidr.topology import fabric_hash

SEED = 1
"""The seed of those who give none."""

TARGET_STREAM = 0x74617267
"""Spawn key of the stream that draws targets, far from those that drivers spawn from the seed."""

PLANNER = "planner"
"""Fault class of a trial in which nothing but the planner fails; beside others it does not count,
for it moves no packet."""

MIXED = "mixed"
"""Fault class of a trial whose faults are of several classes."""

Ready = tuple[Fault, Options, Selection]


def schedule(
    fabric: Fabric, expressions: Sequence[str], *, sample: int = 20, seed: int | None = None
) -> Schedule:
    """The trials that expressions mean on a fabric, in their order.

    Args:
        expressions: each the faults of a trial (`FAULT; FAULT`), or the path of a scenario file,
            which ends in .yaml or .yml. A file that holds exact trials gives those.
        sample: trials of an expression that leaves its target open.
        seed: None = that of the scenario files, or else 1.

    Raises:
        FaultError: what is wrong with any of them, all at once.
    """
    mistakes: list[Mistake] = []
    entries: list[Draft | Trial] = []
    seeds: dict[str, int] = {}
    for text in expressions:
        try:
            found = _read(text, fabric)
        except FaultError as error:
            mistakes += error.mistakes
            continue
        entries += found.entries
        if found.seed is not None:
            seeds[text] = found.seed
    if seed is None:
        mistakes += _disagreement(seeds)
        seed = next(iter(seeds.values()), SEED)
    trials: list[Trial] = []
    for index, entry in enumerate(entries):
        try:
            trials += (
                [entry]
                if isinstance(entry, Trial)
                else _drawn(fabric, entry, sample, (seed, index))
            )
        except FaultError as error:
            mistakes += error.mistakes
    if mistakes:
        raise FaultError(mistakes)
    numbered = (structs.replace(trial, number=number) for number, trial in enumerate(trials))
    return Schedule(fabric_hash(fabric), seed, tuple(numbered))


def _read(text: str, fabric: Fabric) -> Scenario:
    if text.endswith((".yaml", ".yml")):
        return scenario.read_scenario(Path(text), fabric)
    return Scenario(None, [Draft(parse_trial(text), "", repr(text))])


def _disagreement(seeds: Mapping[str, int]) -> list[Mistake]:
    """The files whose seed is not that of the first."""
    first = next(iter(seeds), "")
    return [
        Mistake(path, f"has seed {seed}, but {first} has {seeds[first]}", fix="give --seed")
        for path, seed in seeds.items()
        if seed != seeds[first]
    ]


def _drawn(fabric: Fabric, draft: Draft, sample: int, key: tuple[int, int]) -> list[Trial]:
    """The trials of one draft; `key` is (seed, position of the draft)."""
    ready = _ready(fabric, draft)
    repeats = [int(options[REPEAT]) for _, options, _ in ready if REPEAT in options]
    named = all(selection.is_named for _, _, selection in ready)
    count = max(repeats) if repeats else 1 if named else sample
    trials = []
    for position in range(count):
        word = np.random.SeedSequence(key[0], spawn_key=(key[1], position)).generate_state(
            1, np.uint64
        )
        trials.append(_trial(draft, ready, int(word[0] >> np.uint64(1))))
    return trials


def _ready(fabric: Fabric, draft: Draft) -> list[Ready]:
    """The draft's faults with their options and targets looked up, or all that is wrong."""
    mistakes: list[Mistake] = []
    ready: list[Ready] = []
    for fault in draft.faults:
        try:
            options = options_of(fault, draft.where)
            found = kinds()[fault.kind].find(fabric, fault.target, draft.where)
            ready.append((fault, options, found))
        except FaultError as error:
            mistakes += error.mistakes
    if mistakes:
        raise FaultError(mistakes)
    return ready


def _trial(draft: Draft, ready: Sequence[Ready], seed: int) -> Trial:
    stream = np.random.SeedSequence(seed, spawn_key=(TARGET_STREAM,))
    rng = np.random.default_rng(stream)
    picks = [
        kinds()[fault.kind].strike(selection, fault, options, rng)
        for fault, options, selection in ready
    ]
    texts = []
    for (fault, _, _), pick in zip(ready, picks, strict=True):
        kept = tuple(sorted({**dict(fault.options), **dict(pick.options)}.items()))
        kept = tuple(option for option in kept if option[0] != REPEAT)
        texts.append(format(structs.replace(fault, target=pick.target, options=kept)))
    classes = {pick.fault_class for pick in picks if pick.fault_class != PLANNER}
    classes = classes or {PLANNER}
    name = draft.fault_class or (min(classes) if len(classes) == 1 else MIXED)
    down = [outage for pick in picks for outage in pick.outages]
    return Trial(0, "; ".join(texts), name, seed, changes(down))
