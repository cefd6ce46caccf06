"""The file in which a host keeps its agents' tables, so that they start without a bus.

Sealed letters as they came, so that reading them back needs no more trust than the bus does.
Written atomically a little after a change; a full disk stops nothing and is told as `trouble`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

DELAY_S = 0.2
"""Changes that come together are written once."""


class Kept(Struct, frozen=True):
    """The file's content: the sealed commit, and by switch its sealed tables."""

    commit: bytes
    tables: dict[int, tuple[bytes, ...]]


class Store:
    """A host's file.

    Attributes:
        trouble: why it could not be written; "" = it could.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.trouble = path, ""
        self._next: Kept | None = None
        self._timer: asyncio.TimerHandle | None = None

    def keep(self, commit: bytes, tables: Mapping[int, tuple[bytes, ...]]) -> None:
        """Have this written soon."""
        self._next = Kept(commit, dict(tables))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(DELAY_S, self.flush)

    def flush(self) -> None:
        """Write what is waiting now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._next is None:
            return
        beside = self.path.with_name(self.path.name + ".part")
        try:
            beside.write_bytes(msgspec.msgpack.encode(self._next))
            os.replace(beside, self.path)
        except OSError as error:
            self.trouble = f"{self.path.name} cannot be written: {error.strerror or error}"
            beside.unlink(missing_ok=True)
        else:
            self.trouble = ""
        self._next = None

    def read(self) -> Kept:
        """What was kept; nothing when there is no file or it is damaged."""
        try:
            return msgspec.msgpack.decode(self.path.read_bytes(), type=Kept)
        except (OSError, msgspec.DecodeError):
            return Kept(b"", {})
