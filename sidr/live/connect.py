"""From what a person writes after `--bus` to a bus."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sidr.errors import BusError
from sidr.live.bus import Bus, Will
from sidr.live.memory import Exchange, MemoryBus

if TYPE_CHECKING:
    from sidr.live.tls import Tls

ALLOWED = "memory, mqtt, mqtt://HOST[:PORT] or mqtts://HOST[:PORT]"
PORTS = {"mqtt": 1883, "mqtts": 8883}


def connect(
    url: str,
    *,
    client: str,
    exchange: Exchange,
    will: Will | None = None,
    tls: Tls | None = None,
) -> Bus:
    """A client's bus, not started yet.

    Args:
        url: `memory`, or a broker's.
        client: a name that nobody else has on this bus. exchange: the bus called `memory`.
        tls: files for `mqtts`.

    Raises:
        BusError: no such bus, or files that cannot be used.
    """
    if url == "memory":
        return MemoryBus(exchange, client, will)
    host, port = address(url)
    secure = url.startswith("mqtts")
    if secure and tls is None:
        raise BusError.one(url, "no certificates given", fix="--tls DIR, see `sidr secure init`")
    from sidr.live.mqtt import MqttBus

    return MqttBus(host, port, client, will=will, tls=tls if secure else None)


def address(url: str) -> tuple[str, int]:
    """Host and port of a broker's URL.

    Raises:
        BusError: it is none.
    """
    where = "--bus " + re.sub(r"//[^/]*@", "//...@", url)  # shows no password
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BusError.one(where, str(error), ALLOWED) from error
    extra = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in PORTS or not parts.hostname or port == 0 or extra:
        raise BusError.one(where, "no such bus", ALLOWED)
    return parts.hostname, port or PORTS[parts.scheme]


def tls_of(directory: Path, name: str) -> Tls:
    """The files of an identity in a directory that `sidr secure init` made.

    Raises:
        BusError: some are missing.
    """
    from sidr.live.tls import Tls

    found = Tls(directory / "ca.crt", directory / f"{name}.crt", directory / f"{name}.key")
    missing = [path.name for path in (found.ca, found.cert, found.key) if not path.is_file()]
    if missing:
        fix = f"sidr secure init {directory} --hosts {name}"
        raise BusError.one(f"--tls {directory}", f"no {', '.join(missing)}", fix=fix)
    return found
