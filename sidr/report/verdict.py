"""The verdict in words: one sentence with the ratio and its conditions, one with what failed.

Pure text from a Summary. It never flatters: the ratio is that of the worst fault class, with
directions apart, and it is the downward one that counts (upward traffic is repaired by the
hardware for every protocol); ties, losses and everything below ten times are said in plain words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from msgspec import Struct

from sidr.report.numbers import ADVANTAGE_MIN, duration, plural, times
from sidr.trace.summary import SIDR, Ratio, Summary

NAMES = {"sidr": "SIDR", "bgp": "BGP", "ospf": "OSPF", "bfd": "BFD"}

INTERVAL_FAULTS_MIN = 6
"""Below this even the range of all values covers the median less than 95 % of the time
(1 - 2 * 0.5**n), so no interval is shown."""


class Verdict(Struct, frozen=True):
    """Two sentences: what holds, and what does not."""

    headline: str
    exceptions: str

    @property
    def text(self) -> str:
        """Both sentences."""
        return f"{self.headline} {self.exceptions}"


def display_name(protocol: str) -> str:
    """`SIDR` for `sidr`, `SIDR-hello50` for `sidr-hello50`."""
    head, dash, tail = protocol.partition("-")
    return NAMES.get(head, head) + dash + tail


def advantage(ratio: Ratio) -> float:
    """The ratio with its limits filled in, for ordering and for colour.

    An unrecovered baseline is infinitely slower, an unrecovered SIDR scores 0, and where both are
    unrecovered or both repair in 0 it is a tie.
    """
    if ratio.ratio is not None:
        return ratio.ratio
    if ratio.unrecovered:
        return {SIDR: 0.0, "both": 1.0}.get(ratio.unrecovered, math.inf)
    return math.inf if ratio.baseline_ns else 1.0


def is_tie(ratio: Ratio) -> bool:
    """Whether the medians are equal, or the interval of their ratio holds 1."""
    if ratio.sidr_ns == ratio.baseline_ns:
        return True
    if ratio.ratio is None or ratio.ci95 is None or ratio.faults < INTERVAL_FAULTS_MIN:
        return False
    low, high = (math.inf if end is None else end for end in ratio.ci95)
    return low <= 1 <= high


def is_small(ratio: Ratio) -> bool:
    """Whether the advantage is below ten times, ties and losses included."""
    return advantage(ratio) < ADVANTAGE_MIN


def verdict(summary: Summary) -> Verdict:
    """The two sentences for a summary."""
    return Verdict(_headline(summary), _exceptions(summary))


def _headline(summary: Summary) -> str:
    profile = summary.profiles[0]
    conditions = (
        f"On {summary.fabric} ({summary.hardware} hardware, {profile} timers, "
        f"{plural(_faults(summary), 'fault')}, seed {summary.seed})"
    )
    claims = [
        _claim(protocol, *_worst(cells))
        for protocol, cells in summary.ratios.get(profile, {}).items()
        if cells
    ]
    if claims:
        return f"{conditions}, {' and '.join(claims)}."
    medians = [
        f"{display_name(name)} {duration(cell.repair_ns.median)}"
        for name, cell in summary.protocols.items()
    ]
    return f"{conditions} there is nothing to compare; median repair: {', '.join(medians)}."


def _faults(summary: Summary) -> int:
    return max((cell.faults for cell in summary.protocols.values()), default=0)


def _worst(cells: dict[str, Ratio]) -> tuple[str, Ratio]:
    """The fault class with the smallest advantage, by the direction that protocols differ in."""
    asked = {
        name: cell
        for name, cell in cells.items()
        if not name.endswith("-up") and f"{name}-down" not in cells
    }
    return min((asked or cells).items(), key=lambda item: advantage(item[1]))


def _claim(protocol: str, fault_class: str, ratio: Ratio) -> str:
    name = display_name(protocol)
    faults = plural(ratio.faults, "fault")
    place = f"in SIDR's worst fault class ({_class_words(fault_class)}, {faults}"
    medians = f"median {duration(ratio.sidr_ns)} against {duration(ratio.baseline_ns)}"
    if ratio.unrecovered or ratio.ratio is None:
        return f"{_limit_claim(ratio, name)} {place}, {medians})"
    interval = _interval(ratio)
    if is_tie(ratio) and is_small(ratio):
        return f"SIDR ties with {name} {place}, ratio {times(ratio.ratio)}{interval}, {medians})"
    if ratio.ratio < 1:
        return (
            f"SIDR repairs more slowly than {name} {place}, ratio {times(ratio.ratio)}"
            f"{interval}, {medians})"
        )
    only = "only " if ratio.ratio < ADVANTAGE_MIN else ""
    interval += " which does not exclude a tie" if is_tie(ratio) else ""
    return (
        f"SIDR repairs {only}{times(ratio.ratio)} sooner than {name} {place}{interval}, {medians})"
    )


def _class_words(fault_class: str) -> str:
    """`cut, downward traffic` for `cut-down`."""
    head, _, way = fault_class.rpartition("-")
    return f"{head}, {way}ward traffic" if head and way in ("down", "up") else fault_class


def _limit_claim(ratio: Ratio, name: str) -> str:
    if ratio.unrecovered == SIDR:
        return f"SIDR does not recover while {name} does"
    if ratio.unrecovered == "both":
        return f"neither SIDR nor {name} recovers"
    if ratio.unrecovered:
        return f"SIDR recovers while {name} does not"
    if ratio.baseline_ns:
        return f"SIDR loses nothing while {name} does"
    return f"SIDR ties with {name}"


def _interval(ratio: Ratio) -> str:
    if ratio.ci95 is None or ratio.faults < INTERVAL_FAULTS_MIN:
        return ", too few for an interval"
    low, high = ("unbounded" if end is None else times(end) for end in ratio.ci95)
    return f", 95 % interval {low} to {high}"


def cells(summary: Summary) -> Iterator[tuple[str, str, str, Ratio]]:
    """All ratios as (profile, protocol, fault class, ratio), in the file's order."""
    for profile, protocols in summary.ratios.items():
        for protocol, classes in protocols.items():
            for fault_class, ratio in classes.items():
                yield profile, protocol, fault_class, ratio


