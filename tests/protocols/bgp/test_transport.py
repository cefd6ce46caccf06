"""One end of a TCP connection: order, repetition, and the window that shuts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sidr.protocols.bgp.messages import Carried, Keepalive, Notification, Update
from sidr.protocols.bgp.transport import RTO_MAX_NS, Stream, backed_off_ns

MS = 1_000_000
SIGN, OVER = Keepalive(), Notification("over")


def news(group: int, seq: int = 0) -> Update:
    return Update(group, (1,), connection=7 if seq else 0, seq=seq)


def test_messages_are_numbered_from_one_and_go_out_at_once() -> None:
    stream = Stream(7)
    assert stream.is_idle
    assert stream.push(news(0)) == [news(0, 1)]
    assert stream.push(news(1)) == [news(1, 2)]
    assert not stream.is_idle


def test_what_is_acknowledged_is_done_with_once() -> None:
    stream = Stream(7)
    for group in range(3):
        stream.push(news(group))
    assert stream.acknowledge(2) == (True, [])
    assert stream.acknowledge(2) == (False, [])
    assert not stream.is_idle
    assert stream.acknowledge(3) == (True, [])
    assert stream.is_idle


def test_after_a_timeout_nothing_new_goes_out_until_the_repeated_one_has_arrived() -> None:
    stream = Stream(7)
    stream.push(SIGN)
    assert stream.time_out() == Keepalive(connection=7, seq=1)
    assert stream.push(OVER) == []
    assert stream.time_out() == Keepalive(connection=7, seq=1)
    assert stream.acknowledge(1) == (True, [Notification("over", connection=7, seq=2)])
    assert stream.timeouts == 0
    assert stream.push(news(0)) == [news(0, 3)]


def test_without_a_timeout_news_overtakes_the_lost_acknowledgement() -> None:
    stream = Stream(7)
    stream.push(SIGN)
    assert stream.push(OVER) == [Notification("over", connection=7, seq=2)]


def test_what_was_in_flight_at_a_timeout_goes_again_before_what_has_waited() -> None:
    stream = Stream(7)
    for group in range(3):
        stream.push(news(group))
    stream.time_out()
    stream.push(news(3))
    assert stream.acknowledge(1) == (True, [news(1, 2), news(2, 3), news(3, 4)])
    assert stream.acknowledge(4) == (True, [])
    assert stream.is_idle


def test_segments_are_delivered_in_order_and_once() -> None:
    stream = Stream(7)
    assert stream.take(news(1, 2)) == []
    assert stream.received == 0
    assert stream.take(news(0, 1)) == [news(0, 1), news(1, 2)]
    assert stream.take(news(0, 1)) == stream.take(news(1, 2)) == []
    assert stream.received == 2


def test_the_timeout_doubles_up_to_two_minutes() -> None:
    delays = [backed_off_ns(215 * MS, n) for n in range(4)]
    assert delays == [215 * MS, 430 * MS, 860 * MS, 1720 * MS]
    assert backed_off_ns(215 * MS, 10) == backed_off_ns(215 * MS, 10_000) == RTO_MAX_NS


@given(
    fates=st.lists(st.sampled_from(["ok", "lost", "late", "twice"]), max_size=60),
    count=st.integers(1, 12),
)
def test_whatever_is_lost_late_or_doubled_everything_arrives_in_order(
    fates: list[str], count: int
) -> None:
    """A line that loses, delays and doubles for a while, and is good after that."""
    one, other = Stream(7), Stream(7)
    fate = iter(fates)
    line: list[Carried] = []
    arrived: list[Carried] = []

    def put(segments: list[Carried]) -> None:
        for segment in segments:
            how = next(fate, "ok")
            copies = {"ok": 1, "lost": 0, "late": 1, "twice": 2}[how]
            at = 0 if how == "late" else len(line)
            line[at:at] = [segment] * copies

    waiting = [news(group) for group in range(count)]
    for _ in range(10 * (len(fates) + count)):
        if waiting:
            put(one.push(waiting.pop(0)))
        if line:
            arrived += other.take(line.pop(0))
            if next(fate, "ok") != "lost":
                put(one.acknowledge(other.received)[1])
        elif not one.is_idle:
            put([one.time_out()])
    assert [m.group for m in arrived if isinstance(m, Update)] == list(range(count))
    assert one.is_idle
