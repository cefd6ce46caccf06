"""Topics say which switch they are about, with and without a host."""

from __future__ import annotations

from sidr.live.fanout import matches
from sidr.live.topics import Topics, realm_of

HASH = "0123456789abcdef" * 4


def test_a_host_stands_above_its_switches() -> None:
    assert Topics(HASH, "box").plan(3, 1) == "sidr/v1/0123456789abcdef/h/box/sw/3/plan/1"
    assert Topics(HASH).of(3, "ack") == "sidr/v1/0123456789abcdef/sw/3/ack"


def test_the_switch_is_read_back() -> None:
    for host in ("", "box"):
        topics = Topics(HASH, host)
        assert topics.switch_of(topics.of(17, "ports")) == 17
        assert topics.switch_of(topics.commit) is None
        assert topics.switch_of(f"{topics.root}/sw/12345678/ack") is None
        assert topics.switch_of("elsewhere/sw/x/ack") is None


def test_the_planner_hears_both_kinds() -> None:
    hosted, alone = Topics(HASH).everywhere("ack")
    assert matches(hosted, Topics(HASH, "box").of(1, "ack"))
    assert matches(alone, Topics(HASH).of(1, "ack"))


def test_emulations_with_other_keys_never_meet() -> None:
    one, other = realm_of(HASH, b"a" * 32), realm_of(HASH, b"b" * 32)
    assert Topics(one).commit != Topics(other).commit
    assert realm_of(HASH, b"a" * 32) == one != HASH
