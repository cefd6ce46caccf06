"""What SIDR neighbours tell each other, in band on the link between them; never relayed."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

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
        boot, seq: seq grows with every notice of one boot.
        full: the runs are the whole vector (the answer to a Hello).
    """

    order_id: int
    epoch: int
    sender: int
    boot: int
    seq: int
    runs: tuple[Run, ...]
    full: bool = False


Message = Hello | Notice


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
