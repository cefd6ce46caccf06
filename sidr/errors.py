"""What can go wrong by a user's hand: SidrError and its children.

An error carries fields, not only text, so that the command line can print all mistakes of a stage
at once and tests can assert on the parts. Bugs are asserts, not SidrErrors.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in the user's input.

    Args:
        where: what the user can find again: `file:line:key`, an option, or the text itself.
        found: what stands there.
        allowed: what may stand there, in words or as a list; empty when `found` says it all.
        nearest: the closest valid name; empty when none is close.
        fix: what to do, when that is not obvious.
    """

    where: str
    found: str
    allowed: str = ""
    nearest: str = ""
    fix: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.found}"
        if self.nearest:
            text += f"; did you mean {self.nearest!r}?"
        if self.allowed:
            text += f" (allowed: {self.allowed})"
        if self.fix:
            text += f"; {self.fix}"
        return text


@dataclass
class SidrError(Exception):
    """Bad input, with every mistake that the stage found (one line each when printed)."""

    mistakes: list[Mistake] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(*self.mistakes)

    def __str__(self) -> str:
        return "\n".join(str(m) for m in self.mistakes)

    def __reduce__(self) -> tuple[type[SidrError], tuple[list[Mistake]]]:
        return type(self), (self.mistakes,)

    @classmethod
    def one(cls, where: str, found: str, allowed: str = "", **more: str) -> SidrError:
        """The error that holds a single mistake."""
        return cls([Mistake(where, found, allowed, **more)])


class TopologyError(SidrError):
    """A fabric spec or file that cannot become a Fabric."""


class PlanError(SidrError):
    """A fabric that cannot be planned, or a plan file that cannot be read."""


class FaultError(SidrError):
    """A fault expression or scenario that does not fit the grammar or the fabric."""


class ProtocolError(SidrError):
    """An unknown protocol, profile or hardware, or an override that they do not take."""


class ResultError(SidrError):
    """A results directory that is missing, damaged or in the way."""


class BusError(SidrError):
    """The bus of a live emulation refused or vanished."""


class LabError(SidrError):
    """The machine lacks something that the namespace lab needs."""


def nearest(name: str, valid: Iterable[str]) -> str:
    """The valid name closest to `name`, or "" when none is close enough to be meant."""
    found = difflib.get_close_matches(name, list(valid), n=1, cutoff=0.5)
    return found[0] if found else ""


def unknown(where: str, what: str, name: str, valid: Iterable[str]) -> Mistake:
    """The mistake of naming a `what` that is not among the valid ones."""
    names = list(valid)
    listed = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return Mistake(where, f"unknown {what} {name!r}", listed, nearest(name, names))
