"""`sidr plan`: its figures, and a file that `sidr verify` reads."""

from __future__ import annotations

import json
from pathlib import Path
from types import NoneType

import pytest
from click.testing import CliRunner, Result

from sidr.cli import main
from sidr.plan import plan as make
from sidr.plan import store
from sidr.topology import load

FIELDS = {
    "switches": int,
    "groups": int,
    "epoch": int,
    "order_id": str,
    "table_bytes_max": int,
    "table_bytes_total": int,
    "plan_s": float,
    "certificate": NoneType,
}
"""What others may rely on; more fields are welcome."""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def facts(*arguments: str) -> dict[str, object]:
    done = run("plan", *arguments, "--format", "json", "-q")
    assert (done.exit_code, done.stderr) == (0, "")
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("spec", "switches", "groups"),
    [
        ("fat-tree:k=4", 20, 8),
        ("leaf-spine:leaves=3,spines=2", 5, 3),
        ("topologies/ring-7.yaml", 7, 7),
        ("10p10u:size=small", 160, 64),
    ],
)
def test_json_has_the_promised_fields_of_the_plan(spec: str, switches: int, groups: int) -> None:
    found, made = facts(spec), make(load(spec))
    sizes = [len(table) for table in made.tables]
    assert {name: type(found[name]) for name in FIELDS} == FIELDS
    assert (found["switches"], found["groups"], found["epoch"]) == (switches, groups, 1)
    assert (found["table_bytes_max"], found["table_bytes_total"]) == (max(sizes), sum(sizes))
    assert len(sizes) == switches
    assert found["order_id"] == f"{made.order_id:016x}"
    assert isinstance(found["plan_s"], float) and found["plan_s"] > 0


def test_the_same_fabric_gives_the_same_figures_and_another_another_order() -> None:
    one, two, other = facts("fat-tree:k=4"), facts("fat-tree:k=4"), facts("leaf-spine")
    for found in (one, two, other):
        del found["plan_s"]
    assert one == two
    assert one["order_id"] != other["order_id"]


def test_the_table_names_the_fabric_and_every_figure() -> None:
    done = run("plan", "fat-tree:k=4", "-q")
    assert done.stdout.splitlines()[0].strip() == "fat-tree:k=4"
    names = [line.split()[0] for line in done.stdout.splitlines()[1:]]
    assert set(names) >= set(FIELDS)


def test_a_saved_plan_is_the_plan_and_nothing_stands_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "it.plan"
    found = facts("fat-tree:k=4", "-o", str(path))
    assert [entry.name for entry in tmp_path.iterdir()] == ["it.plan"]
    back = store.load(path)
    assert back.tables == make(load("fat-tree:k=4")).tables
    assert found["order_id"] == f"{back.order_id:016x}"


def test_verify_reads_a_saved_plan_as_it_plans_the_fabric(tmp_path: Path) -> None:
    path = tmp_path / "it.plan"
    facts("fat-tree:k=4", "-o", str(path))
    asked = ("--failures", "switches", "--format", "json", "-q")
    planned, read = run("verify", "fat-tree:k=4", *asked), run("verify", str(path), *asked)
    assert planned.exit_code == read.exit_code == 0
    assert read.stdout == planned.stdout
    assert json.loads(read.stdout)["fabric"] == "fat-tree:k=4"


def test_verify_reads_the_plan_and_not_the_fabrics_file(tmp_path: Path) -> None:
    fabric, path = tmp_path / "ring.yaml", tmp_path / "it.plan"
    fabric.write_text(Path("topologies/ring-7.yaml").read_text())
    facts(str(fabric), "-o", str(path))
    fabric.unlink()
    done = run("verify", str(path), "--format", "json", "-q")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["sets"] == load("topologies/ring-7.yaml").links


def test_verify_refuses_a_damaged_plan(tmp_path: Path) -> None:
    path = tmp_path / "it.plan"
    facts("fat-tree:k=4", "-o", str(path))
    path.write_bytes(path.read_bytes()[:-1])
    done = run("verify", str(path), "-q")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"sidr: {path}: is damaged")


def test_an_existing_file_is_replaced_by_force_only(tmp_path: Path) -> None:
    path = tmp_path / "it.plan"
    path.write_text("mine")
    refused = run("plan", "fat-tree:k=4", "-o", str(path))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == f"sidr: {path}: exists already; give --force to overwrite it\n"
    assert path.read_text() == "mine"
    facts("fat-tree:k=4", "-o", str(path), "--force")
    assert store.is_plan(path)


def test_uncertified_leaves_the_certificate_out() -> None:
    assert facts("fat-tree:k=4", "--uncertified")["certificate"] is None
