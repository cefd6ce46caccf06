"""Who in this process takes which topic: one connection serves many subscribers.

Topic filters as in MQTT 5 section 4.7: `+` stands for one level, `#` for all that follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sidr.live.bus import Take


class Fanout:
    """Subscribers by topic filter; exact topics are looked up, filters tried one by one."""

    def __init__(self) -> None:
        self._exact: dict[str, list[Take]] = {}
        self._wild: dict[str, list[Take]] = {}

    def add(self, pattern: str, take: Take) -> bool:
        """Note a subscriber; True = nobody had this filter before."""
        kind = self._wild if is_wild(pattern) else self._exact
        known = pattern in kind
        kind.setdefault(pattern, []).append(take)
        return not known

    def takers(self, topic: str) -> list[Take]:
        """The subscribers of a topic, each as often as it subscribed."""
        found = list(self._exact.get(topic, ()))
        for pattern, takes in self._wild.items():
            if matches(pattern, topic):
                found += takes
        return found

    def patterns(self) -> Iterator[str]:
        """All filters."""
        yield from self._exact
        yield from self._wild

    def of(self, pattern: str) -> list[Take]:
        """The subscribers of a filter."""
        kind = self._wild if is_wild(pattern) else self._exact
        return list(kind.get(pattern, ()))

    def pairs(self) -> Iterator[tuple[str, Take]]:
        """Every filter with each of its subscribers."""
        for pattern, takes in (*self._exact.items(), *self._wild.items()):
            yield from ((pattern, take) for take in takes)


def is_wild(pattern: str) -> bool:
    """Whether a filter stands for more than one topic."""
    return "+" in pattern or "#" in pattern


@lru_cache(maxsize=65536)
def matches(pattern: str, topic: str) -> bool:
    """Whether a topic passes a filter."""
    want, have = pattern.split("/"), topic.split("/")
    for i, level in enumerate(want):
        if level == "#":
            return True
        if i >= len(have) or level not in ("+", have[i]):
            return False
    return len(want) == len(have)
