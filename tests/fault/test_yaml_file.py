"""YAML with lines, and what is refused."""

from pathlib import Path

import pytest

from sidr.errors import FaultError
from sidr.fault.yaml_file import Item, read_yaml

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"


def test_items_know_their_lines_and_scalars_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("a: 1\nb:\n  - off\n  - 1.50\n")
    found = read_yaml(path)
    assert found == Item(
        {
            "a": Item("1", f"{path}:1:a"),
            "b": Item([Item("off", f"{path}:3:b"), Item("1.50", f"{path}:4:b")], f"{path}:3:b"),
        },
        f"{path}:1",
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (BOMB, "alias"),
        ("a: &a\n  b: *a\n", "alias"),
        ("[" * 20 + "]" * 20, "nested too deeply"),
        ("[" * 5000, "nest"),
        ("a: 1\na: 2\n", "repeated"),
        ("[a]: 1\n", "unfit"),
        ("a: [1\nb: 2\n", "not YAML"),
        ("a: 1\n---\nb: 2\n", "not YAML"),
        ("", "empty"),
        ("a: \x00\n", "not YAML"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(tmp_path: Path, text: str, found: str) -> None:
    path = tmp_path / "f.yaml"
    path.write_text(text)
    with pytest.raises(FaultError, match=found):
        read_yaml(path)


def test_broken_yaml_is_told_with_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("trials:\n  - cut: [a\n  - b: }\n")
    with pytest.raises(FaultError) as caught:
        read_yaml(path)
    assert caught.value.mistakes[0].where == f"{path}:3:6"


def test_tags_build_nothing(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text(f"a: !!python/object/apply:os.mkdir [{tmp_path}/made]\n")
    read_yaml(path)
    assert not (tmp_path / "made").exists()


def test_files_that_cannot_be_read_are_mistakes(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9\n")
    for name in ("none.yaml", "latin.yaml", "."):
        with pytest.raises(FaultError):
            read_yaml(tmp_path / name)
