"""`sidr agents`: a share of the agents in another process."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from tests.cli.emulations import PATIENCE_S, PROGRAM, SPEC, environment, sidr, status
from tests.live.buses import mosquitto, needs_mosquitto


@needs_mosquitto
async def test_two_processes_run_one_fabric(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    async with mosquitto(tmp_path / "broker") as broker:
        words = ["--bus", broker.url, "--detach"]
        share = ["--switches", "leaf*", "--host", "one"]
        main = subprocess.Popen(
            [*PROGRAM, "run", SPEC, *words, *share], env=environment(one), stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + PATIENCE_S
        public = one / "planner.pub"
        while not public.exists() or not public.read_text():
            assert time.monotonic() < deadline
        there = sidr(two, "agents", SPEC, *words, "--switches", "spine*", "--host", "two",
                     "--key", str(public))  # fmt: skip
        assert there.returncode == 0, there.stderr
        assert main.wait(PATIENCE_S) == 0
        seen = status(one)
        assert (seen["agents"], seen["delivered_share"]) == (4, 1.0)
        assert status(two)["delivered_share"] is None, "it sees a part only"
        assert sidr(one, "inject", "cut:leaf0--spine1").returncode == 0
        while status(two)["links_down"] != ["leaf0--spine1"]:
            assert time.monotonic() < deadline
        refused = sidr(two, "inject", "cut:leaf1--spine1")
        assert (refused.returncode, "where the planner runs" in refused.stderr) == (2, True)
        for place in (two, one):
            assert sidr(place, "down").returncode == 0


def test_the_key_and_a_broker_are_asked_for(tmp_path: Path) -> None:
    failed = sidr(tmp_path / "run", "agents", SPEC)
    assert failed.returncode == 2
    assert "--bus" in failed.stderr
