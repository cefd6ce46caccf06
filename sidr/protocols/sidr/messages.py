"""What SIDR's agents tell each other in band, never relayed, and what they and the planner say.

Neighbours: Hello, Notice, Digest, Fetch, on the link between them. Planner: Ports from an agent,
Poll to it, over the management network (tables travel as events of their own).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from msgspec import Struct

from sidr.protocols.bfd.messages import Packet

Run = tuple[int, int, int]
"""(first group, count, r): `count` groups in a row that the sender reaches with share r."""


class Hello(Struct, frozen=True, tag="sidr.hello", gc=False):
    """I have had light for the hold-up time and hold a table of this order; send me your vector."""

    order_id: int
    boot: int


class Notice(Struct, frozen=True, tag="sidr.notice"):
    """I now reach these groups with these shares of my nominal capacity.

    Args:
        order_id, epoch: of the sender's table; another order is not understood and ignored.
        boot, seq: seq grows with every change that one boot announces.
        full: the runs are the whole vector as it stands after change `seq` (the answer to a Hello
            or a Fetch).
    """

    order_id: int
    epoch: int
    sender: int
    boot: int
    seq: int
    runs: tuple[Run, ...]
    full: bool = False

    def shares(self) -> Iterator[tuple[int, int]]:
        """(group, r) of everything announced."""
        return ((g, r) for first, count, r in self.runs for g in range(first, first + count))


class Digest(Struct, frozen=True, tag="sidr.digest", gc=False):
    """What my vector comes to after my notice number `seq`: whoever has another, fetches it."""

    order_id: int
    boot: int
    seq: int
    digest: int


class Fetch(Struct, frozen=True, tag="sidr.fetch", gc=False):
    """I have lost something of what you announced; send me your whole vector."""

    order_id: int
    boot: int


class Ports(Struct, frozen=True, tag="sidr.ports", gc=False):
    """The state of all ports of a switch, for the planner.

    Args:
        boot, seq: seq grows with every report of one boot.
        admitted: a mask; bit p % 8 of byte p // 8 = port p carries.
    """

    boot: int
    seq: int
    admitted: bytes


class Poll(Struct, frozen=True, tag="sidr.poll", gc=False):
    """The planner has lost its memory: report your ports."""


Message = Hello | Notice | Digest | Fetch | Ports | Poll | Packet
Banded = Hello | Notice | Digest | Fetch
"""What comes over links, apart from life signs."""


def digest_of(shares: Iterable[int]) -> int:
    """64-bit digest of a vector, a byte per group."""
    return int.from_bytes(hashlib.blake2b(bytes(shares), digest_size=8).digest(), "little")


def runs_of(shares: Iterable[tuple[int, int]]) -> tuple[Run, ...]:
    """Run-length form of (group, r) pairs in ascending group order."""
    runs: list[Run] = []
    for group, r in shares:
        if runs and runs[-1][2] == r and runs[-1][0] + runs[-1][1] == group:
            first, count, _ = runs[-1]
            runs[-1] = (first, count + 1, r)
        else:
            runs.append((group, 1, r))
    return tuple(runs)
