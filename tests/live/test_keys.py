"""Keys sign, verify, travel through files, and stay their owner's."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidr.errors import BusError
from sidr.live.keys import SigningKey, load_key, load_public, verifier


def test_a_signature_holds_for_its_bytes_and_its_key_only() -> None:
    key, other = SigningKey(), SigningKey()
    signature = key.sign(b"table")
    assert verifier(key.public)(signature, b"table")
    assert not verifier(key.public)(signature, b"tablf")
    assert not verifier(other.public)(signature, b"table")


def test_files_give_the_same_key_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    key = SigningKey()
    key.save(tmp_path / "planner.key")
    assert load_key(tmp_path / "planner.key").public == key.public
    assert load_public(tmp_path / "planner.pub") == key.public
    assert (tmp_path / "planner.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "zz" * 32, "00" * 31])
def test_what_is_no_key_is_refused_with_its_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "planner.key"
    path.write_text(text)
    with pytest.raises(BusError, match=r"planner\.key"):
        load_key(path)
    with pytest.raises(BusError, match="no public key"):
        load_public(tmp_path / "none")
