"""From what a person writes after `--bus` to a bus, or to a line that helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidr.errors import BusError
from sidr.live.connect import ALLOWED, address, connect, tls_of
from sidr.live.memory import Exchange, MemoryBus
from sidr.live.mqtt import MqttBus
from tests.live.buses import bounded
from tests.live.certificates import Authority


@bounded(20)
async def test_memory_is_the_exchange_of_this_process() -> None:
    bus = connect("memory", client="me", exchange=Exchange())
    assert isinstance(bus, MemoryBus)
    assert (bus.name, bus.client) == ("memory", "me")


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("mqtt://broker:1884", "broker", 1884),
        ("mqtt://broker", "broker", 1883),
        ("mqtts://broker", "broker", 8883),
        ("mqtt://10.0.0.1:1/", "10.0.0.1", 1),
        ("mqtt://[::1]:1883", "::1", 1883),
    ],
)
def test_a_url_names_host_and_port(url: str, host: str, port: int) -> None:
    assert address(url) == (host, port)


@pytest.mark.parametrize(
    "url",
    [
        *("", "broker", "http://broker", "mqtt:broker", "mqtt://", "mqtt://:1883", "//broker"),
        *("mqtt://broker:port", "mqtt://broker:99999", "mqtt://[::1", "mqtt://broker/topic"),
        *("mqtt://broker?tls=yes", "mqtt://me@broker", "mqtt://broker#1", "mqtt://broker:0"),
    ],
)
def test_any_other_url_is_told_what_is_allowed(url: str) -> None:
    with pytest.raises(BusError) as caught:
        connect(url, client="me", exchange=Exchange())
    assert caught.value.mistakes[0].allowed == ALLOWED
    assert caught.value.mistakes[0].where == f"--bus {url.replace('me@', '...@')}"


def test_a_password_in_a_url_is_not_shown() -> None:
    with pytest.raises(BusError) as caught:
        address("mqtt://me:secret@broker")
    assert "secret" not in str(caught.value)


@bounded(20)
async def test_a_broker_is_mqtt_with_or_without_certificates(tmp_path: Path) -> None:
    tls = Authority(tmp_path / "pki", "ca").tls("me")
    plain = connect("mqtt://broker", client="me", exchange=Exchange(), tls=tls)
    secure = connect("mqtts://broker", client="me", exchange=Exchange(), tls=tls)
    assert isinstance(plain, MqttBus)
    assert isinstance(secure, MqttBus)
    assert (plain.name, secure.name) == ("mqtt://broker:1883", "mqtts://broker:8883")


def test_tls_needs_certificates() -> None:
    with pytest.raises(BusError, match=r"no certificates given; --tls DIR"):
        connect("mqtts://broker", client="me", exchange=Exchange())


def test_the_files_of_an_identity_are_found_by_name(tmp_path: Path) -> None:
    made = Authority(tmp_path / "pki", "ca").tls("host-1")
    assert tls_of(tmp_path / "pki", "host-1") == made


def test_missing_files_are_named_all_at_once(tmp_path: Path) -> None:
    Authority(tmp_path / "pki", "ca")
    with pytest.raises(BusError, match=r"no host-1\.crt, host-1\.key; sidr secure init"):
        tls_of(tmp_path / "pki", "host-1")
