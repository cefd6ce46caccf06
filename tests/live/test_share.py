"""Which switches a process runs, and who it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sidr.errors import BusError, FaultError
from sidr.live.keys import SigningKey
from sidr.live.share import default_host, share_of
from sidr.live.topics import HOST
from sidr.topology import load

FABRIC = load("leaf-spine:leaves=2,spines=2")
CHOSEN: dict[str, Any] = {
    "host": None,
    "switches": "*",
    "address": "127.0.0.1",
    "per_agent_connections": False,
    "key": None,
    "tls": None,
}


def share(*, is_agents: bool = False, **chosen: Any) -> dict[str, Any]:
    return share_of(FABRIC, {**CHOSEN, **chosen}, is_agents=is_agents)


def test_everything_is_the_default_under_a_name_that_topics_carry() -> None:
    found = share()
    assert found["mine"] == (0, 1, 2, 3)
    assert HOST.fullmatch(found["host"])
    assert HOST.fullmatch(default_host())


def test_a_glob_names_a_part() -> None:
    assert share(switches="spine*")["mine"] == (2, 3)
    with pytest.raises(FaultError, match="spine"):
        share(switches="spin0")


def test_the_planners_key_is_private_where_it_runs_and_public_elsewhere(tmp_path: Path) -> None:
    key = SigningKey()
    key.save(tmp_path / "planner.key")
    assert share(key=tmp_path / "planner.key")["key"].public == key.public
    there = share(key=tmp_path / "planner.pub", is_agents=True)
    assert (there["public"], "key" in there) == (key.public, False)


@pytest.mark.parametrize("host", ["", "a/b", "+", "#", "x" * 64, "a b", "-a", "a\n"])
def test_a_name_that_topics_cannot_carry_is_refused(host: str) -> None:
    if host:
        with pytest.raises(BusError, match="--host"):
            share(host=host)


def test_missing_certificates_say_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(BusError, match="sidr secure init"):
        share(tls=tmp_path, host="one")