def _exceptions(summary: Summary) -> str:
    found = [*_small(summary), *_unrecovered(summary), *_loops(summary)]
    if summary.incomplete:
        found.insert(0, "the run was interrupted, so only the trials that finished count")
    if not any(True for _ in cells(summary)):
        found.append("no baseline ran beside SIDR, so there is no ratio")
    if not found:
        return (
            "Nothing fell below 10×: every fault class under every profile is at least ten times "
            "faster, no fault stayed unrecovered and no loop formed."
        )
    return f"What did not hold: {'; '.join(found)}."


def _small(summary: Summary) -> list[str]:
    every = list(cells(summary))
    small = [item for item in every if is_small(item[3])]
    if not small:
        return []
    profile, protocol, fault_class, ratio = min(small, key=lambda item: advantage(item[3]))
    ties = sum(is_tie(item[3]) for item in small)
    slower = sum(advantage(item[3]) < 1 and not is_tie(item[3]) for item in small)
    more = [f"{plural(ties, 'tie')}"] if ties else []
    more += [f"SIDR slower in {slower}"] if slower else []
    inside = f" ({', '.join(more)})" if more else ""
    value = "no ratio" if ratio.ratio is None else times(ratio.ratio)
    return [
        f"{len(small)} of {plural(len(every), 'cell')} (profile, baseline, fault class) "
        f"{'is' if len(small) == 1 else 'are'} below 10×{inside}, the lowest "
        f"{display_name(protocol)} under {profile} at {fault_class}: {value}"
    ]


def _unrecovered(summary: Summary) -> list[str]:
    lost = _per_protocol(summary, "unrecovered")
    return [f"faults never recovered: {lost}"] if lost else []


def _loops(summary: Summary) -> list[str]:
    loops = _per_protocol(summary, "loops")
    return [f"faults with forwarding loops: {loops}"] if loops else []


def _per_protocol(summary: Summary, field: str) -> str:
    """`SIDR 1 of 100, BGP 3 of 100 (all profiles)`, only protocols that have any."""
    parts = []
    for protocol in summary.protocols:
        held = [
            cell
            for protocols in summary.results.values()
            for name, cell in protocols.get(protocol, {}).items()
            if _is_whole(name, protocols[protocol])
        ]
        count = sum(getattr(cell, field) for cell in held)
        if count:
            total = sum(cell.faults for cell in held)
            parts.append(f"{display_name(protocol)} {count:,} of {total:,}")
    some = ", ".join(parts)
    return f"{some} (over all profiles)" if some and len(summary.profiles) > 1 else some


def _is_whole(name: str, classes: Iterable[str]) -> bool:
    """Whether a fault class is no direction of another one."""
    head, _, way = name.rpartition("-")
    return not (way in ("down", "up") and head in classes)
