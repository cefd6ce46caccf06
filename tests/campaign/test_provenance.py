"""What a result says of where it came from: enough to make it again, and no clock."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sidr
from sidr.campaign.bench import Campaign
from sidr.campaign.provenance import commit_of, provenance
from sidr.cli.output import json_text
from sidr.fault import schedule
from sidr.model.profiles import hardware, profile
from sidr.topology import fabric_hash, load

SPEC = "leaf-spine:leaves=3,spines=2"


def campaign(*profiles: str, machine: str = "linux-netns") -> Campaign:
    fabric = load(SPEC)
    made = schedule(fabric, ["cut"], sample=2, seed=7)
    names = profiles or ("tuned",)
    timers = tuple(profile(name) for name in names)
    return Campaign(fabric, made, ("sidr", "bgp"), timers, hardware(machine))


def said(made: Campaign) -> Any:
    """A provenance as it stands in the file."""
    return json.loads(json_text(provenance(made, "sidr bench x")))


def test_equal_campaigns_have_equal_provenance_to_the_byte() -> None:
    one, two = (json_text(provenance(campaign(), "sidr bench x")) for _ in range(2))
    assert one == two


def words_of(value: object) -> set[str]:
    """Every key of nested mappings."""
    if isinstance(value, dict):
        return set(value).union(*(words_of(inner) for inner in value.values()))
    return set().union(*(words_of(inner) for inner in value)) if isinstance(value, list) else set()


def test_no_key_is_about_wall_clock_time() -> None:
    keys = words_of(said(campaign()))
    assert "commit" in keys
    assert not keys & {"time", "date", "started", "finished", "elapsed_s", "wall_s", "timestamp"}


def test_it_names_what_was_run() -> None:
    made = campaign("tuned", "frr-datacenter,bfd=300msx3")
    found = said(replace(made, asn="unique", prefixes=7))
    assert found["command"] == "sidr bench x"
    assert found["version"] == sidr.__version__
    assert (found["seed"], found["asn"], found["prefixes"]) == (7, "unique", 7)
    assert found["fabric_hash"] == fabric_hash(made.fabric) == made.schedule.fabric_hash
    assert list(found["profiles"]) == ["tuned", "frr-datacenter,bfd=300msx3"]
    assert set(found["machine"]) == {"platform", "python", "cpus"}
    assert any("congestion" in line for line in found["not_modelled"])


def test_every_timer_and_cost_has_its_value_and_its_source() -> None:
    found = said(campaign("tuned", machine="linux-netns,detect=5ms"))
    sheets = [*found["profiles"].values(), found["hardware"]]
    for sheet in sheets:
        assert sheet["about"] and sheet["values"]
        for key, entry in sheet["values"].items():
            assert {"value", "text", "evidence", "source"} == set(entry), key
            assert entry["source"] and entry["evidence"], key
    detect = found["hardware"]["values"]["detect"]
    assert (detect["text"], detect["evidence"]) == ("5ms", "override")
    assert "bgp.hold" in sheets[0]["values"] and "ospf.dead" in sheets[0]["values"]


def test_it_names_the_commit_of_the_checkout_and_whether_it_is_clean(tmp_path: Path) -> None:
    def git(*words: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.invalid"]
        ran = subprocess.run(
            ["git", *who, *words], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return ran.stdout.strip()

    package = tmp_path / "package"
    package.mkdir()
    (package / "a.py").write_text("x = 1\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    assert commit_of(package) == (git("rev-parse", "HEAD"), False)
    (package / "a.py").write_text("x = 2\n")
    assert commit_of(package) == (git("rev-parse", "HEAD"), True)


def test_outside_a_checkout_there_is_no_commit(tmp_path: Path) -> None:
    assert commit_of(tmp_path) == (None, None)
    assert commit_of(tmp_path / "missing") == (None, None)


def test_a_package_inside_somebody_elses_checkout_takes_no_commit_of_theirs(
    tmp_path: Path,
) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True, capture_output=True)
    inside = tmp_path / "lib" / "site-packages" / "package"
    inside.mkdir(parents=True)
    assert commit_of(inside) == (None, None)


def test_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit_of(Path(sidr.__file__).parent) == (None, None)
