"""Topic filters, against the examples of MQTT 5 section 4.7."""

from __future__ import annotations

import pytest

from sidr.live.fanout import Fanout, matches


@pytest.mark.parametrize(
    ("pattern", "topic", "fits"),
    [
        ("sport/tennis/player1/#", "sport/tennis/player1", True),
        ("sport/tennis/player1/#", "sport/tennis/player1/ranking", True),
        ("sport/tennis/+", "sport/tennis/player1", True),
        ("sport/tennis/+", "sport/tennis/player1/ranking", False),
        ("sport/+", "sport", False),
        ("sport/+", "sport/", True),
        ("+/+", "/finance", True),
        ("/+", "/finance", True),
        ("+", "/finance", False),
        ("a/b", "a/b", True),
        ("a/b", "a/c", False),
    ],
)
def test_filters_match_as_the_standard_says(pattern: str, topic: str, fits: bool) -> None:
    assert matches(pattern, topic) is fits


def test_a_topic_reaches_exact_and_wild_subscribers() -> None:
    fanout, got = Fanout(), []
    assert fanout.add("a/b", lambda _: got.append("exact"))
    assert fanout.add("a/+", lambda _: got.append("wild"))
    assert not fanout.add("a/+", lambda _: got.append("wild again"))
    for take in fanout.takers("a/b"):
        take(None)  # type: ignore[arg-type]
    assert got == ["exact", "wild", "wild again"]
    assert len(fanout.takers("a/c")) == 2
    assert list(fanout.patterns()) == ["a/b", "a/+"]
