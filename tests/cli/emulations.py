"""Real emulations for tests of the command line: processes of their own, ended afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = (sys.executable, "-c", "from sidr.cli import main; main()")
SPEC = "leaf-spine:leaves=2,spines=2"
PATIENCE_S = 60


def environment(place: Path) -> dict[str, str]:
    """The environment of a user whose run directory is `place`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SIDR_")}
    return {**kept, "SIDR_RUN_DIR": str(place), "COLUMNS": "200"}


def sidr(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run([*PROGRAM, *words], capture_output=True, text=True, timeout=PATIENCE_S,
                          env=environment(place), cwd=place.parent)  # fmt: skip


def status(place: Path) -> dict[str, Any]:
    """What `sidr status` says."""
    found: dict[str, Any] = json.loads(sidr(place, "status", "--format", "json").stdout)
    return found


def is_gone(pid: int) -> bool:
    """Whether there is no such process any more."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
