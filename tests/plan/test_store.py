"""Saved plans come back equal, replace what was there in one step, and are refused when damaged."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from sidr.errors import PlanError
from sidr.model.plan import Plan
from sidr.plan import plan, store
from sidr.topology import fabric, fabric_hash, load
from tests.plan.fabrics import GBPS, MADE

Document = dict[str, Any]

BYTES_TRIED = (0x01, 0x80, 0xFF)
"""What a byte is flipped with."""


@pytest.fixture
def ring() -> Plan:
    return plan(load("topologies/ring-7.yaml"))


@pytest.fixture
def place(tmp_path: Path, ring: Plan) -> Path:
    """A file with the ring's plan."""
    path = tmp_path / "ring.plan"
    store.save(ring, path)
    return path


def left(path: Path) -> list[str]:
    """What is in a file's folder."""
    return sorted(entry.name for entry in path.parent.iterdir())


@pytest.mark.parametrize("name", MADE)
def test_a_saved_plan_comes_back_equal(name: str, tmp_path: Path) -> None:
    made = plan(MADE[name](), epoch=3)
    store.save(made, tmp_path / "it.plan")
    back = store.load(tmp_path / "it.plan")
    assert back.tables == made.tables
    assert (back.epoch, back.order_id, back.digest) == (3, made.order_id, made.digest)
    assert fabric_hash(back.fabric) == fabric_hash(made.fabric)
    assert back.fabric.label == made.fabric.label
    assert len(back.parts) == len(made.parts)
    for one, two in zip(back.parts, made.parts, strict=True):
        for layer in ("switches", "groups", "slots", "prim", "sib", "b1", "dist"):
            assert (getattr(one, layer) == getattr(two, layer)).all()


def test_everything_that_a_fabric_says_comes_back(tmp_path: Path) -> None:
    said = fabric(
        "all columns",
        names=["leaf0", "leaf1", "spine0"],
        a=[0, 1, 1],
        b=[2, 2, 2],
        tier=[0, 0, 1],
        pod=[3, 4, -1],
        plane=[5, 5, 5],
        site=[0, 1, 1],
        hosts=[7, 8, 0],
        host_bps=100 * GBPS,
        links_per_host=2,
        capacity_bps=[200 * GBPS, 100 * GBPS, 400 * GBPS],
        length_m=[3.5, 20.0, 40_000.25],
        medium=[1, 0, 0],
        srlgs={"duct": [0, 2]},
    )
    store.save(plan(said), tmp_path / "it.plan")
    back = store.load(tmp_path / "it.plan").fabric
    for column in fields(said):
        one, two = getattr(said, column.name), getattr(back, column.name)
        assert listed(one) == listed(two), column.name


def listed(value: Any) -> object:
    """Arrays as lists, alone or in a tuple."""
    if isinstance(value, tuple):
        return [listed(inner) for inner in value]
    return value.tolist() if isinstance(value, np.ndarray) else value


def test_a_saved_plan_is_the_same_bytes_every_time(ring: Plan, place: Path) -> None:
    store.save(ring, place.with_name("again.plan"))
    assert place.with_name("again.plan").read_bytes() == place.read_bytes()


def test_a_plan_is_known_by_how_its_file_begins(place: Path) -> None:
    assert store.is_plan(place)
    assert not store.is_plan(Path("topologies/ring-7.yaml"))
    assert not store.is_plan(place.with_name("missing"))
    assert not store.is_plan(place.parent)


def test_only_the_plan_is_left_after_saving(place: Path) -> None:
    assert left(place) == [place.name]


def test_saving_replaces_the_file_and_never_writes_into_it(ring: Plan, place: Path) -> None:
    held = place.with_name("held")
    held.hardlink_to(place)
    before = held.read_bytes()
    store.save(plan(ring.fabric, epoch=2), place)
    assert store.load(place).epoch == 2
    assert held.read_bytes() == before


