"""Letters survive the bytes; everything else is refused with a reason and never raises."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sidr.live.bus import PAYLOAD_MAX
from sidr.live.keys import SigningKey, verifier
from sidr.live.letters import Ack, Commit, Prepare, Signed, encode, opened, seal, told
from sidr.live.topics import VERSION

KEY = SigningKey()
VERIFY = verifier(KEY.public)
COMMIT = Commit(VERSION, 1, "a", 2, 3, b"f" * 32)


def test_what_the_planner_says_comes_out_as_it_went_in() -> None:
    table = Prepare(VERSION, 1, "a", 2, 3, b"f" * 32, 7, 9, b"bytes")
    for letter in (COMMIT, table):
        assert opened(seal(letter, KEY.sign), VERIFY) == letter
    assert table.key == (1, "a", 2)


def test_a_foreign_signature_an_old_version_and_a_huge_payload_are_refused() -> None:
    assert opened(seal(COMMIT, SigningKey().sign), VERIFY) == "not signed by the planner"
    assert opened(encode(Signed(encode(COMMIT), b"")), VERIFY) == "not signed by the planner"
    old = Commit(VERSION + 1, 1, "a", 2, 3, b"")
    assert opened(seal(old, KEY.sign), VERIFY) == f"version {VERSION + 1}"
    assert opened(b"x" * (PAYLOAD_MAX + 1), VERIFY) == "oversized"
    assert told(b"x" * (PAYLOAD_MAX + 1)) == "oversized"


def test_a_signed_body_of_another_kind_is_malformed() -> None:
    body = encode(Ack(VERSION, 1, 1, (0, "", 0), (0, "", 0), 0))
    assert opened(encode(Signed(body, KEY.sign(body))), VERIFY) == "malformed"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_without_raising(data: bytes) -> None:
    assert isinstance(opened(data, VERIFY), str)
    assert isinstance(told(data), str)
    assert isinstance(opened(encode(Signed(data, KEY.sign(data))), VERIFY), str)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 200), st.integers(0, 255))
def test_a_flipped_byte_never_gets_through(at: int, value: int) -> None:
    good = bytearray(seal(COMMIT, KEY.sign))
    at %= len(good)
    if good[at] != value:
        good[at] = value
        assert isinstance(opened(bytes(good), VERIFY), str)
