"""`sidr run`: detached and in the foreground; nothing of it is left, and mistakes are one line."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from sidr.live.rundir import pid_of
from tests.cli.emulations import PATIENCE_S, PROGRAM, SPEC, environment, is_gone, sidr, status
from tests.live.buses import needs_mosquitto


def test_detached_it_runs_until_it_is_told_to_end(tmp_path: Path) -> None:
    place = tmp_path / "run"
    started = sidr(place, "run", SPEC, "--detach")
    assert (started.returncode, started.stdout) == (0, "")
    assert f"4 agents run in {place}" in started.stderr
    pid = pid_of(place)
    assert pid is not None
    assert status(place)["epochs"] == {"1": 4}
    assert sidr(place, "run", SPEC, "--detach").returncode == 3
    assert sidr(place, "down", "-q").returncode == 0
    assert is_gone(pid)
    assert not place.exists()


@needs_mosquitto
def test_with_mosquitto_a_killed_broker_comes_back_and_none_is_left(tmp_path: Path) -> None:
    place = tmp_path / "run"
    assert sidr(place, "run", SPEC, "--bus", "mqtt", "--detach").returncode == 0
    broker = status(place)["bus"]["broker_pid"]
    os.kill(broker, signal.SIGKILL)
    assert sidr(place, "inject", "cut:leaf0--spine0").returncode == 0
    assert status(place)["delivered_share"] == 1.0
    deadline = time.monotonic() + PATIENCE_S
    while list(status(place)["epochs"]) != ["2"]:
        assert time.monotonic() < deadline
    broker = status(place)["bus"]["broker_pid"]
    assert sidr(place, "down").returncode == 0
    assert is_gone(broker)
    assert not place.exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_in_the_foreground_a_signal_ends_it_and_nothing_is_left(
    tmp_path: Path, number: int, code: int
) -> None:
    place = tmp_path / "run"
    running = subprocess.Popen([*PROGRAM, "run", SPEC], env=environment(place), text=True,
                               stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip
    assert running.stderr is not None
    for line in running.stderr:
        if "agents are ready" in line:
            break
    running.send_signal(number)
    running.stderr.read()
    running.stderr.close()
    assert running.wait(PATIENCE_S) == code
    assert not place.exists()


def test_all_that_is_wrong_is_told_at_once_detached_or_not(tmp_path: Path) -> None:
    for more in ([], ["--detach"]):
        words = ["run", "fat-tree:k=5", "--profile", "tunde", *more]
        failed = sidr(tmp_path / "run", *words)
        assert failed.returncode == 2
        assert "k" in failed.stderr
        assert "tuned" in failed.stderr
        assert "Traceback" not in failed.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--bus", "mqtt://127.0.0.1:1"], "connection refused"),
        (["--bus", "carrier-pigeon"], "allowed"),
        (["--bus", "mqtts://127.0.0.1:1"], "--tls"),
        (["--run-dir", "/proc/none"], "--run-dir"),
        (["--host", "a/b"], "--host"),
        (["--switches", "spin9"], "spine"),
        (["--key", "/dev/null"], "key"),
    ],
)
def test_what_the_machine_or_the_words_lack_is_one_line(
    tmp_path: Path, words: list[str], told: str
) -> None:
    failed = sidr(tmp_path / "run", "run", SPEC, *words)
    assert failed.returncode in (2, 3)
    assert told in failed.stderr
    assert len([x for x in failed.stderr.splitlines() if x.startswith("sidr:")]) == 1
    assert "Traceback" not in failed.stderr
    assert pid_of(tmp_path / "run") is None
