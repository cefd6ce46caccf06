"""A host's file: read back as written; trouble is told and stops nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidr.live.store import Kept, Store
from tests.live.at_rest import until


async def test_what_is_kept_is_written_soon_and_read_back(tmp_path: Path) -> None:
    store = Store(tmp_path / "tables")
    store.keep(b"commit", {1: (b"a",)})
    store.keep(b"commit", {1: (b"a", b"b")})
    await until((tmp_path / "tables").exists, "the file is written")
    assert Store(tmp_path / "tables").read() == Kept(b"commit", {1: (b"a", b"b")})
    assert [p.name for p in tmp_path.iterdir()] == ["tables"]


@pytest.mark.parametrize("content", [None, b"", b"\xff\xff", b"\x80"])
def test_no_file_or_a_damaged_one_reads_as_nothing(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "tables").write_bytes(content)
    assert Store(tmp_path / "tables").read() == Kept(b"", {})


async def test_a_place_that_cannot_be_written_is_trouble_until_it_can(tmp_path: Path) -> None:
    store = Store(tmp_path / "none" / "tables")
    store.keep(b"commit", {})
    store.flush()
    assert "cannot be written" in store.trouble
    (tmp_path / "none").mkdir()
    store.keep(b"commit", {})
    store.flush()
    assert store.trouble == ""
    assert store.read().commit == b"commit"
