"""What a look at an emulation holds: fixed names and types, ready for JSON."""

from __future__ import annotations

import json
from pathlib import Path

from sidr.cli.output import json_text
from sidr.live.emulation import Emulation, Wanted
from sidr.live.lookout import agents, epochs, snapshot, stale, status
from sidr.live.rundir import RunDir
from sidr.model.profiles import profile
from sidr.topology import load
from tests.live.at_rest import FAST, until

FABRIC = load("leaf-spine:leaves=3,spines=2")
TYPES = {
    "delivered_share": float,
    "pairs_affected": int,
    "links_down": list,
    "detours": list,
    "agents": int,
    "agents_stale": int,
    "epochs": dict,
    "bus": dict,
}


async def test_names_and_types_are_fixed_and_a_bug_is_told(tmp_path: Path) -> None:
    every = tuple(range(FABRIC.switches))
    emulation = Emulation(Wanted(FABRIC, profile(FAST), every), RunDir(tmp_path / "run"))
    await emulation.start()
    seen = json.loads(json_text(status(emulation)))
    assert {name: type(seen[name]) for name in TYPES} == TYPES
    assert (seen["delivered_share"], seen["agents"], seen["epochs"]) == (1.0, 5, {"1": 5})
    emulation.inject("cut:leaf0--spine1")
    seen = snapshot(emulation)
    assert seen["links_down"] == ["leaf0--spine1"]
    assert seen["detours"] == ["leaf1--spine1", "leaf2--spine1"]
    assert seen["log"][-1]["text"] == "link-down leaf0--spine1"
    emulation.host.kill(0)
    assert (agents(emulation), stale(emulation)) == (4, 1)
    await until(lambda: epochs(emulation) == {"2": 5}, "tables are prepared even for the dead")
    await emulation.stop()
