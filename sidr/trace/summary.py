"""From the rows of a campaign to `summary.json`: medians, percentiles, intervals, ratios.

Here is what rows mean together. Unrecovered = +infinity in every median, percentile and interval,
null in the file, never dropped. A fault class comes also by direction: `cut-down` takes
`repair_down_ns` of the trials in which some traffic crossed the failed element downwards,
`cut-up` alike; faults, loops, lost traffic and messages then are those of the same trials.

SIDR beside a baseline without BFD runs once per baseline, with that baseline's hold or dead time:
such rows carry the protocol `sidr-as-BASELINE`. The ratio to BASELINE takes them; where a trial
has no plain `sidr` row, `sidr` is the slowest of them.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from sidr.errors import Mistake, ResultError
from sidr.trace.assertion import P99_FAULTS_MIN, Answer, evaluate_assert
from sidr.trace.results import SUMMARY, Row, read_text

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "MATCHED",
    "SIDR",
    "Answer",
    "Cell",
    "Ratio",
    "Repair",
    "Summary",
    "by_protocol",
    "evaluate_assert",
    "read_summary",
    "repair_of",
    "summarise",
    "summary_text",
]

SIDR = "sidr"
MATCHED = "sidr-as-"
"""Prefix of the protocol name of a SIDR run matched to one baseline's detection."""

RESAMPLES = 2000
"""Bootstrap resamples: the ends of a 95 % interval then rest on 50 values each."""

BATCH = 1 << 22
"""Bootstrap draws held at a time (32 MB of indices)."""


class Repair(Struct, frozen=True):
    """Repair times of some faults, ns; None = unrecovered (p99 also below 200 faults).

    Args:
        median: mean of the two middle values, to the ns, when their number is even.
        ci95: 95 % percentile-bootstrap interval of the median.
        p99: the smallest value that at least 99 % of the faults do not exceed.
    """

    median: int | None
    ci95: tuple[int | None, int | None]
    p99: int | None
    max: int | None


class Cell(Struct, frozen=True):
    """Some faults under one protocol and profile.

    Args:
        unrecovered: faults that were not repaired before the horizon.
        loops: faults during which a forwarding loop formed.
        lost_traffic_s, messages: summed over the faults.
    """

    faults: int
    unrecovered: int
    loops: int
    repair_ns: Repair
    lost_traffic_s: float
    messages: int


class Ratio(Struct, frozen=True):
    """Median repair of a baseline divided by SIDR's over the same faults.

    Args:
        ratio: None when SIDR's median is 0 or a median is unrecovered.
        ci95: paired bootstrap interval; an end is None when infinite, all of it when undefined.
        unrecovered: whose median is unrecovered: "", "sidr", the baseline's name or "both".
        sidr_ns, baseline_ns: the two medians; None = unrecovered.
    """

    ratio: float | None
    ci95: tuple[float | None, float | None] | None
    faults: int
    unrecovered: str
    sidr_ns: int | None
    baseline_ns: int | None


class Summary(Struct, frozen=True, omit_defaults=True):
    """The content of `summary.json`; `protocols` is over all faults of the first profile."""

    fabric: str
    seed: int
    hardware: str
    profiles: tuple[str, ...]
    protocols: dict[str, Cell]
    results: dict[str, dict[str, dict[str, Cell]]]
    ratios: dict[str, dict[str, dict[str, Ratio]]]
    certificate: object
    provenance: dict[str, object]
    incomplete: bool = False


Table = dict[str, dict[str, dict[int, Row]]]
"""profile -> protocol -> trial -> row."""


def summarise(
    rows: Iterable[Row],
    *,
    fabric: str,
    seed: int,
    hardware: str,
    provenance: Mapping[str, object],
    certificate: object = None,
    incomplete: bool = False,
) -> Summary:
    """The summary of a campaign's rows; profiles and protocols in order of first appearance.

    Args:
        fabric: the spec or file that the fabric came from.
        hardware: name of the hardware profile, overrides included.
        provenance: what is needed to make the rows again, see `report.page`.
        incomplete: the run was interrupted.

    Raises:
        ResultError: there is no row.
    """
    table = _table(rows)
    if not table:
        found = "no trial finished"
        raise ResultError([Mistake(SUMMARY, found, fix="run at least one fault to its end")])
    first = next(iter(table.values()))
    return Summary(
        fabric=fabric,
        seed=seed,
        hardware=hardware,
        profiles=tuple(table),
        protocols={p: cell(_all(first, p), "", f"{seed}/all/{p}") for p in _shown(first)},
        results={name: _results(held, f"{seed}/{name}") for name, held in table.items()},
        ratios={name: _ratios(held, f"{seed}/{name}") for name, held in table.items()},
        certificate=certificate,
        provenance=dict(provenance),
        incomplete=incomplete,
    )


