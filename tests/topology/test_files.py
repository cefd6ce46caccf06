"""Files on disk: formats, errors, atomic writing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidr.errors import TopologyError
from sidr.topology import fabric_hash, load, save
from sidr.topology.files import format_of, not_kept


def mistake(spec: Path | str) -> str:
    with pytest.raises(TopologyError) as caught:
        load(str(spec))
    (found,) = caught.value.mistakes
    return str(found)


@pytest.mark.parametrize("format", ["native", "node-link"])
def test_every_format_is_known_by_its_content_whatever_the_suffix(
    format: str, tmp_path: Path
) -> None:
    made = load("fat-tree:k=2")
    assert save(made, tmp_path / "f.yml", format) == []
    assert fabric_hash(load(f"{tmp_path}/f.yml")) == fabric_hash(made)


def test_writing_replaces_the_file_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("old")
    save(load("fat-tree:k=2"), path)
    assert path.read_text().startswith("host_rate")
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").mkdir()
    with pytest.raises(TopologyError, match="cannot be written"):
        save(load("fat-tree:k=2"), tmp_path / "f.yaml")
    with pytest.raises(TopologyError, match="cannot be written"):
        save(load("fat-tree:k=2"), tmp_path / "no" / "f.yaml")
    assert [p.name for p in tmp_path.iterdir()] == ["f.yaml"]


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "fabric.yaml").write_text("x")
    assert mistake(tmp_path / "fabrik.yaml").endswith("no such file; did you mean 'fabric.yaml'?")


def test_what_is_no_fabric_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("")
    assert "is empty (allowed: a mapping with switches: or nodes:)" in mistake(path)
    path.write_text("- 1\n")
    assert "is no mapping" in mistake(path)
    path.write_bytes(b"a: \xff")
    assert "byte 3 is not UTF-8" in mistake(path)
    assert "cannot be read" in mistake(f"file:{tmp_path}")


def test_a_suffix_or_a_name_chooses_the_format() -> None:
    assert format_of(Path("a.yml")) == "native"
    assert format_of(Path("a.json")) == "node-link"
    assert format_of(Path("a.txt"), "native") == "native"
    with pytest.raises(TopologyError, match="names no format"):
        format_of(Path("a.txt"))
    with pytest.raises(TopologyError, match="did you mean 'node-link'"):
        format_of(Path("a.txt"), "nodelink")


def test_what_a_fabric_does_not_keep_of_a_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("switches: [{name: a, radix: 2}, {name: b}]\nlinks: [{a: a, b: b, a_port: 1}]")
    assert not_kept(path) == ["radix", "a_port"]
    save(load(str(path)), path)
    assert not_kept(path) == []
