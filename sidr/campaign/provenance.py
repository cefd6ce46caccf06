"""What a reader needs to run a campaign again: version, commit, fabric, timers, machine."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

import sidr
from sidr.campaign.bench import Campaign
from sidr.model.profiles import as_document

GIT_TIMEOUT_S = 5
"""git answers at once or is not worth waiting for."""

NOT_MODELLED = (
    "congestion loss (loads are reported, nothing is dropped for load)",
    "packet reordering",
    "the header bits that SIDR's tag takes",
    "queueing of messages for a busy CPU (each message has its cost, they do not wait for "
    "each other)",
    "host spraying, which may make the reaction of routing unnecessary",
)


def provenance(campaign: Campaign, command: str) -> dict[str, object]:
    """Everything about a campaign but its results. No clock in it: equal runs, equal text."""
    commit, dirty = commit_of(Path(sidr.__file__).resolve().parent)
    return {
        "command": command,
        "version": sidr.__version__,
        "commit": commit,
        "dirty": dirty,
        "seed": campaign.schedule.seed,
        "fabric_hash": campaign.schedule.fabric_hash,
        "protocols": list(campaign.protocols),
        "asn": campaign.asn,
        "prefixes": campaign.prefixes,
        "profiles": {p.name: as_document(p) for p in campaign.profiles},
        "hardware": as_document(campaign.hardware),
        "machine": {
            "platform": platform.platform(),
            "python": platform.python_version(),
            "cpus": os.cpu_count(),
        },
        "not_modelled": list(NOT_MODELLED),
    }


def commit_of(place: Path) -> tuple[str | None, bool | None]:
    """(commit, uncommitted changes) of the checkout around a folder; (None, None) outside one."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", str(place), *words],
            capture_output=True,
            text=True,
            check=True,
            timeout=GIT_TIMEOUT_S,
        ).stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")) != place.parent:
            return None, None  # installed into somebody else's checkout
        return git("rev-parse", "HEAD"), bool(git("status", "--porcelain"))
    except (OSError, subprocess.SubprocessError):
        return None, None
