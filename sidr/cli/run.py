"""`sidr run`: a planner and one agent per switch, live, until they are told to end."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sidr import errors
from sidr.cli import INTERRUPTED, options, output
from sidr.errors import BusError, Mistake, SidrError

if TYPE_CHECKING:
    from sidr.live.emulation import Emulation, Wanted
    from sidr.live.rundir import RunDir

READY_FD = "SIDR_READY_FD"
"""Where a detached run says that it is ready, or what is wrong; set by its parent only."""


@click.command()
@click.argument("spec")
@click.option("--bus", default="memory", show_default=True, metavar="memory|mqtt|URL",
              help="Between planner and agents: in this process, mosquitto as a child, or a "
              "running broker, mqtt://HOST:PORT or mqtts://HOST:PORT.")  # fmt: skip
@click.option("--profile", default="frr-datacenter", show_default=True,
              metavar="NAME[,KEY=VALUE...]", help="Timer profile.")  # fmt: skip
@options.live_share
@click.option("--key", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="The planner's signing key.  [default: made for the run]")  # fmt: skip
@options.run_dir
@click.option("--detach", is_flag=True,
              help="Return when every agent is on an epoch; `sidr down` ends it.")  # fmt: skip
@click.option("--web", metavar="HOST:PORT", default=None,
              help="Serve a page with the fabric's map, such as 127.0.0.1:8080.")  # fmt: skip
@click.option("--web-token", metavar="TEXT", default="",
              help="Asked of every visitor; needed beyond this machine.")  # fmt: skip
@options.seed(1)
@options.verbosity
@click.pass_context
def run(ctx: click.Context, /, spec: str, **chosen: Any) -> None:
    """Run a planner and one agent per switch of a fabric, and break its links by hand.

    Agents are the cores that the simulator runs; links are emulated. Figures seen here measure
    Python: convergence times come from `sidr bench`.

    \b
    Examples:
        sidr run fat-tree:k=4
        sidr run 10p10u:size=small --bus mqtt --detach
        sidr inject cut:n0-p0-leaf0--n0-p0-agg0
    """
    run_emulation(ctx, spec, chosen)


def run_emulation(ctx: click.Context, spec: str, chosen: dict[str, Any]) -> None:
    """Run what the options ask for, here or detached, and exit with its code."""
    if chosen["detach"]:
        _detach(chosen["run_dir"], quiet=chosen["quiet"])
        return
    try:
        code = asyncio.run(_main(_wanted(spec, chosen), chosen))
    except SidrError as error:
        if not _tell_parent({"kind": type(error).__name__, "mistakes": _plain(error)}):
            raise
        code = 1
    ctx.exit(code)


def _wanted(spec: str, chosen: dict[str, Any]) -> Wanted:
    """What the options ask for, with all that is wrong about them at once."""
    from sidr.live.emulation import Wanted
    from sidr.live.share import share_of
    from sidr.model.profiles import profile
    from sidr.topology import load

    mistakes: list[Mistake] = []
    found: list[Any] = []
    for make in (lambda: load(spec), lambda: profile(chosen["profile"])):
        try:
            found.append(make())
        except SidrError as error:
            mistakes += error.mistakes
    if mistakes:
        raise SidrError(mistakes)
    fabric, timers = found
    share = share_of(fabric, chosen, is_agents="web" not in chosen)
    return Wanted(fabric, timers, bus=chosen["bus"], seed=chosen["seed"], **share)


async def _main(wanted: Wanted, chosen: dict[str, Any]) -> int:
    from sidr.live.emulation import Emulation
    from sidr.live.lookout import status
    from sidr.live.rundir import RunDir

    place = RunDir(chosen["run_dir"])
    emulation = Emulation(wanted, place)
    interrupted: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _end, emulation, interrupted, number)
    asyncio.get_running_loop().set_exception_handler(lambda _, what: _noted(emulation, what))
    web = None
    try:
        starting = asyncio.ensure_future(emulation.start())
        await _first_of(starting, emulation.ended)
        if not emulation.ended.is_set():
            web = await _serve(emulation, chosen)
            _tell_parent({"kind": "", "status": status(emulation)})
            await _watch(emulation, place, chosen)
        else:
            starting.cancel()
            await asyncio.wait([starting])
    finally:
        if web is not None:
            await web.stop()
        await emulation.stop()
    return INTERRUPTED if signal.SIGINT in interrupted else 0


def _noted(emulation: Emulation, context: dict[str, Any]) -> None:
    """An error that nobody waits for: a remark, not a traceback on the screen."""
    error = context.get("exception")
    if not isinstance(error, asyncio.CancelledError):
        emulation.say(f"error: {context['message']}: {error!r}")


def _end(emulation: Emulation, interrupted: list[int], number: int) -> None:
    interrupted.append(number)
    emulation.ended.set()


async def _first_of(starting: asyncio.Future[None], ended: asyncio.Event) -> None:
    """Wait until the start is over, well or badly, or somebody ends it."""
    end = asyncio.ensure_future(ended.wait())
    both: list[asyncio.Future[Any]] = [starting, end]
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    end.cancel()
    if starting.done():
        starting.result()


async def _serve(emulation: Emulation, chosen: dict[str, Any]) -> Any:
    if not chosen.get("web"):
        return None
    from sidr.live.web import serve

    served = await serve(emulation, chosen["web"], chosen["web_token"])
    emulation.say(f"web page at {served.url}")
    return served


async def _watch(emulation: Emulation, place: RunDir, chosen: dict[str, Any]) -> None:
    """Show what happens until somebody ends it."""
    from sidr.cli.live_view import watch_lines, watch_screen

    if sys.stderr.isatty() and not chosen["quiet"]:
        await watch_screen(emulation)
    else:
        await watch_lines(emulation, quiet=chosen["quiet"] and READY_FD not in os.environ)


# --- detached -----------------------------------------------------------------------------------


def _detach(directory: Path, *, quiet: bool) -> None:
    """Start the same command in a session of its own; return when it is ready."""
    reading, writing = os.pipe()
    words = [word for word in sys.argv[1:] if word != "--detach"]
    log = _log_file(directory)
    environ = {k: v for k, v in os.environ.items() if k not in ("SIDR_DETACH", "SIDR_RUN_DETACH")}
    try:
        child = subprocess.Popen(
            [sys.executable, "-c", "from sidr.cli import main; main()", *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=(writing,),
            env={**environ, READY_FD: str(writing)},
        )
    finally:
        os.close(writing)
        os.close(log)
    try:
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read()
    except KeyboardInterrupt:
        child.terminate()
        child.wait()
        raise
    if not said:
        code = child.wait()
        found = f"the emulation ended with code {code} before it was ready"
        raise BusError.one(str(directory), found, fix=f"see {directory / 'log'}")
    _heed(json.loads(said), directory, quiet=quiet)


def _log_file(directory: Path) -> int:
    """The log that a detached run writes to, in its directory."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(directory / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        fix = "give another directory with --run-dir"
        raise BusError.one(str(directory), f"cannot be used: {error.strerror}", fix=fix) from error


def _heed(said: dict[str, Any], directory: Path, *, quiet: bool) -> None:
    if said["kind"]:
        mistakes = [Mistake(**mistake) for mistake in said["mistakes"]]
        raise getattr(errors, said["kind"], SidrError)(mistakes)
    status = said["status"]
    text = f"{status['agents']} agents run in {directory}; end them with `sidr down`"
    output.remark(text, quiet=quiet)


def _tell_parent(said: dict[str, Any]) -> bool:
    """Tell whoever started this run detached; False = nobody did."""
    number = os.environ.get(READY_FD, "")
    if not number.isdigit():
        return False
    with suppress(OSError), os.fdopen(int(number), "w") as pipe:
        json.dump(output.plain(said), pipe)
    return True


def _plain(error: SidrError) -> list[dict[str, str]]:
    return [asdict(mistake) for mistake in error.mistakes]
