"""A campaign that is stopped: what is done is kept and marked, and nothing and nobody is left."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from sidr.cli import main

SPEC = "leaf-spine:leaves=4,spines=4"
TRIALS = 3000
"""Minutes of work, of which only the first moments are done."""
DEADLINE_S = 60
PROGRAM = (sys.executable, "-c", "from sidr.cli import main; main()")
WORKER = b"--multiprocessing-fork"
"""In the command line of every worker."""
STEPS = re.compile(r"(\d+)/(\d+)")


class Campaign:
    """A long campaign in a session and on a terminal of its own, as if started by hand."""

    def __init__(self, place: Path, workers: int) -> None:
        self.screen = ""
        self._terminal, theirs = pty.openpty()
        words = ["bench", SPEC, "--protocols", "sidr,ospf", "--profile", "tuned", "-o", "out"]
        words += ["--faults", f"cut,repeat={TRIALS}", "--workers", str(workers)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("SIDR_")}
        self.process = subprocess.Popen(
            [*PROGRAM, *words],
            cwd=place,
            env={**environment, "TERM": "xterm", "COLUMNS": "100"},
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def steps(self) -> int:
        """How many rows the bar on the terminal says are done."""
        self._read()
        shown = STEPS.findall(self.screen)
        return int(shown[-1][0]) if shown else 0

    def is_over(self) -> bool:
        """Whether the program has ended; what it prints meanwhile is read."""
        self._read()
        return self.process.poll() is not None

    def workers(self) -> list[int]:
        """The process numbers of its workers."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has ended meanwhile
                ours = os.getpgid(int(place.name)) == self.process.pid
                if ours and WORKER in (place / "cmdline").read_bytes():
                    found.append(int(place.name))
        return found

    def is_alone(self) -> bool:
        """Whether no process of its session's group is left."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, 0)
            return False
        return True

    def _read(self) -> None:
        with suppress(OSError):  # the terminal's other end is closed
            while select.select([self._terminal], [], [], 0.02)[0]:
                text = os.read(self._terminal, 1 << 16)
                if not text:
                    return
                self.screen += text.decode(errors="replace")

    def end(self) -> None:
        """Leave nothing behind, however the test went."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._terminal)


def until(fact: Callable[[], bool]) -> None:
    """Wait for a fact, in small steps."""
    limit = time.monotonic() + DEADLINE_S
    while not fact():
        assert time.monotonic() < limit, "waited too long"
        time.sleep(0.01)


@pytest.mark.parametrize("group", [True, False], ids=["terminal", "program"])
@pytest.mark.parametrize(("workers", "shown"), [(1, 6), (2, 2), (2, 12)])
def test_ctrl_c_leaves_a_valid_part_of_the_results(
    tmp_path: Path, workers: int, shown: int, group: bool
) -> None:
    campaign = Campaign(tmp_path, workers)
    try:
        until(lambda: campaign.steps() >= shown)
        if group:  # as a terminal does, to everyone in the foreground
            os.killpg(campaign.process.pid, signal.SIGINT)
        else:
            campaign.process.send_signal(signal.SIGINT)
        until(campaign.is_over)
        until(campaign.is_alone)
    finally:
        campaign.end()
    assert campaign.process.returncode == 130, campaign.screen
    assert "Traceback" not in campaign.screen
    assert "interrupted: out holds the trials done, marked incomplete" in campaign.screen
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    check_part(tmp_path / "out")


def test_a_killed_worker_leaves_a_valid_part_of_the_results(tmp_path: Path) -> None:
    campaign = Campaign(tmp_path, 2)
    try:
        until(lambda: campaign.steps() >= 12)
        os.kill(campaign.workers()[0], signal.SIGKILL)
        until(campaign.is_over)
        until(campaign.is_alone)
    finally:
        campaign.end()
    assert campaign.process.returncode == 3, campaign.screen
    assert "Traceback" not in campaign.screen
    reason = "a worker process died, probably for want of memory; use fewer --workers"
    told = f"sidr: {reason}: out holds the trials done, marked incomplete"
    assert campaign.screen.count(told) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    check_part(tmp_path / "out")


def check_part(out: Path) -> None:
    """A directory holds some whole trials, says so, and they can be run again."""
    summary = json.loads((out / "summary.json").read_text())
    assert summary["incomplete"] is True
    with (out / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    trials = sorted({int(row["trial"]) for row in rows})
    assert len(rows) == 2 * len(trials)
    assert 1 <= len(trials) < TRIALS
    assert summary["protocols"]["sidr"]["faults"] == len(trials)
    assert (out / "scenario.yaml").read_text().count("\n- number: ") == TRIALS
    words = ["replay", str(out), "--fault", str(trials[-1]), "--format", "json"]
    replayed = CliRunner().invoke(main, words)
    assert replayed.exit_code == 0, replayed.output
    assert json.loads(replayed.stdout)["equal"] is True


def test_ctrl_c_before_the_first_trial_is_done_writes_nothing(tmp_path: Path) -> None:
    campaign = Campaign(tmp_path, 1)
    try:
        until(lambda: f"0/{2 * TRIALS}" in campaign.screen or campaign.steps() > 0)
        campaign.process.send_signal(signal.SIGINT)
        until(campaign.is_over)
    finally:
        campaign.end()
    assert campaign.process.returncode == 130
    assert "Traceback" not in campaign.screen
    left = [path.name for path in tmp_path.iterdir()]
    assert left == [] if "nothing is written" in campaign.screen else left == ["out"]
