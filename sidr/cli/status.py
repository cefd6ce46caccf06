"""`sidr status` and `sidr down`: look into a running emulation, and end it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import click

from sidr.cli import options, output
from sidr.errors import BusError

GONE_S = 20.0
"""How long an emulation may take to end before it is killed."""
STEP_S = 0.05


@click.command()
@options.run_dir
@options.output_format
def status(run_dir: Path, format: str) -> None:
    """What a running emulation delivers at this moment: shares, detours, agents, epochs.

    \b
    Example:
        sidr status --format json
    """
    from sidr.live.control import ask

    found = ask(run_dir, "status")
    output.show(format, found, lambda: output.print_facts(_facts(found)))


def _facts(found: dict[str, Any]) -> dict[str, object]:
    """The same, a line each."""
    shown = {
        **found,
        "links_down": ", ".join(found["links_down"]) or "none",
        "switches_down": ", ".join(found["switches_down"]) or "none",
        "detours": "; ".join(_detour(d) for d in found["detours"]) or "none",
        "epochs": ", ".join(f"{epoch} ({n} agents)" for epoch, n in found["epochs"].items()),
        "bus": " ".join(f"{k}={v}" for k, v in found["bus"].items() if v not in (None, {})),
        "faults": "; ".join(found["faults"]) or "none",
        "trouble": "; ".join(found["trouble"]) or "none",
    }
    planner = found["planner"]
    if planner:
        leads = "leads" if planner["leading"] else "stands by"
        shown["planner"] = f"{planner['name']} {leads}, term {planner['term']}"
    return {key: value for key, value in shown.items() if value != {}}


def _detour(detour: dict[str, Any]) -> str:
    return f"{detour['switch']} for {', '.join(detour['groups'])} over {', '.join(detour['over'])}"


@click.command()
@options.run_dir
@options.verbosity
def down(run_dir: Path, quiet: bool, verbose: bool) -> None:
    """End a running emulation; no process, port or file of it is left.

    \b
    Example:
        sidr down
    """
    from sidr.live.control import ask
    from sidr.live.rundir import LOCK, RunDir, pid_of

    pid = pid_of(run_dir)
    if pid is None:
        ask(run_dir, "down")  # says that nobody is there
        return
    try:
        ask(run_dir, "down")
    except BusError:
        os.kill(pid, signal.SIGTERM)  # it runs, but does not listen yet or any more
    deadline = time.monotonic() + GONE_S
    while _runs(pid):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            deadline += GONE_S
        time.sleep(STEP_S)
    if (run_dir / LOCK).exists():
        RunDir(run_dir).leave()  # it could not clean up by itself
    output.remark("sidr: ended", quiet=quiet)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
