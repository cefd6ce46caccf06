"""Reading specs, right and wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidr.errors import TopologyError
from sidr.topology import fabric_hash, load, save
from sidr.topology.spec import path_of


def mistakes(spec: str) -> list[str]:
    with pytest.raises(TopologyError) as caught:
        load(spec)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_missing_parameters_take_their_defaults() -> None:
    assert fabric_hash(load("leaf-spine")) == fabric_hash(load("leaf-spine:leaves=8,spines=8"))
    assert fabric_hash(load(" fat-tree: k = 4 ,trunk=8")) == fabric_hash(load("fat-tree"))


def test_a_path_is_a_spec_with_or_without_file(tmp_path: Path) -> None:
    made = load("fat-tree:k=2")
    save(made, tmp_path / "f.yaml")
    (tmp_path / "plain").write_text((tmp_path / "f.yaml").read_text())
    for spec in (f"{tmp_path}/f.yaml", f"file:{tmp_path}/f.yaml", f"file:{tmp_path}/plain"):
        assert fabric_hash(load(spec)) == fabric_hash(made)
        assert load(spec).label == spec


def test_a_spec_names_a_file_or_a_kind() -> None:
    assert path_of(" file:x ") == Path("x")
    assert path_of("a/b.yaml") == Path("a/b.yaml")
    assert path_of("fat-tree:k=4") is None


def test_all_mistakes_of_a_spec_come_at_once() -> None:
    assert mistakes("leaf-spine:leafs=3,spines=0,capacity=fast,parallel=x,leaves,leaves=2") == [
        "leaf-spine:leafs=3,spines=0,capacity=fast,parallel=x,leaves,leaves=2: " + text
        for text in (
            "leafs: unknown parameter of leaf-spine 'leafs'; did you mean 'leaves'? "
            "(allowed: leaves, spines, parallel, capacity, trunk)",
            "spines: '0' is out of range (allowed: 1..4096)",
            "capacity: 'fast' is not a rate (allowed: a rate such as 400G, 100M or 1.6T)",
            "parallel: 'x' is no whole number (allowed: 1..256)",
            "leaves: 'leaves' has no value (allowed: key=value,...)",
        )
    ]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("leef-spine", "did you mean 'leaf-spine'?"),
        ("", "unknown kind of fabric ''"),
        ("10p10u:size=ful", "did you mean 'full'?"),
        ("fat-tree:k=4,k=6", "given twice"),
        ("fat-tree:k=", "no whole number"),
        ("fat-tree:k=99999999999999999999", "no whole number"),
        ("fat-tree:k=4,", "an empty parameter"),
        ("fat-tree:trunk=0", "1..4096 or none"),
        ("fat-tree:k=-2", "no whole number"),
    ],
)
def test_a_mistake_says_what_to_write(spec: str, said: str) -> None:
    (text,) = mistakes(spec)
    assert said in text


def test_a_file_given_as_a_kind_is_pointed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("fabric").write_text("x")
    assert "file:PATH" in mistakes("fabric")[0]
