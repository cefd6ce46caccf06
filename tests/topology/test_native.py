"""The native format as people meet it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidr.errors import TopologyError
from sidr.topology import fabric, fabric_hash, load, save
from sidr.topology.native import write_native

FIVE = """\
host_rate: 400G
switches:
  - {name: leaf0, tier: 0}
  - {name: leaf1, tier: zero}
  - {name: spine0, tier: 1, colour: red}
links:
  - {a: leaf0, b: spin0}
  - {a: leaf0, b: spine0, capacity: fast}
  - a: leaf1
    b: spine0
    length_m: -3
"""


def test_a_file_with_five_mistakes_reports_all_five_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text(FIVE)
    with pytest.raises(TopologyError) as caught:
        load(str(path))
    assert [str(m).removeprefix(f"{path}:") for m in caught.value.mistakes] == [
        "4:switches[1].tier: found 'zero' (allowed: a whole number)",
        "5:switches[2].colour: unknown key 'colour' (allowed: name, tier, pod, plane, site, hosts)",
        "7:links[0].b: unknown switch 'spin0'; did you mean 'spine0'? "
        "(allowed: a name in switches)",
        "8:links[1].capacity: found 'fast' (allowed: a rate such as 400G, 100M or 1.6T)",
        "11:links[2].length_m: found -3 (allowed: at least 0.0)",
    ]


@pytest.mark.parametrize(
    ("file", "spec"),
    [
        ("leaf-spine-8x8.yaml", "leaf-spine:leaves=8,spines=8"),
        ("fat-tree-4.yaml", "fat-tree:k=4"),
        ("10p10u-mini.yaml", "10p10u:size=mini"),
    ],
)
def test_the_files_in_topologies_are_the_specs_that_they_name(file: str, spec: str) -> None:
    text = Path("topologies", file).read_text()
    assert spec in text.replace("\n# ", " ")
    assert fabric_hash(load(f"topologies/{file}")) == fabric_hash(load(spec))


def test_the_ring_is_irregular_and_has_its_duct() -> None:
    made = load("topologies/ring-7.yaml")
    assert (made.switches, made.links, len(made.groups), made.tiered) == (7, 11, 7, False)
    assert made.srlg_names == ("duct-east",)
    assert [made.link_name(i) for i in made.srlg_links[0]] == ["a--g", "d--e"]


def test_names_that_look_like_numbers_or_words_survive(tmp_path: Path) -> None:
    names = ["1", "2.5", "null", "true", "1e5", "no", "-".join("ab")]
    made = fabric("x", names=names, a=[0] * 6, b=[1, 2, 3, 4, 5, 6])
    save(made, tmp_path / "f.yaml")
    assert load(f"{tmp_path}/f.yaml").names == made.names


def test_fields_that_equal_their_default_are_left_out() -> None:
    text = write_native(load("fat-tree:k=2"))
    assert "  - {name: core0, tier: 2}\n" in text
    assert "  - {a: p0-leaf0, b: p0-agg0}\n" in text
    assert "  - {a: p0-agg0, b: core0, length_m: 100}\n" in text


def test_a_fabric_without_links_survives(tmp_path: Path) -> None:
    made = fabric("x", names=["a"], a=[], b=[])
    save(made, tmp_path / "f.yaml")
    assert fabric_hash(load(f"{tmp_path}/f.yaml")) == fabric_hash(made)


def test_native_files_may_be_json(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text('{"switches": [{"name": "a"}, {"name": "b"}],\n "links": [1]}')
    with pytest.raises(TopologyError, match=r"f.json:2:links\[0\]: found 1 .allowed: a mapping"):
        load(f"{tmp_path}/f.json")