def test_a_save_that_fails_leaves_the_old_file_and_no_part(
    ring: Plan, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = place.read_bytes()
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(PlanError, match="cannot be written: No space left on device"):
        store.save(plan(ring.fabric, epoch=2), place)
    assert left(place) == [place.name]
    assert place.read_bytes() == before


UNWRITABLE: dict[str, Callable[[Path], Path]] = {
    "a missing folder": lambda at: at.parent / "none" / "x.plan",
    "a folder": lambda at: at.parent,
    "below a file": lambda at: at / "x.plan",
    "too long a name": lambda at: at.with_name("x" * 250),
}


@pytest.mark.parametrize("name", UNWRITABLE)
def test_a_place_that_cannot_be_written_is_a_plan_error(name: str, ring: Plan, place: Path) -> None:
    with pytest.raises(PlanError, match="cannot be written"):
        store.save(ring, UNWRITABLE[name](place))
    assert left(place) == [place.name]


def test_a_missing_file_is_a_plan_error(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="cannot be read: No such file"):
        store.load(tmp_path / "none.plan")


@pytest.mark.parametrize("content", [b"", b"sidr pla", b"sidr plan 9\n", b"PK\3\4"])
def test_another_file_is_no_plan(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(PlanError, match="no plan file of this version"):
        store.load(path)


def test_a_file_cut_short_is_refused_at_every_length(place: Path) -> None:
    data = place.read_bytes()
    for length in range(len(data)):
        place.write_bytes(data[:length])
        with pytest.raises(PlanError):
            store.load(place)


def test_a_file_with_more_behind_it_is_refused(place: Path) -> None:
    place.write_bytes(place.read_bytes() + b"\0")
    with pytest.raises(PlanError, match="is damaged"):
        store.load(place)


def outcomes(path: Path) -> dict[str, list[int]]:
    """What loading says, by type of error or as "loaded", and at which flipped bytes."""
    data = path.read_bytes()
    found: dict[str, list[int]] = {}
    for at in range(len(data)):
        for flip in BYTES_TRIED:
            path.write_bytes(data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :])
            try:
                store.load(path)
                said = "loaded"
            except Exception as error:
                said = type(error).__name__
            found.setdefault(said, []).append(at)
    return found


@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_a_flipped_byte_is_a_plan_error_wherever_it_stands(place: Path) -> None:
    assert set(outcomes(place)) == {"PlanError"}


@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_no_flipped_byte_gives_another_plan(ring: Plan, place: Path) -> None:
    data, refused = place.read_bytes(), 0
    for at in range(len(data)):
        place.write_bytes(data[:at] + bytes([data[at] ^ 0x01]) + data[at + 1 :])
        try:
            loaded = store.load(place)
        except Exception:
            refused += 1
            continue
        assert loaded.tables == ring.tables
        assert fabric_hash(loaded.fabric) == fabric_hash(ring.fabric)
    assert refused > 0.9 * len(data)


def tampered(path: Path, change: Callable[[Document], object]) -> Path:
    """The file with its content changed and well-formed."""
    data = path.read_bytes()
    document = msgspec.msgpack.decode(data[len(store.MAGIC) + 8 :])
    change(document)
    body = msgspec.msgpack.encode(document)
    path.write_bytes(store.MAGIC + store.seal(body) + body)
    return path


def put(*keys: str | int, value: object) -> Callable[[Document], None]:
    """Sets a value deep inside a document."""

    def change(document: Document) -> None:
        inner: Any = document
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = value

    return change


def test_rewriting_the_content_unchanged_is_no_tampering(ring: Plan, place: Path) -> None:
    assert store.load(tampered(place, lambda document: None)).tables == ring.tables


OTHER: dict[str, Callable[[Document], object]] = {
    "a table with a byte changed": lambda d: put("tables", 2, value=d["tables"][2][:-1] + b"\7")(d),
    "two tables exchanged": lambda d: d["tables"].insert(0, d["tables"].pop(1)),
    "a table less": lambda d: d["tables"].pop(),
    "a table more": lambda d: d["tables"].append(b""),
    "another epoch": put("epoch", value=2),
    "another hash": put("hash", value="0" * 64),
    "another speed": put("fabric", "capacity_bps", 0, value=400 * 10**9),
    "another length": put("fabric", "length_m", 0, value=1.0),
    "another name": put("fabric", "names", 0, value="z"),
    "other hosts": put("fabric", "hosts", 0, value=99),
    "another end": put("fabric", "far", 0, value=4),
    "no shared fate": put("fabric", "srlgs", value={}),
}


@pytest.mark.parametrize("name", OTHER)
def test_tables_that_the_fabric_does_not_give_are_refused(name: str, place: Path) -> None:
    with pytest.raises(PlanError, match="not what its fabric gives; plan again"):
        store.load(tampered(place, OTHER[name]))


BROKEN: dict[str, Callable[[Document], object]] = {
    "no tables": lambda d: d.pop("tables"),
    "no fabric": put("fabric", value=None),
    "no hash": lambda d: d.pop("hash"),
    "no ends": lambda d: d["fabric"].pop("far"),
    "tables of another type": put("tables", value=7),
    "an epoch in words": put("epoch", value="first"),
    "an epoch below zero": put("epoch", value=-1),
    "an epoch that no header holds": put("epoch", value=2**32),
    "a name that is a number": put("fabric", "names", 0, value=7),
    "no switches": put("fabric", "names", value=[]),
    "a switch beyond the last": put("fabric", "far", 0, value=7),
    "a switch beyond int32": put("fabric", "far", 0, value=2**31),
    "a link to itself": lambda d: put("fabric", "far", 0, value=d["fabric"]["near"][0])(d),
    "a column cut short": lambda d: d["fabric"]["tier"].pop(),
    "shared fate as a list": put("fabric", "srlgs", value=[1]),
    "shared fate of a missing link": put("fabric", "srlgs", value={"duct": [99]}),
    "speeds beyond all bounds": put("fabric", "capacity_bps", 0, value=2**62),
}


@pytest.mark.parametrize("name", BROKEN)
def test_content_that_no_fabric_can_have_is_a_plan_error(name: str, place: Path) -> None:
    with pytest.raises(PlanError):
        store.load(tampered(place, BROKEN[name]))


def test_content_that_is_no_mapping_is_damaged(place: Path) -> None:
    place.write_bytes(store.MAGIC + msgspec.msgpack.encode([1, 2]))
    with pytest.raises(PlanError, match="is damaged"):
        store.load(place)


def test_the_error_names_the_file(place: Path) -> None:
    with pytest.raises(PlanError) as caught:
        store.load(tampered(place, put("hash", value="")))
    assert [mistake.where for mistake in caught.value.mistakes] == [str(place)]


def test_weights_come_back(place: Path, ring: Plan) -> None:
    (kept,), (back,) = ring.parts, store.load(place).parts
    assert kept.w0 is not None
    assert back.w0 is not None
    assert np.array_equal(kept.w0, back.w0)
