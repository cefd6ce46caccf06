"""A switch's table as bytes, and back. Shared by planner, agents and drivers.

Little-endian. Header of 32 bytes: magic, version, bytes per mask, counts of masks, weight vectors,
classes and runs (u16 each), epoch (u32), order_id (u64), digest (u64, of all the rest). Then the
distinct masks; the distinct weight vectors (a byte per port; number 0 = equal, not stored); the
classes (numbers of prim, sib and b1 masks and of the weight vector); the runs (first group as u16,
class number). Numbers are u8 where all of them fit, else u16; the two highest class numbers mean
"no entry" (another plane) and "own group".
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from itertools import pairwise

from sidr.errors import PlanError
from sidr.model.plan import NO_ENTRY, OWN, SwitchTable

MAGIC, VERSION = b"sT", 1
HEADER = struct.Struct("<2sBB4HIQQ")
DIGEST_AT = HEADER.size - 8
GROUPS_MAX = 0xFFFF
"""Groups are counted in u16."""
PORTS_MAX = 8 * 0xFF
"""The bytes of a mask are counted in u8."""
EPOCH_MAX = 0xFFFFFFFF

Class = tuple[bytes, bytes, bytes, bytes]
"""Masks of prim, sib and b1 (bit p % 8 of byte p // 8 = port p), and the weight per port or b""."""

Run = tuple[int, int]
"""(first group, class number, NO_ENTRY or OWN); the last run ends with END = (groups, NO_ENTRY)."""


def digest64(data: bytes) -> int:
    """The 64-bit digest that tables carry (BLAKE2b-8, little-endian)."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


def pack(
    mask_bytes: int, classes: Sequence[Class], runs: Sequence[Run], epoch: int, order_id: int
) -> bytes:
    """The bytes of a table.

    Args:
        runs: ascending; the last one is (number of groups, NO_ENTRY) and only marks the end.
    """
    masks: dict[bytes, int] = {}
    vectors: dict[bytes, int] = {b"": 0}
    rows = [
        (*(masks.setdefault(m, len(masks)) for m in masks3), vectors.setdefault(w, len(vectors)))
        for *masks3, w in classes
    ]
    wide = _wide(len(masks), len(vectors), len(classes))
    size = 2 if wide else 1
    special = {NO_ENTRY: (1 << 8 * size) - 1, OWN: (1 << 8 * size) - 2}
    parts = [*masks, *vectors]
    parts += [number.to_bytes(size, "little") for row in rows for number in row]
    for first, number in runs:
        parts.append(first.to_bytes(2, "little"))
        parts.append(special.get(number, number).to_bytes(size, "little"))
    body = b"".join(parts)
    counts = (len(masks), len(vectors) - 1, len(classes), len(runs))
    head = HEADER.pack(MAGIC, VERSION, mask_bytes, *counts, epoch, order_id, 0)[:DIGEST_AT]
    return head + digest64(head + body).to_bytes(8, "little") + body


def encode(table: SwitchTable) -> bytes:
    """The bytes of a decoded table."""
    size = mask_size(table.ports)

    def octets(mask: int) -> bytes:
        return mask.to_bytes(size, "little")

    classes = [(octets(prim), octets(sib), octets(b1), w) for prim, sib, b1, w in table.classes]
    runs: list[Run] = []
    for group, number in enumerate(table.group_class):
        if not runs or runs[-1][1] != number:
            runs.append((group, number))
    runs.append((len(table.group_class), NO_ENTRY))
    return pack(size, classes, runs, table.epoch, table.order_id)


def mask_size(ports: int) -> int:
    """Bytes per mask of a switch."""
    return (ports + 7) // 8


def decode(data: bytes, switch: int, ports: int) -> SwitchTable:
    """A table from its bytes.

    Args:
        switch, ports: whose table it is to be.

    Raises:
        PlanError: the bytes are no table of this version for so many ports.
    """
    where = f"table of switch {switch}"
    if len(data) < HEADER.size:
        raise PlanError.one(where, f"{len(data)} bytes are shorter than a header")
    magic, version, size, *counts, epoch, order_id, digest = HEADER.unpack_from(data)
    if magic != MAGIC or version != VERSION:
        raise PlanError.one(where, f"magic {magic!r}, version {version}", f"{MAGIC!r}, {VERSION}")
    if size != mask_size(ports):
        raise PlanError.one(
            where, f"masks of {size} bytes", f"{mask_size(ports)} for {ports} ports"
        )
    n_masks, n_vectors, n_classes, n_runs = counts
    wide = _wide(n_masks, n_vectors + 1, n_classes)
    step = 2 if wide else 1
    ends = [HEADER.size]
    for length in (n_masks * size, n_vectors * ports, n_classes * 4 * step, n_runs * (2 + step)):
        ends.append(ends[-1] + length)
    if ends[-1] != len(data):
        raise PlanError.one(where, f"{len(data)} bytes", f"{ends[-1]} by its counts")
    if digest64(data[:DIGEST_AT] + data[HEADER.size :]) != digest:
        raise PlanError.one(where, "its digest does not fit its content")
    masks, vectors, rows, runs = (data[a:b] for a, b in pairwise(ends))
    return SwitchTable(
        switch=switch,
        ports=ports,
        epoch=epoch,
        order_id=order_id,
        digest=digest,
        classes=_classes(where, masks, vectors, _numbers(rows, step), (size, ports)),
        group_class=_group_class(where, runs, step, n_classes),
    )


def _wide(masks: int, vectors: int, classes: int) -> bool:
    """Whether numbers need u16; two class numbers are taken."""
    return max(masks, vectors, classes + 2) > 256


def _numbers(data: bytes, step: int) -> list[int]:
    return [int.from_bytes(data[i : i + step], "little") for i in range(0, len(data), step)]


def _classes(
    where: str, masks: bytes, vectors: bytes, numbers: list[int], sizes: tuple[int, int]
) -> tuple[tuple[int, int, int, bytes], ...]:
    size, ports = sizes
    per_mask, per_vector = (
        max(1, size),
        max(1, ports),
    )  # without ports there is nothing to step over
    known = [int.from_bytes(masks[i : i + size], "little") for i in range(0, len(masks), per_mask)]
    weights = [b""] + [vectors[i : i + ports] for i in range(0, len(vectors), per_vector)]
    found = []
    for i in range(0, len(numbers), 4):
        prim, sib, b1, w = numbers[i : i + 4]
        if max(prim, sib, b1) >= len(known) or w >= len(weights):
            raise PlanError.one(where, f"class {i // 4} names a mask or weight that is not there")
        found.append((known[prim], known[sib], known[b1], weights[w]))
    if any(mask >> ports for mask in known):
        raise PlanError.one(where, "a mask names a port that is not there")
    return tuple(found)


def _group_class(where: str, runs: bytes, step: int, classes: int) -> tuple[int, ...]:
    special = {(1 << 8 * step) - 1: NO_ENTRY, (1 << 8 * step) - 2: OWN}
    found: list[int] = []
    cells = [
        (
            int.from_bytes(runs[i : i + 2], "little"),
            int.from_bytes(runs[i + 2 : i + 2 + step], "little"),
        )
        for i in range(0, len(runs), 2 + step)
    ]
    if not cells or cells[0][0] != 0:
        raise PlanError.one(where, "the runs do not begin at group 0")
    for (first, number), (after, _) in pairwise(cells):
        number = special.get(number, number)
        if after <= first or number >= classes:
            raise PlanError.one(where, f"a bad run at group {first}")
        found += [number] * (after - first)
    return tuple(found)
