"""Where a figure comes from: machine, commit and seed beside the numbers, written atomically."""

from __future__ import annotations

import json
import os
import platform
import resource
import sys
from importlib.metadata import version
from pathlib import Path

from sidr.campaign.provenance import commit_of

HERE = Path(__file__).resolve().parent


def write(name: str, seed: int | None, figures: dict[str, object]) -> Path:
    """Write bench/results/NAME.json, whole or not at all."""
    commit, dirty = commit_of(HERE.parent / "sidr")
    document = {
        "figures": figures,
        "machine": {
            "platform": platform.platform(),
            "cpus": os.cpu_count(),
            "python": platform.python_version(),
            **{package: version(package) for package in ("numpy", "numba", "networkx")},
        },
        "command": " ".join(["python", f"bench/{Path(sys.argv[0]).name}", *sys.argv[1:]]),
        "commit": commit,
        "dirty": dirty,
        "seed": seed,
    }
    place = HERE / "results" / f"{name}.json"
    place.parent.mkdir(exist_ok=True)
    beside = place.with_name(f".{place.name}.part")
    beside.write_text(json.dumps(document, indent=2) + "\n")
    beside.replace(place)
    return place


def children_peak_mib() -> float:
    """Largest resident set of any finished child process, MiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