def summary_text(summary: Summary) -> str:
    """The summary as the text of `summary.json`."""
    return msgspec.json.format(msgspec.json.encode(summary), indent=2).decode() + "\n"


def read_summary(directory: Path) -> Summary:
    """The summary that stands in a directory of results; unknown fields are ignored.

    Raises:
        ResultError: missing or damaged.
    """
    path = directory / SUMMARY
    try:
        return msgspec.json.decode(read_text(path), type=Summary)
    except msgspec.DecodeError as error:
        fix = "run `sidr bench` again"
        raise ResultError([Mistake(str(path), f"is damaged: {error}", fix=fix)]) from error


def by_protocol(rows: Iterable[Row], profile: str) -> dict[str, list[Row]]:
    """A profile's rows per protocol in order of trials, as the summary counts them."""
    held = _table(rows).get(profile, {})
    return {name: _all(held, name) for name in _shown(held)}


def repair_of(row: Row, direction: str) -> int | None:
    """`repair_ns` of a row, or that of one direction (`down`, `up`)."""
    if direction == "down":
        return row.repair_down_ns
    return row.repair_up_ns if direction == "up" else row.repair_ns


def cell(rows: Sequence[Row], direction: str, key: str) -> Cell:
    """The figures of some rows of one protocol; `key` seeds the bootstrap."""
    times = [repair_of(row, direction) for row in rows]
    return Cell(
        faults=len(rows),
        unrecovered=sum(time is None for time in times),
        loops=sum(row.loops > 0 for row in rows),
        repair_ns=_repair(times, key),
        lost_traffic_s=round(math.fsum(row.lost_traffic_s for row in rows), 12),
        messages=sum(row.messages for row in rows),
    )


def ratio(sidr: Sequence[int | None], other: Sequence[int | None], name: str, key: str) -> Ratio:
    """The ratio of two paired lists of repair times, ns; `name` is the baseline's."""
    import numpy as np

    times = np.array([_floats(sidr), _floats(other)])
    ours, theirs = (_whole(value) for value in np.median(times, axis=1))
    lost = (ours is None, theirs is None)
    unrecovered = {(True, True): "both", (True, False): SIDR, (False, True): name}.get(lost, "")
    value = None
    if ours and theirs is not None:
        value = round(theirs / ours, 12)
    interval = _ratio_interval(times, key) if value is not None else None
    return Ratio(value, interval, len(sidr), unrecovered, ours, theirs)


def _table(rows: Iterable[Row]) -> Table:
    table: Table = {}
    for row in rows:
        table.setdefault(row.profile, {}).setdefault(row.protocol, {})[row.trial] = row
    for held in table.values():
        _add_slowest(held)
    return table


def _add_slowest(held: dict[str, dict[int, Row]]) -> None:
    """Give `sidr` the slowest matched run of every trial that has no plain one."""
    matched = [runs for name, runs in held.items() if name.startswith(MATCHED)]
    if not matched:
        return
    ours = dict(held.get(SIDR, {}))
    for trial in sorted({trial for runs in matched for trial in runs} - ours.keys()):
        ours[trial] = max((runs[trial] for runs in matched if trial in runs), key=_slowness)
    rest = {name: runs for name, runs in held.items() if name != SIDR}
    held.clear()
    held.update({SIDR: dict(sorted(ours.items())), **rest})


def _slowness(row: Row) -> float:
    return math.inf if row.repair_ns is None else row.repair_ns


def _shown(held: Mapping[str, object]) -> list[str]:
    return [name for name in held if not name.startswith(MATCHED)]


def _all(held: Mapping[str, Mapping[int, Row]], protocol: str) -> list[Row]:
    return [held[protocol][trial] for trial in sorted(held[protocol])]


