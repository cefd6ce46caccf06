"""What one neighbour has announced so far, and how we know that it is all of it.

Every notice carries the sender's boot and a number; a digest says what its vector comes to after a
certain number. Kept apart from the view, which only knows groups that forward.
"""

from __future__ import annotations

from sidr.model.plan import FULL, NO_ENTRY, SwitchTable
from sidr.protocols.sidr.messages import Digest, Notice, digest_of

FIRST_BOOT = 1
"""The boot of every switch of a fabric that runs from the start."""


class Hearing:
    """One neighbour's vector as heard: from the start, everything at full share."""

    def __init__(self, table: SwitchTable) -> None:
        self._vector = [0 if c == NO_ENTRY else FULL for c in table.group_class]
        self._boot, self._seq = FIRST_BOOT, 0

    def is_strange(self, boot: int) -> bool:
        """Whether the neighbour has booted since we last heard it."""
        return boot != self._boot

    def meet(self, boot: int) -> None:
        """The neighbour's numbers start anew."""
        self._boot, self._seq = boot, 0

    def take(self, notice: Notice) -> bool:
        """Note what was announced; False = it is older than what we know."""
        if notice.seq < self._seq or (notice.seq == self._seq and not notice.full):
            return False
        self._seq = notice.seq
        for group, r in notice.shares():
            self._vector[group] = r
        return True

    def agrees(self, digest: Digest) -> bool:
        """Whether we know what the digest is about, or more."""
        if digest.seq != self._seq:
            return digest.seq < self._seq
        return digest.digest == digest_of(self._vector)
