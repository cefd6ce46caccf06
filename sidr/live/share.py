"""Which part of an emulation a process runs, from what a person asked for."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sidr.errors import BusError, Mistake
from sidr.fault.targets import switches as switches_of
from sidr.live.keys import load_key, load_public
from sidr.live.topics import HOST
from sidr.model.fabric import Fabric


def share_of(fabric: Fabric, chosen: Mapping[str, Any], *, is_agents: bool) -> dict[str, Any]:
    """Fields of `emulation.Wanted`: switches, host name, keys, kind of connections.

    Args:
        is_agents: the key is the planner's public one, since it runs elsewhere.

    Raises:
        BusError: a host name that topics cannot carry, files that hold no key. FaultError: a glob
            that no switch matches.
    """
    host = chosen["host"] or default_host()
    if not HOST.fullmatch(host):
        allowed = "letters, digits, dots, dashes and underscores, at most 63"
        raise BusError([Mistake("--host", f"{host!r}", allowed)])
    glob = chosen["switches"]
    every = range(fabric.switches)
    mine = every if glob == "*" else switches_of(fabric, glob, "--switches").ids.tolist()
    found: dict[str, Any] = {"mine": tuple(mine), "host": host}
    found["alone"] = chosen["per_agent_connections"]
    found["address"] = chosen["address"]
    if chosen["key"] and is_agents:
        found["public"] = load_public(Path(chosen["key"]))
    elif chosen["key"]:
        found["key"] = load_key(Path(chosen["key"]))
    if chosen["tls"]:
        from sidr.live.connect import tls_of

        found["tls"] = tls_of(Path(chosen["tls"]), host)
    return found


def default_host() -> str:
    """This machine's name, as far as topics can carry it."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())[:63].lstrip("._-") or "host"
