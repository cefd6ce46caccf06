"""Saved plans: the fabric and every table, in one file that proves its own content.

The file is a magic, then MessagePack: what the fabric is (native columns) and the tables. Loading
plans the fabric again and compares tables byte by byte, so a plan that another version made
differently is refused, never half-trusted.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from sidr.errors import PlanError, SidrError
from sidr.forwarding.codec import digest64
from sidr.model.fabric import Fabric
from sidr.model.plan import Plan
from sidr.plan.build import plan
from sidr.topology import fabric, fabric_hash

MAGIC = b"sidr plan 1\n"
REFUSED = (
    *(SidrError, msgspec.DecodeError, LookupError, TypeError, ValueError),
    *(ArithmeticError, AttributeError, AssertionError),
)
"""What foreign content makes the builders raise."""
SWITCH_COLUMNS = ("tier", "pod", "plane", "site", "hosts")


def save(made: Plan, path: Path) -> None:
    """Write a plan, beside its place and then in one step over what was there.

    Raises:
        PlanError: the place cannot be written.
    """
    document = {
        "fabric": _columns(made.fabric),
        "hash": fabric_hash(made.fabric),
        "epoch": made.epoch,
        "tables": made.tables,
    }
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        body = msgspec.msgpack.encode(document)
        beside.write_bytes(MAGIC + seal(body) + body)
        os.replace(beside, path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise PlanError.one(str(path), f"cannot be written: {error.strerror}") from error


def seal(body: bytes) -> bytes:
    """The digest that stands before a plan's content."""
    return digest64(body).to_bytes(8, "little")


def is_plan(path: Path) -> bool:
    """Whether a file is there and begins as a plan does."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def load(path: Path) -> Plan:
    """The plan in a file.

    Raises:
        PlanError: no plan, a damaged one, or one whose tables this version would not make.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PlanError.one(str(path), f"cannot be read: {error.strerror}") from error
    if not data.startswith(MAGIC):
        raise PlanError.one(str(path), "is no plan file of this version")
    try:
        body = data[len(MAGIC) + 8 :]
        if data[len(MAGIC) :] != seal(body) + body:
            raise ValueError("its digest does not fit its content")
        document = msgspec.msgpack.decode(body, type=dict[str, Any])
        found = _fabric(document["fabric"])
        made = plan(found, epoch=int(document["epoch"]))
        same = tuple(document["tables"]) == made.tables and document["hash"] == fabric_hash(found)
    except REFUSED as error:
        raise PlanError.one(str(path), f"is damaged: {error}") from error
    if not same:
        raise PlanError.one(str(path), "its tables are not what its fabric gives", fix="plan again")
    return made


def _columns(of: Fabric) -> dict[str, Any]:
    return {
        "label": of.label,
        "names": of.names,
        **{name: getattr(of, name).tolist() for name in SWITCH_COLUMNS},
        "host_bps": of.host_bps,
        "links_per_host": of.links_per_host,
        "near": of.near.tolist(),
        "far": of.far.tolist(),
        "rank": of.rank.tolist(),
        "capacity_bps": of.capacity_bps.tolist(),
        "length_m": of.length_m.tolist(),
        "medium": of.medium.tolist(),
        "srlgs": {n: x.tolist() for n, x in zip(of.srlg_names, of.srlg_links, strict=True)},
    }


def _fabric(columns: dict[str, Any]) -> Fabric:
    return fabric(
        columns["label"],
        names=columns["names"],
        a=columns["near"],
        b=columns["far"],
        **{name: columns[name] for name in SWITCH_COLUMNS},
        host_bps=columns["host_bps"],
        links_per_host=columns["links_per_host"],
        rank=columns["rank"],
        capacity_bps=columns["capacity_bps"],
        length_m=columns["length_m"],
        medium=columns["medium"],
        srlgs=columns["srlgs"],
        trunk=0,
    )
