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
        "5:switches[2].colour: unknown key 'colour' "
        "(allowed: name, tier, pod, plane, site, hosts, radix)",
        "7:links[0].b: unknown switch 'spin0'; did you mean 'spine0'? "
        "(allowed: a name in switches)",
        "8:links[1].capacity: found 'fast' (allowed: a rate such as 400G, 100M or 1.6T)",
        "11:links[2].length_m: found -3 (allowed: at least 0.0)",
    ]


CROWDED = """\
switches:
  - {name: leaf0, tier: 0, hosts: 2, radix: 3}
  - {name: leaf1, tier: 0, radix: 2}
  - {name: spine0, tier: 1, radix: 2}
links:
  - {a: leaf0, b: spine0, a_port: 1, b_port: Ethernet1/1}
  - {a: spine0, b: leaf0, b_port: "1"}
  - {a: leaf1, b: spine0, b_port: Ethernet1/1}
"""


def test_switches_with_too_many_ports_and_ports_with_two_links_come_with_their_lines(
    tmp_path: Path,
) -> None:
    path = tmp_path / "f.yaml"
    path.write_text(CROWDED)
    with pytest.raises(TopologyError) as caught:
        load(str(path))
    fix = "take links or hosts away, or correct the radix"
    assert [str(m).removeprefix(f"{path}:") for m in caught.value.mistakes] == [
        "2:switches[0].radix: 'leaf0' has 4 ports in use (2 for links, 2 for hosts), "
        f"its radix is 3; {fix}",
        "4:switches[2].radix: 'spine0' has 3 ports in use (3 for links, 0 for hosts), "
        f"its radix is 2; {fix}",
        "7:links[1].b_port: port '1' of 'leaf0' stands twice; links[0].a_port has it",
        "8:links[2].b_port: port 'Ethernet1/1' of 'spine0' stands twice; links[0].b_port has it",
    ]


def test_radix_and_ports_leave_the_hash_alone(tmp_path: Path) -> None:
    bare, full = tmp_path / "bare.yaml", tmp_path / "full.yaml"
    bare.write_text("switches: [{name: a}, {name: b}]\nlinks: [{a: a, b: b}]\n")
    full.write_text(
        "switches: [{name: a, radix: 2}, {name: b, radix: 64}]\n"
        "links: [{a: a, b: b, a_port: 0, b_port: et-0/0/1:2}]\n"
    )
    assert fabric_hash(load(str(bare))) == fabric_hash(load(str(full)))


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
