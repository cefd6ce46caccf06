"""mosquitto as a child process, on a free port of loopback.

Its config and its data stand in a directory that the caller owns. A child that dies is started
again on the same port; it dies with this process. Retained messages survive its death because
every change is written soon; nothing is dropped because queues have no bound.
"""

from __future__ import annotations

import asyncio
import errno
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from sidr.errors import BusError
from sidr.live.bus import PAYLOAD_MAX

LOOPBACK = "127.0.0.1"
PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
"""Where mosquitto may be though no PATH names it."""
INSTALL = "install it: apt-get install mosquitto"
STEP_S = 0.02
"""Between looks at a child that starts, lives or ends."""
PATIENCE_S = 10.0
"""How long a child may take to listen, and to end."""
BACKOFF_S = 0.3
"""Before a child that died is started again."""
TRIES = 3
"""How many free ports are tried: somebody else may take one before the child does."""
LAUNCH = """\
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""
"""What the child does before it becomes mosquitto: it dies when its parent does. Not a function
between fork and exec, where a lock of another thread may be held for ever."""

CONFIG = """\
listener {port} {host}
user {user}
allow_anonymous true
persistence true
persistence_location {directory}/
persistence_file mosquitto.db
autosave_on_changes true
autosave_interval 1
max_queued_messages 0
max_inflight_messages 0
message_size_limit {limit}
set_tcp_nodelay true
log_dest file {directory}/mosquitto.log
log_type error
log_type warning
log_type notice
"""


class Mosquitto:
    """A broker of our own.

    Args:
        directory: for its config, log and data. port: 0 = a free one.

    Attributes:
        port: where it listens. restarts: how often it had to be started again.
        told: takes a remark when it dies or is back.
    """

    def __init__(self, directory: Path, port: int = 0) -> None:
        self.port, self.restarts = port, 0
        self.told: Callable[[str], None] = lambda text: None
        self._directory = directory.absolute()
        self._child: subprocess.Popen[bytes] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The child's process, None while there is none."""
        running = self._child is not None and self._child.poll() is None
        return self._child.pid if running and self._child else None

    async def start(self) -> None:
        """Start it; returns when it listens.

        Raises:
            BusError: there is no mosquitto, the port is taken, or it does not start.
        """
        program = find()
        config = self._directory / "mosquitto.conf"
        tries = 1 if self.port else TRIES
        while True:
            tries -= 1
            port = self.port or _free_port()
            config.write_text(_config(self._directory, port), encoding="utf-8")
            try:
                _must_be_free(port)
                await self._spawn(program, config, port)
                break
            except BusError:
                if not tries:
                    raise
        self.port = port
        self._task = asyncio.get_running_loop().create_task(self._supervise(program, config))

    async def _spawn(self, program: str, config: Path, port: int) -> None:
        launch = [sys.executable, "-I", "-S", "-c", LAUNCH, str(os.getpid())]
        self._child = child = subprocess.Popen(
            [*launch, program, "-c", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # hears no Ctrl-C
        )
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while not await _listens(port):
            late = asyncio.get_running_loop().time() > deadline
            if child.poll() is not None or late:
                await self._end(child)
                raise BusError.one("mosquitto", "does not start", fix=self._last_words())
            await asyncio.sleep(STEP_S)

    def _last_words(self) -> str:
        log = self._directory / "mosquitto.log"
        lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
        errors = [line.split("Error: ", 1)[1] for line in lines if "Error: " in line]
        return f"see {log}" + (f": {errors[-1]}" if errors else "")

    async def _supervise(self, program: str, config: Path) -> None:
        """Start the child again whenever it has died."""
        while True:
            await asyncio.sleep(STEP_S)
            if self._child is None or self._child.poll() is None:
                continue
            self.told(f"broker ended with code {self._child.returncode}")
            await asyncio.sleep(BACKOFF_S)
            with suppress(BusError):
                await self._spawn(program, config, self.port)
                self.restarts += 1
                self.told(f"broker is back, process {self.pid}")

    async def stop(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        if self._child is not None:
            await self._end(self._child)

    async def _end(self, child: subprocess.Popen[bytes]) -> None:
        if child.poll() is not None:
            return
        child.send_signal(signal.SIGCONT)  # it may have been frozen
        child.terminate()
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while child.poll() is None:
            if asyncio.get_running_loop().time() > deadline:
                child.kill()
            await asyncio.sleep(STEP_S)


def _config(directory: Path, port: int) -> str:
    return CONFIG.format(
        port=port,
        host=LOOPBACK,
        directory=directory,
        limit=2 * PAYLOAD_MAX,
        user=pwd.getpwuid(os.geteuid()).pw_name,  # else root's child becomes somebody else
    )


def find() -> str:
    """The path of mosquitto.

    Raises:
        BusError: there is none.
    """
    path = os.environ.get("PATH", "")
    found = shutil.which("mosquitto", path=os.pathsep.join([path, *PLACES]))
    if found is None:
        raise BusError.one("mosquitto", "not found", fix=INSTALL)
    return found


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _must_be_free(port: int) -> None:
    """Raises:
    BusError: nobody can listen there.
    """
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            found = "in use" if error.errno == errno.EADDRINUSE else str(error.strerror).lower()
            fix = "end what listens there, or let the port be chosen"
            raise BusError.one(f"port {port}", found, fix=fix) from error


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError:
        return False
    writer.close()
    return True
