"""`sidr status` as a table, and `sidr down` when the emulation cannot help any more."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from sidr.live.rundir import pid_of
from tests.cli.emulations import SPEC, is_gone, sidr


def test_the_table_says_it_in_words_and_a_frozen_emulation_is_ended(
    tmp_path: Path,
) -> None:
    place = tmp_path / "run"
    assert sidr(place, "run", SPEC, "--detach").returncode == 0
    assert sidr(place, "inject", "cut:leaf0--spine0").returncode == 0
    table = sidr(place, "status").stdout
    assert "spine0 for leaf0 over leaf1--spine0" in " ".join(table.split())
    assert "1 (4 agents)" in " ".join(table.split())
    pid = pid_of(place)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while not is_gone(pid):
        pass
    assert sidr(place, "status").returncode == 3
    again = sidr(place, "run", SPEC, "--detach")
    assert again.returncode == 0, again.stderr
    assert sidr(place, "down").returncode == 0
    assert not place.exists()
