"""The directory of a running emulation: who runs there, its socket, its keys, its log.

Locked by the process that runs there, so that two emulations never share it; what is left of a
dead one is cleared by the next. Only its owner may look inside.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sidr.errors import BusError

SOCKET, LOCK, LOG = "control.sock", "lock", "log"
KEY, PUBLIC, TABLES = "planner.key", "planner.pub", "tables.msgpack"
OURS = (
    *(SOCKET, LOCK, LOG, KEY, PUBLIC, TABLES, TABLES + ".part", "ready"),
    *("mosquitto.conf", "mosquitto.log", "mosquitto.db", "mosquitto.db.new"),
)
"""Every file that an emulation may leave; nothing else is ever deleted."""


def default(environ: Mapping[str, str]) -> Path:
    """The run directory when none is given: below the user's state directory."""
    state = environ.get("XDG_STATE_HOME") or ""
    root = Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state"
    return root / "sidr" / "run"


class RunDir:
    """A run directory that this process holds.

    Raises:
        BusError: another emulation runs there, or it cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._made = not path.exists()
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BusError.one(
                str(path),
                f"cannot be used: {error.strerror}",
                fix="give another directory with --run-dir",
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise BusError.one(
                str(path),
                f"an emulation runs there already (process {pid_of(path) or 'unknown'})",
                fix="end it with `sidr down`, or give another directory with --run-dir",
            ) from error
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, f"{os.getpid()}\n".encode(), 0)
        self._clear(keep={LOCK, LOG, TABLES})  # tables are believed only if their signature holds

    def leave(self, *, keep: bool = False) -> None:
        """Remove what an emulation writes, and the directory if it is empty then.

        Args:
            keep: tables and keys stay, so that a later run may go on from them.
        """
        self._clear(keep={LOCK, TABLES, KEY, PUBLIC} if keep else {LOCK})
        (self.path / LOCK).unlink(missing_ok=True)  # last: until then the directory is taken
        os.close(self._lock)
        with suppress(OSError):  # what is not ours stays
            self.path.rmdir()

    def _clear(self, keep: set[str]) -> None:
        for name in OURS:
            if name not in keep:
                (self.path / name).unlink(missing_ok=True)


def pid_of(path: Path) -> int | None:
    """The process that holds a run directory, as its lock says; None = nobody does."""
    try:
        text = (path / LOCK).read_text(encoding="ascii").strip()
        with (path / LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(text) if text.isdigit() else None
    except (OSError, ValueError):
        return None
    return None