def _classes(rows: Iterable[Row]) -> dict[str, tuple[str, str]]:
    """Name -> (fault class, direction); a class is followed by its directions."""
    found: dict[str, tuple[bool, bool]] = {}
    for row in rows:
        down, up = found.get(row.fault_class, (False, False))
        found[row.fault_class] = (down or row.pairs_down > 0, up or row.pairs_up > 0)
    names: dict[str, tuple[str, str]] = {}
    for name, (down, up) in found.items():
        names[name] = (name, "")
        if down:
            names[f"{name}-down"] = (name, "down")
        if up:
            names[f"{name}-up"] = (name, "up")
    return names


def _member(row: Row, fault_class: str, direction: str) -> bool:
    if row.fault_class != fault_class:
        return False
    pairs = {"down": row.pairs_down, "up": row.pairs_up}.get(direction, 1)
    return pairs > 0


def _results(held: Mapping[str, Mapping[int, Row]], key: str) -> dict[str, dict[str, Cell]]:
    found: dict[str, dict[str, Cell]] = {}
    for protocol in _shown(held):
        rows = _all(held, protocol)
        found[protocol] = {
            name: cell([r for r in rows if _member(r, *kind)], kind[1], f"{key}/{protocol}/{name}")
            for name, kind in _classes(rows).items()
        }
    return found


def _ratios(held: Mapping[str, Mapping[int, Row]], key: str) -> dict[str, dict[str, Ratio]]:
    found: dict[str, dict[str, Ratio]] = {}
    ours = held.get(SIDR, {})
    for protocol in _shown(held):
        if protocol.split("-")[0] == SIDR or not ours:
            continue
        matched = {**ours, **held.get(MATCHED + protocol, {})}
        pairs = [(matched[row.trial], row) for row in _all(held, protocol) if row.trial in matched]
        found[protocol] = {}
        for name, (kind, way) in _classes(row for _, row in pairs).items():
            both = [(a, b) for a, b in pairs if _member(a, kind, way) and _member(b, kind, way)]
            if both:
                mine = [repair_of(a, way) for a, _ in both]
                other = [repair_of(b, way) for _, b in both]
                found[protocol][name] = ratio(mine, other, protocol, f"{key}/{protocol}/{name}")
    return found


def _repair(times: Sequence[int | None], key: str) -> Repair:
    import numpy as np

    values = np.sort(_floats(times))
    p99 = None
    if len(values) >= P99_FAULTS_MIN:
        p99 = _whole(values[math.ceil(0.99 * len(values)) - 1])
    medians = np.sort(_resampled_medians(values[np.newaxis], key)[0])
    low, high = (_whole(value) for value in _ends(medians))
    return Repair(_whole(np.median(values)), (low, high), p99, _whole(values[-1]))


def _floats(times: Sequence[int | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Exact: ns of a campaign stay far below 2**53."""
    import numpy as np

    return np.array([math.inf if time is None else time for time in times], dtype=np.float64)


def _whole(value: float) -> int | None:
    return None if math.isinf(value) else round(float(value))


def _resampled_medians(
    times: np.ndarray[tuple[int, int], np.dtype[np.float64]], key: str
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Medians of RESAMPLES draws with replacement, the same draws for every row of `times`.

    Args:
        times: float64[k, n].

    Returns:
        float64[k, RESAMPLES]; depends on `key` and the values alone.
    """
    import numpy as np

    rng = np.random.default_rng(zlib.crc32(key.encode()))
    count = times.shape[1]
    step = max(1, BATCH // count)
    medians = []
    for start in range(0, RESAMPLES, step):
        draws = rng.integers(count, size=(min(step, RESAMPLES - start), count))
        medians.append(np.median(times[:, draws], axis=2))
    return np.concatenate(medians, axis=1)


def _ends(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of sorted values, as values that occur."""
    last = len(values) - 1
    return float(values[math.floor(0.025 * last)]), float(values[math.ceil(0.975 * last)])


def _ratio_interval(
    times: np.ndarray[tuple[int, int], np.dtype[np.float64]], key: str
) -> tuple[float | None, float | None] | None:
    import numpy as np

    ours, theirs = _resampled_medians(times, key)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.sort(theirs / ours)
    if np.isnan(ratios).any():
        return None
    low, high = (None if math.isinf(v) else round(v, 12) for v in _ends(ratios))
    return low, high
