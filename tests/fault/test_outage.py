"""Outages become the plain schedule of changes: every element down once and up once at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sidr.fault.outage import FOREVER_NS, Outage, changes
from sidr.model.faults import Change

SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(1, 12))), max_size=8
)


def test_nothing_gives_nothing() -> None:
    assert changes([]) == ()


def test_an_outage_without_an_end_never_comes_back() -> None:
    assert changes([Outage("switch", 3, 7, None)]) == (Change(7, "switch-down", 3),)


def test_an_outage_of_no_time_goes_down_and_comes_up() -> None:
    assert changes([Outage("link", 3, 7, 7)]) == (
        Change(7, "link-down", 3),
        Change(7, "link-up", 3),
    )


def test_what_hit_it_is_kept_on_both_edges() -> None:
    for outage in (
        Outage("silent", 1, 2, 5, end="near"),
        Outage("lossy", 1, 2, 5, end="far", loss_ratio=0.25),
        Outage("planner", 0, 2, 5, delay_ns=9),
    ):
        down, up = changes([outage])
        assert (down.kind, up.kind) == (f"{outage.element}-down", f"{outage.element}-up")
        for change in (down, up):
            got = (change.id, change.end, change.loss_ratio, change.delay_ns)
            assert got == (outage.id, outage.end, outage.loss_ratio, outage.delay_ns)


def test_only_outages_of_the_same_kind_are_one() -> None:
    pieces = [
        Outage("silent", 1, 0, 10, end="near"),
        Outage("silent", 1, 5, 15, end="far"),
        Outage("lossy", 1, 0, 10, loss_ratio=0.1),
        Outage("lossy", 1, 5, 15, loss_ratio=0.2),
        Outage("link", 1, 0, 10),
        Outage("link", 2, 0, 10),
        Outage("planner", 0, 0, 10),
        Outage("planner", 0, 0, 10, delay_ns=5),
    ]
    assert len(changes(pieces)) == 2 * len(pieces)


def test_changes_of_one_instant_keep_the_order_of_their_elements() -> None:
    pieces = [Outage("link", i, 5, 9) for i in (4, 2, 7)]
    assert [c.id for c in changes(pieces)] == [4, 2, 7, 4, 2, 7]


@given(SPANS)
def test_an_element_is_down_exactly_while_some_outage_holds(
    spans: list[tuple[int, int | None]],
) -> None:
    pieces = [
        Outage("link", 0, start, None if length is None else start + length)
        for start, length in spans
    ]
    found = changes(pieces)
    assert [c.at_ns for c in found] == sorted({c.at_ns for c in found})
    assert [c.is_down for c in found] == [i % 2 == 0 for i in range(len(found))]
    for time in range(45):
        last = [c.is_down for c in found if c.at_ns <= time][-1:]
        want = any(
            o.start_ns <= time < (FOREVER_NS if o.end_ns is None else o.end_ns) for o in pieces
        )
        assert last == [True] if want else last in ([], [False])
