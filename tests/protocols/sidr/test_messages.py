"""Notices: runs, whole vectors, digests, sizes."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sidr.protocols.sidr.messages import Message, Notice, digest_of, runs_of

SHARES = st.lists(st.integers(0, 16), max_size=40)


@given(SHARES, st.sets(st.integers(0, 39)))
def test_runs_give_back_what_was_announced(shares: list[int], some: set[int]) -> None:
    told = [(g, r) for g, r in enumerate(shares) if g in some]
    notice = Notice(1, 1, 0, 1, 1, runs_of(told))
    assert list(notice.shares()) == told


def test_runs_are_as_few_as_they_can_be() -> None:
    assert runs_of([(0, 8), (1, 8), (2, 0), (4, 0), (5, 0)]) == ((0, 2, 8), (2, 1, 0), (4, 2, 0))
    assert runs_of([]) == ()


@given(SHARES, st.integers(0, 39), st.integers(0, 16))
def test_a_digest_tells_vectors_apart(shares: list[int], at: int, r: int) -> None:
    other = list(shares)
    if at < len(other):
        other[at] = r
    assert (digest_of(shares) == digest_of(other)) == (shares == other)


def test_every_message_is_read_back_from_bytes_as_what_it_was() -> None:
    notice = Notice(2**63, 3, 4, 5, 6, ((0, 2, 8),), True)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(notice), type=Message) == notice
