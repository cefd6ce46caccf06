"""mosquitto as a child: it comes back with what it kept, and leaves no process behind."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sidr.errors import BusError
from sidr.live import broker as module
from sidr.live.broker import Mosquitto, find
from sidr.live.bus import Message
from sidr.live.mqtt import MqttBus
from tests.live.at_rest import until
from tests.live.buses import bounded

PARENT = """\
import asyncio, sys
from pathlib import Path
from sidr.live.broker import Mosquitto

async def main():
    broker = Mosquitto(Path(sys.argv[1]))
    await broker.start()
    print(broker.pid, flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


def is_running(pid: int) -> bool:
    """Whether a process lives; who is dead but not collected yet does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] not in "ZX"


async def client(broker: Mosquitto, name: str) -> MqttBus:
    """A connected client."""
    bus = MqttBus("127.0.0.1", broker.port, name)
    await bus.start(10)
    return bus


@bounded(30)
async def test_it_is_a_process_on_loopback_with_an_address(broker: Mosquitto) -> None:
    assert broker.url == f"mqtt://127.0.0.1:{broker.port}"
    assert broker.pid is not None
    assert is_running(broker.pid)
    assert Path(f"/proc/{broker.pid}/comm").read_text() == "mosquitto\n"
    assert os.getsid(broker.pid) == broker.pid  # hears no Ctrl-C of our terminal


@bounded(40)
async def test_killed_it_comes_back_on_its_port_with_what_it_kept(
    broker: Mosquitto, tmp_path: Path
) -> None:
    told: list[str] = []
    broker.told = told.append
    bus, port, pid = await client(broker, "speaker"), broker.port, broker.pid
    assert pid is not None
    for topic in range(100, 200):
        bus.publish(f"kept/{topic}", b"%d" % topic, retain=True)
    await bus.drain()
    kept = tmp_path / "broker" / "mosquitto.db"
    await until(
        lambda: kept.exists() and all(b"kept/%d" % n in kept.read_bytes() for n in range(100, 200)),
        "everything is written",
    )
    os.kill(pid, signal.SIGKILL)
    await until(lambda: broker.restarts == 1, "it is back")
    assert broker.pid not in (None, pid)
    assert broker.port == port
    late, heard = await client(broker, "late"), list[Message]()
    late.subscribe("kept/+", heard.append)
    await until(lambda: len(heard) == 100, "all that was kept")
    assert {m.topic: m.payload for m in heard} == {f"kept/{n}": b"%d" % n for n in range(100, 200)}
    assert told == ["broker ended with code -9", f"broker is back, process {broker.pid}"]
    await bus.close()
    await late.close()


@bounded(40)
async def test_it_dies_with_its_parent(broker: Mosquitto, tmp_path: Path) -> None:
    place = tmp_path / "child"
    place.mkdir()
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(place), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    assert is_running(pid)
    parent.kill()
    await parent.wait()
    await until(lambda: not is_running(pid), "the child is gone")
    assert broker.pid is not None  # a child of somebody who lives


@bounded(30)
@pytest.mark.parametrize("frozen", [False, True])
async def test_stop_leaves_no_process(
    broker: Mosquitto, frozen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 3600.0)  # it ends by itself, without being killed
    pid = broker.pid
    assert pid is not None
    if frozen:
        os.kill(pid, signal.SIGSTOP)
    await broker.stop()
    assert not is_running(pid)
    assert broker.pid is None
    await broker.stop()  # once more does no harm


@bounded(30)
async def test_a_port_in_use_is_told(broker: Mosquitto, tmp_path: Path) -> None:
    with pytest.raises(BusError, match=rf"^port {broker.port}: in use; .*let the port be chosen"):
        await Mosquitto(tmp_path, broker.port).start()


@bounded(30)
async def test_a_free_port_that_is_lost_is_replaced(
    broker: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, choose = iter([broker.port]), module._free_port
    monkeypatch.setattr(module, "_free_port", lambda: next(free, None) or choose())
    second = Mosquitto(tmp_path)
    await second.start()
    assert second.port != broker.port
    await second.stop()


@bounded(30)
async def test_a_given_port_is_used(broker: Mosquitto, tmp_path: Path) -> None:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    second = Mosquitto(tmp_path, port)
    await second.start()
    assert (second.port, second.url) == (port, f"mqtt://127.0.0.1:{port}")
    await second.stop()


def test_without_mosquitto_the_line_to_install_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module, "PLACES", ())
    with pytest.raises(BusError, match=r"mosquitto: not found; .*apt-get install mosquitto"):
        find()


def test_mosquitto_is_found_where_no_path_leads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "mosquitto"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(module, "PLACES", (str(tmp_path),))
    assert find() == str(program)


@bounded(30)
async def test_a_broker_that_does_not_start_says_where_to_look(
    broker: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CONFIG", module.CONFIG + "no_such_option true\n")
    second = Mosquitto(tmp_path)
    with pytest.raises(BusError, match=r"mosquitto: does not start; see .*mosquitto\.log"):
        await second.start()
    assert second.pid is None
