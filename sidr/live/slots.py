"""Which table a switch holds, which it forwards by, and which it refuses. Pure: no clock, no bus.

Two slots: a table is prepared in one while the other forwards, and the commit of its key makes it
the active one. Keys only grow, so an old planner, a replay or a retained leftover changes nothing.
A commit may come before its table, as retained topics do; it is then remembered.
"""

from __future__ import annotations

from dataclasses import dataclass

from sidr.errors import PlanError
from sidr.forwarding.codec import decode
from sidr.live.letters import Commit, Key, Prepare

NOTHING: Key = (0, "", 0)


@dataclass(frozen=True, slots=True)
class Place:
    """Whose tables: the fabric's hash, raw, the switch, its ports, and how many groups exist."""

    fabric: bytes
    switch: int
    ports: int
    groups: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a letter.

    Attributes:
        error: why it was refused; "" = it was not. active: the table that now takes over, or None.
    """

    error: str = ""
    active: Prepare | None = None


DONE = Verdict()


class Slots:
    """One switch's two slots.

    Attributes:
        active, prepared: tables, or None. committed: the greatest key that was committed.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.active: Prepare | None = None
        self.prepared: Prepare | None = None
        self.committed: Key = NOTHING

    @property
    def table(self) -> bytes:
        """The encoded table that forwards; b"" = none does."""
        return self.active.table if self.active else b""

    @property
    def active_key(self) -> Key:
        return self.active.key if self.active else NOTHING

    @property
    def prepared_key(self) -> Key:
        """The newest table that is here, be it active already."""
        return self.prepared.key if self.prepared else self.active_key

    def prepare(self, table: Prepare) -> Verdict:
        """A table has come."""
        if table.key in (self.prepared_key, self.active_key):
            return DONE  # a duplicate
        if table.key < max(self.prepared_key, self.committed):
            return Verdict(f"{_spell(table.key)} is older than {_spell(self.prepared_key)}")
        error = self._unfit(table)
        if error:
            return Verdict(error)
        self.prepared = table
        return self._activate()

    def commit(self, commit: Commit) -> Verdict:
        """A key has been committed."""
        if commit.fabric != self.place.fabric:
            return Verdict("another fabric's commit")
        if commit.key < self.committed:
            return Verdict(f"{_spell(commit.key)} is older than {_spell(self.committed)}")
        self.committed = commit.key
        return self._activate()

    def _activate(self) -> Verdict:
        if self.prepared is None or self.prepared.key != self.committed:
            return DONE
        self.active, self.prepared = self.prepared, None
        return Verdict(active=self.active)

    def _unfit(self, table: Prepare) -> str:
        place = self.place
        if table.fabric != place.fabric:
            return "another fabric's table"
        if table.switch != place.switch:
            return f"the table of switch {table.switch}"
        if self.active and table.order_id != self.active.order_id:
            return f"a table of order {table.order_id:x}, not {self.active.order_id:x}"
        try:
            content = decode(table.table, place.switch, place.ports)
        except PlanError as error:
            return str(error)
        if len(content.group_class) != place.groups:
            return f"a table of {len(content.group_class)} groups, not {place.groups}"
        said = (content.epoch, content.order_id, content.digest)
        if said != (table.epoch, table.order_id, table.digest):
            return "a table whose header says otherwise than its letter"
        return ""


def _spell(key: Key) -> str:
    term, planner, epoch = key
    return f"epoch {epoch} of term {term}" + (f" ({planner})" if planner else "")
