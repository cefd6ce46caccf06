"""What a person sees of a running emulation in the terminal: a screen, or lines."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Group

    from sidr.live.emulation import Emulation

LOG_SHOWN = 10
NAMES_SHOWN = 6
STRIP_COLUMNS = 60
BARS = " ▁▂▃▄▅▆▇█"
FRAME_S = 0.25
"""Least time between two pictures."""


async def watch_lines(emulation: Emulation, *, quiet: bool) -> None:
    """Write every remark as a line on stderr until the emulation ends."""
    shown = 0
    while True:
        lines = list(emulation.chronicle.log)
        new = lines[shown - len(lines) :] if shown < len(lines) else []
        if not quiet:
            for line in new:
                click.echo(f"{line['t_s']:>10.3f} s  {line['text']}", err=True)
        shown = len(lines)
        if emulation.ended.is_set():
            return
        await _next(emulation)


async def watch_screen(emulation: Emulation) -> None:
    """Draw the fabric's state on stderr until the emulation ends."""
    from rich.console import Console
    from rich.live import Live

    console = Console(file=sys.stderr)
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while not emulation.ended.is_set():
            live.update(picture(emulation), refresh=True)
            await asyncio.sleep(FRAME_S)
            await _next(emulation)


async def _next(emulation: Emulation) -> None:
    """Wait for something to happen, or for the end."""
    seen = emulation.version
    waits: list[asyncio.Future[Any]] = [
        asyncio.ensure_future(emulation.changed(seen)),
        asyncio.ensure_future(emulation.ended.wait()),
    ]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


def picture(emulation: Emulation) -> Group:
    """Everything at one glance: share, tiers, what is down, detours, the last remarks."""
    from rich.console import Group
    from rich.rule import Rule
    from rich.text import Text

    from sidr.live.lookout import status as look

    status = look(emulation)
    log = list(emulation.chronicle.log)[-LOG_SHOWN:]
    return Group(
        Rule(f"sidr run {status['fabric']}   ({status['profile']}, bus {status['bus']['name']})"),
        _headline(status),
        Text(strip([share for _, share in emulation.chronicle.shares])),
        Text(tiers(emulation)),
        Text("down     " + _some(status["links_down"] + status["switches_down"]), style="red"),
        Text("detours  " + _detours(status["detours"]), style="yellow"),
        Rule("events"),
        *(Text(f"{line['t_s']:>10.3f} s  {line['text']}") for line in log),
        Text("Ctrl-C ends it; break something from another terminal: sidr inject EXPR", "dim"),
    )


def _headline(status: dict[str, Any]) -> Any:
    from rich.text import Text

    share = status["delivered_share"]
    full = share > 1 - 1e-9
    text = Text(f"delivered {share:.6f}", style="bold green" if full else "bold red")
    text.append(f"   pairs affected {status['pairs_affected']}", "default")
    text.append(f"   agents {status['agents']}, stale {status['agents_stale']}", "default")
    text.append(f"   epochs {_epochs(status['epochs'])}", "default")
    return text


def _epochs(epochs: dict[str, int]) -> str:
    return ", ".join(f"{epoch} ({count})" for epoch, count in epochs.items()) or "none"


def strip(shares: list[float]) -> str:
    """Delivered shares as bars, the newest on the right."""
    last = shares[-STRIP_COLUMNS:]
    return "share    " + "".join(BARS[round(share * (len(BARS) - 1))] for share in last)


def tiers(emulation: Emulation) -> str:
    """A line per tier: how many of its links upwards carry everything."""
    fabric, passing = emulation.fabric, emulation.switches.damage.passing
    lines = []
    for tier in sorted(set(fabric.tier.tolist()), reverse=True):
        here = fabric.tier == tier
        slots = here[fabric.src]
        whole = int((slots & (passing >= 1.0)).sum())
        lines.append(f"tier {tier:<3} {int(here.sum())} switches, {whole}/{int(slots.sum())} ports")
    return "\n".join(lines)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return (", ".join(names[:NAMES_SHOWN]) + more) or "nothing"


def _detours(detours: list[dict[str, Any]]) -> str:
    return _some([f"{d['switch']} for {_some(d['groups'])}" for d in detours])
