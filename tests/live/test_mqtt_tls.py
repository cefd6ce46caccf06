"""The bus over MQTT with certificates: as without them, or a line that helps."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sidr.live import broker as broker_module
from sidr.live.bus import Message
from sidr.live.tls import Tls
from tests.live.at_rest import until
from tests.live.buses import HOST, Clients, bounded, complaint, mosquitto
from tests.live.certificates import Authority


@pytest.fixture
async def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clients]:
    """A broker that wants certificates of the authority in `pki`."""
    tls = Authority(tmp_path / "pki", "good").tls("broker")
    lines = f"cafile {tls.ca}\ncertfile {tls.cert}\nkeyfile {tls.key}\nrequire_certificate true\n"
    first, rest = broker_module.CONFIG.split("\n", 1)
    monkeypatch.setattr(broker_module, "CONFIG", f"{first}\n{lines}{rest}")
    async with mosquitto(tmp_path / "secure") as broker:
        made = Clients(broker.port)
        yield made
        await made.close()


def known(pki: Path, name: str) -> Tls:
    """An identity of the authority that signed the broker's."""
    return Tls(pki / "ca.crt", pki / f"{name}.crt", pki / f"{name}.key")


@bounded(30)
async def test_with_certificates_everything_is_as_without(secure: Clients, tmp_path: Path) -> None:
    bus, heard = await secure.client("me", known(tmp_path / "pki", "broker")), list[Message]()
    assert bus.name == f"mqtts://{HOST}:{secure.port}"
    bus.subscribe("a", heard.append)
    large = os.urandom(300_000)
    bus.publish("a", large, retain=True)
    for number in range(100):
        bus.publish("a", b"%d" % number)
    await bus.drain()
    await until(lambda: len(heard) == 101, "all of them")
    assert [m.payload for m in heard] == [large, *(b"%d" % number for number in range(100))]


@bounded(30)
async def test_a_broker_of_a_foreign_authority(secure: Clients, tmp_path: Path) -> None:
    tls = Authority(tmp_path / "other", "bad").tls("me")
    line = await complaint(secure.idle("me", tls=tls))
    assert line.startswith("its certificate is not good: ")
    assert "--tls" in line


@bounded(30)
async def test_a_client_of_a_foreign_authority(secure: Clients, tmp_path: Path) -> None:
    foreign, good = Authority(tmp_path / "other", "bad").tls("me"), tmp_path / "pki" / "ca.crt"
    line = await complaint(secure.idle("me", tls=Tls(good, foreign.cert, foreign.key)))
    assert "know this client's certificate?" in line


@bounded(30)
async def test_a_client_without_tls(secure: Clients) -> None:
    assert "mqtts://" in await complaint(secure.idle("me"))


@bounded(30)
async def test_a_broker_without_tls(direct: Clients, tmp_path: Path) -> None:
    tls = Authority(tmp_path / "pki", "ca").tls("me")
    line = await complaint(direct.idle("me", tls=tls))
    assert "TLS" in line
