"""Names of topics: `sidr/v1/<fabric>/...`, as the hash of the fabric and the planner's key begins.

A process that carries several switches has one connection and one identity, its host's, so its
switches' topics stand below `h/<host>/`; with a connection per agent, they stand alone.
"""

from __future__ import annotations

import hashlib
import re

VERSION = 1
HASH_DIGITS = 16
"""Hex digits of the fabric's hash in a topic; the whole hash stands in every signed message."""
HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


def realm_of(fabric_hash: str, public: bytes) -> str:
    """What stands for a fabric on a bus: its hash and the planner's public key, hashed again (hex);
    so emulations of one fabric that have other keys never meet."""
    return hashlib.sha256(bytes.fromhex(fabric_hash) + public).hexdigest()


class Topics:
    """The topics of one fabric, below one host or none.

    Args:
        fabric_hash: hex, see `realm_of`. host: "" = switches speak for themselves.
    """

    def __init__(self, fabric_hash: str, host: str = "") -> None:
        self.root = f"sidr/v{VERSION}/{fabric_hash[:HASH_DIGITS]}"
        self._below = f"{self.root}/h/{host}" if host else self.root
        self.commit = f"{self.root}/planner/commit"
        self.lease = f"{self.root}/planner/lease"
        self.host_status = f"{self.root}/h/{host}/status"
        self.host_command = f"{self.root}/h/{host}/cmd"

    def plan(self, switch: int | str, slot: int | str) -> str:
        """The table of a switch for one of its two slots."""
        return f"{self._below}/sw/{switch}/plan/{slot}"

    def of(self, switch: int | str, what: str) -> str:
        """`ack`, `ports`, `status` or `cmd` of a switch."""
        return f"{self._below}/sw/{switch}/{what}"

    def response(self, client: str) -> str:
        """Where the answers to a client's commands go."""
        return f"{self.root}/resp/{client}"

    def switch_of(self, topic: str) -> int | None:
        """The switch that a topic is about; None = about none."""
        parts = topic.removeprefix(self.root + "/").split("/")
        if parts[:1] == ["h"]:
            parts = parts[2:]
        known = len(parts) > 1 and parts[0] == "sw" and parts[1].isdigit()
        return int(parts[1]) if known and len(parts[1]) < 7 else None

    def everywhere(self, what: str) -> tuple[str, str]:
        """The filters for `sw/<any>/WHAT` with and without a host."""
        return f"{self.root}/h/+/sw/+/{what}", f"{self.root}/sw/+/{what}"
