"""A table's bytes: the layout, the way there and back, and damage of every kind refused."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sidr.errors import PlanError
from sidr.forwarding.codec import decode, encode, mask_size, pack
from sidr.model.plan import NO_ENTRY, OWN, SwitchTable

HEADER_BYTES = 32
DIGEST_AT = 24
IDENTITY = range(12, 24)
"""Where the header has epoch and order_id."""

# ten ports; three groups of class 0, the own group, one of class 1, one of another plane
SMALL = SwitchTable(
    switch=7,
    ports=10,
    epoch=0x01020304,
    order_id=0x1112131415161718,
    digest=0,
    classes=(
        (0x003, 0x000, 0x300, b""),
        (0x001, 0x200, 0x200, bytes([255, 0, 0, 0, 0, 0, 0, 0, 128, 1])),
    ),
    group_class=(0, 0, 0, OWN, 1, NO_ENTRY),
)
SMALL_BODY = bytes.fromhex(
    "0300 0000 0003 0100 0002"  # the masks 0x003, 0x000, 0x300, 0x001, 0x200
    "ff000000000000008001"  # the weight vector 1, a byte per port
    "00 01 02 00"  # class 0: prim, sib, b1, weights by number
    "03 04 04 01"  # class 1
    "0000 00"  # from group 0: class 0
    "0300 fe"  # from group 3: own
    "0400 01"  # from group 4: class 1
    "0500 ff"  # from group 5: no entry
    "0600 ff"  # the end
)


def table(
    classes: Sequence[tuple[int, int, int, bytes]], group_class: Sequence[int], ports: int = 10
) -> SwitchTable:
    """A table of switch 7, epoch 1, order 2."""
    return SwitchTable(7, ports, 1, 2, 0, tuple(classes), tuple(group_class))


def sealed(header: bytes, body: bytes) -> bytes:
    """Header and body with a digest that fits: BLAKE2b-8 of what follows the header."""
    return (
        header[:DIGEST_AT]
        + hashlib.blake2b(header[:DIGEST_AT] + body, digest_size=8).digest()
        + body
    )


def forged(at: int, value: int) -> bytes:
    """The small table with another byte in its body, and a digest that fits."""
    body = bytearray(SMALL_BODY)
    body[at] = value
    return sealed(encode(SMALL), bytes(body))


@st.composite
def any_table(draw: st.DrawFn) -> SwitchTable:
    """A table of any content, sensible or not."""
    ports = draw(st.integers(1, 19))
    mask = st.integers(0, (1 << ports) - 1)
    vector = st.one_of(st.just(b""), st.binary(min_size=ports, max_size=ports))
    classes = draw(st.lists(st.tuples(mask, mask, mask, vector), max_size=5))
    number = st.sampled_from([NO_ENTRY, OWN, *range(len(classes))])
    return SwitchTable(
        switch=draw(st.integers(0, 9)),
        ports=ports,
        epoch=draw(st.integers(0, 2**32 - 1)),
        order_id=draw(st.integers(0, 2**64 - 1)),
        digest=0,
        classes=tuple(classes),
        group_class=tuple(draw(st.lists(number, max_size=20))),
    )


def again(made: SwitchTable) -> SwitchTable:
    """Encoded and decoded; the digest, which only the bytes have, as it was."""
    back = decode(encode(made), made.switch, made.ports)
    return replace(back, digest=made.digest)


@settings(max_examples=300, deadline=None)
@given(any_table())
def test_a_table_survives_its_bytes(made: SwitchTable) -> None:
    assert again(made) == made


@settings(max_examples=100, deadline=None)
@given(any_table())
def test_a_decoded_table_has_the_same_bytes(made: SwitchTable) -> None:
    data = encode(made)
    assert encode(decode(data, made.switch, made.ports)) == data


def test_the_header_is_32_bytes_little_endian() -> None:
    data = encode(SMALL)
    assert data[:4] == b"sT\x01\x02"  # magic, version 1, two bytes per mask
    assert data[4:12] == bytes([5, 0, 1, 0, 2, 0, 5, 0])  # masks, weight vectors, classes, runs
    assert data[12:16] == bytes.fromhex("04030201")
    assert data[16:24] == bytes.fromhex("1817161514131211")
    assert data == sealed(data[:HEADER_BYTES], data[HEADER_BYTES:])


def test_masks_weights_classes_and_runs_follow_the_header() -> None:
    assert encode(SMALL)[HEADER_BYTES:] == SMALL_BODY


def test_a_decoded_table_carries_the_digest_of_its_bytes() -> None:
    data = encode(SMALL)
    assert decode(data, 7, 10).digest == int.from_bytes(data[24:32], "little")


def test_equal_masks_and_vectors_are_stored_once() -> None:
    weights = bytes(range(10))
    one = table([(1, 2, 1, weights)], [0])
    two = table([(1, 2, 1, weights), (2, 1, 1, weights)], [0, 1])
    assert len(encode(two)) - len(encode(one)) == 4 + 3  # a class and a run


def test_neighbouring_groups_of_one_class_are_one_run() -> None:
    classes = [(1, 0, 2, b""), (2, 0, 1, b"")]
    assert len(encode(table(classes, [0] * 500 + [1] * 500))) == len(encode(table(classes, [0, 1])))


def test_a_mask_has_a_bit_per_port_in_whole_bytes() -> None:
    assert [mask_size(ports) for ports in (0, 1, 8, 9, 64, 65)] == [0, 1, 1, 2, 8, 9]


def test_the_table_of_a_switch_without_ports_survives_its_bytes() -> None:
    made = table([], [NO_ENTRY, OWN], ports=0)
    assert again(made) == made


def with_classes(count: int) -> SwitchTable:
    """Equal classes, each in use."""
    return table([(1, 0, 2, b"")] * count, [*range(count), OWN, NO_ENTRY])


def with_masks(count: int) -> SwitchTable:
    """Masks 0..count-1, three to a class."""
    last = count - 1
    rows = [(m, min(m + 1, last), min(m + 2, last), b"") for m in range(0, count, 3)]
    return table(rows, [*range(len(rows)), OWN, NO_ENTRY])


@pytest.mark.parametrize(
    ("made", "octets"),
    [(with_classes(254), 1), (with_classes(255), 2), (with_masks(256), 1), (with_masks(257), 2)],
    ids=["254 classes", "255 classes", "256 masks", "257 masks"],
)
def test_numbers_are_a_byte_where_all_fit_and_two_beyond(made: SwitchTable, octets: int) -> None:
    data = encode(made)
    masks, vectors, classes, runs = struct.unpack_from("<4H", data, 4)
    assert vectors == 0
    assert len(data) == 32 + 2 * masks + 4 * octets * classes + (2 + octets) * runs
    own = data[-2 * (2 + octets) - octets : -2 * (2 + octets)]
    assert own == (OWN % 256**octets).to_bytes(octets, "little")
    assert again(made) == made


def test_a_weight_vector_has_a_wide_number_too() -> None:
    rows = [(1, 0, 2, bytes([v % 256, v // 256] * 5)) for v in range(1, 301)]
    made = table(rows, range(300))
    assert again(made) == made


def test_groups_are_numbered_in_two_bytes() -> None:
    made = table([(1, 0, 2, b""), (2, 0, 1, b"")], [0] * 65_000 + [1] * 533 + [NO_ENTRY])
    assert again(made) == made


@pytest.mark.parametrize("made", [SMALL, with_classes(255)], ids=["narrow", "wide"])
def test_a_table_cut_short_is_refused_at_every_length(made: SwitchTable) -> None:
    data = encode(made)
    for length in range(len(data)):
        with pytest.raises(PlanError, match="table of switch 7"):
            decode(data[:length], 7, 10)


def test_a_table_with_more_behind_it_is_refused() -> None:
    with pytest.raises(PlanError, match="by its counts"):
        decode(encode(SMALL) + b"\0", 7, 10)


def accepted(data: bytes, places: Sequence[int]) -> list[int]:
    """Places where some flipped bit goes unnoticed."""
    found = []
    for place in places:
        for bit in range(8):
            damaged = bytearray(data)
            damaged[place] ^= 1 << bit
            try:
                decode(bytes(damaged), 7, 10)
            except PlanError:
                continue
            found.append(place)
            break
    return found


@pytest.mark.parametrize("made", [SMALL, with_classes(255)], ids=["narrow", "wide"])
def test_a_flipped_bit_of_content_or_counts_is_refused(made: SwitchTable) -> None:
    data = encode(made)
    assert accepted(data, [i for i in range(len(data)) if i not in IDENTITY]) == []


def test_a_flipped_bit_of_epoch_or_order_is_refused() -> None:
    assert accepted(encode(SMALL), IDENTITY) == []


@pytest.mark.parametrize("ports", [0, 8, 17, 24])
def test_a_table_with_masks_of_another_size_is_refused(ports: int) -> None:
    even = table([(1, 0, 2, b"")], [0])
    with pytest.raises(PlanError, match="table of switch 7: masks of 2 bytes"):
        decode(encode(even), 7, ports)


@pytest.mark.parametrize("ports", [9, 11])
def test_a_table_with_weights_for_another_number_of_ports_is_refused(ports: int) -> None:
    with pytest.raises(PlanError, match=r"table of switch 7: .* by its counts"):
        decode(encode(SMALL), 7, ports)


def test_a_mask_that_names_a_missing_port_is_refused() -> None:
    with pytest.raises(PlanError, match="a port that is not there"):
        decode(encode(table([(0x200, 0, 1, b"")], [0])), 7, 9)


@pytest.mark.parametrize(
    ("place", "value"), [(0, ord("t")), (1, ord("t")), (2, 0), (2, 2)], ids=str
)
def test_another_magic_or_version_is_refused(place: int, value: int) -> None:
    data = bytearray(encode(SMALL))
    data[place] = value
    with pytest.raises(PlanError, match=r"magic .*, version"):
        decode(bytes(data), 7, 10)


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        (20, 5, "class 0 names a mask or weight"),
        (22, 5, "class 0 names a mask or weight"),
        (25, 5, "class 1 names a mask or weight"),
        (27, 2, "class 1 names a mask or weight"),
        (1, 0x04, "a mask names a port"),
        (28, 1, "the runs do not begin at group 0"),
        (31, 0, "a bad run at group 0"),
        (31, 4, "a bad run at group 4"),
        (30, 2, "a bad run at group 0"),
        (30, 0xFD, "a bad run at group 0"),
    ],
)
def test_numbers_that_point_nowhere_are_refused_though_the_digest_fits(
    at: int, value: int, said: str
) -> None:
    with pytest.raises(PlanError, match=said):
        decode(forged(at, value), 7, 10)


def test_a_table_without_runs_is_refused() -> None:
    header = bytearray(encode(SMALL)[:HEADER_BYTES])
    header[10:12] = b"\0\0"
    with pytest.raises(PlanError, match="the runs do not begin at group 0"):
        decode(sealed(bytes(header), SMALL_BODY[:28]), 7, 10)


def test_packing_is_what_encoding_a_decoded_table_does() -> None:
    classes = [
        (p.to_bytes(2, "little"), s.to_bytes(2, "little"), b.to_bytes(2, "little"), w)
        for p, s, b, w in SMALL.classes
    ]
    runs = [(0, 0), (3, OWN), (4, 1), (5, NO_ENTRY), (6, NO_ENTRY)]
    assert pack(2, classes, runs, SMALL.epoch, SMALL.order_id) == encode(SMALL)
