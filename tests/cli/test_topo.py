"""`sidr topo` from the outside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sidr.cli import main
from sidr.topology import fabric_hash, load


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["topo", *arguments])


def test_show_prints_the_promised_fields_with_their_types() -> None:
    result = run("show", "10p10u:size=full", "--format", "json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (found["switches"], found["links"], found["hosts"]) == (5120, 131072, 2048)
    assert found["capacity_bps"] >= 10**16
    assert found["latency_ns_max"] < 10_000
    counts = ["groups", "capacity_bps", "latency_ns_max", "diameter_hops", "planes", "srlgs"]
    assert all(type(found[key]) is int for key in counts)
    assert len(bytes.fromhex(found["hash"])) == 32


def test_show_draws_a_table_by_default() -> None:
    result = run("show", "fat-tree:k=4")
    assert result.exit_code == 0
    assert "latency_ns_max" in result.stdout


def test_list_names_every_kind_with_its_parameters() -> None:
    found = json.loads(run("list", "--format", "json").stdout)
    kinds = {entry["kind"]: entry["parameters"] for entry in found["kinds"]}
    assert {"leaf-spine", "fat-tree", "clos", "10p10u"} <= set(kinds)
    assert all({"capacity", "trunk"} <= set(parameters) for parameters in kinds.values())
    assert "topologies/ring-7.yaml" in found["files"]
    assert "leaf-spine" in run("list").stdout


def test_list_works_where_there_are_no_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("list", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["files"] == []


def test_check_says_ok_or_what_is_wrong(tmp_path: Path) -> None:
    assert run("check", "fat-tree").exit_code == 0
    path = tmp_path / "apart.yaml"
    path.write_text("switches: [{name: a}, {name: b}]\n")
    broken = run("check", str(path))
    assert broken.exit_code == 1
    assert "falls apart" in broken.stdout
    found = json.loads(run("check", str(path), "--format", "json").stdout)
    assert found["ok"] is False
    assert len(found["complaints"]) == 1


def test_all_mistakes_of_a_file_are_printed_with_exit_code_2(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(
        "switches: [{name: a}, {name: a}, {nam: b}]\nlinks:\n  - {a: a, b: z}\n  - {a: a, b: a}\n"
    )
    result = run("check", str(path))
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = [
        line.removeprefix(f"sidr: {path}:").split(": ")[0] for line in result.stderr.splitlines()
    ]
    assert lines == [
        "1:switches[1].name",
        "1:switches[2].nam",
        "1:switches[2].name",
        "3:links[0].b",
        "4:links[1].b",
    ]


@pytest.mark.parametrize("name", ["f.yaml", "f.json"])
def test_convert_keeps_the_hash(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    result = run("convert", "leaf-spine:parallel=2", "-o", str(path))
    assert result.exit_code == 0
    assert result.stdout == ""
    assert fabric_hash(load(str(path))) == fabric_hash(load("leaf-spine:parallel=2"))


def test_convert_overwrites_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("mine")
    refused = run("convert", "fat-tree", "-o", str(path))
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert path.read_text() == "mine"
    assert run("convert", "fat-tree", "-o", str(path), "--force").exit_code == 0
    assert path.read_text() != "mine"


def test_convert_says_what_a_fabric_does_not_keep(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("switches: [{name: a, radix: 2}, {name: b}]\nlinks: [{a: a, b: b}]\n")
    result = run("convert", str(path))
    assert "radix" not in result.stdout
    assert "lost: radix is checked when a file is read" in result.stderr


def test_check_refuses_a_switch_with_more_ports_than_it_has(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("switches:\n- {name: a, radix: 1}\n- {name: b}\nlinks: [{a: a, b: b}]\n")
    result = run("check", str(path))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"sidr: {path}:2:switches[0].radix: 'a' has 2 ports in use")


def test_convert_without_output_prints_the_file() -> None:
    assert run("convert", "fat-tree").stdout.startswith("host_rate: 400G\n")
    assert json.loads(run("convert", "fat-tree", "--to", "node-link").stdout)["multigraph"] is True


def test_schema_is_json_schema() -> None:
    assert "switches" in json.loads(run("schema").stdout)["properties"]
