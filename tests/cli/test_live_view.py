"""The terminal's picture of an emulation."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from sidr.cli.live_view import picture, strip
from sidr.live.emulation import Emulation, Wanted
from sidr.live.rundir import RunDir
from sidr.model.profiles import profile
from sidr.topology import load
from tests.live.at_rest import FAST

FABRIC = load("leaf-spine:leaves=3,spines=2")


def test_shares_are_bars() -> None:
    assert strip([0.0, 0.5, 1.0]) == "share     ▄█"
    assert len(strip([1.0] * 500)) < 80


async def test_it_shows_what_is_down_the_detours_and_the_last_remarks(tmp_path: Path) -> None:
    every = tuple(range(FABRIC.switches))
    emulation = Emulation(Wanted(FABRIC, profile(FAST), every), RunDir(tmp_path / "run"))
    await emulation.start()
    emulation.inject("cut:leaf0--spine1")
    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(picture(emulation))
    text = console.export_text()
    assert "down     leaf0--spine1" in text
    assert "detours  spine1 for leaf0" in text
    assert "delivered 1.000000" in text
    assert "tier 1   2 switches, 5/6 ports" in text
    assert "link-down leaf0--spine1" in text
    await emulation.stop()
