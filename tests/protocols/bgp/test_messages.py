"""Messages go through the wire format unchanged, and say no more than they must."""

from __future__ import annotations

import msgspec
import pytest

from sidr.protocols.bgp.messages import (
    Ack,
    Keepalive,
    Message,
    Notification,
    Open,
    Reset,
    Syn,
    SynAck,
    Update,
)

MESSAGES = [
    Open(asn=65_001),
    Keepalive(),
    Update(3, (65_001, 65_002)),
    Update(3, (), connection=7, seq=2),
    Keepalive(connection=7, seq=3),
    Notification("hold timer expired"),
    Syn(7),
    SynAck(7),
    Ack(7, 3),
    Reset(7),
]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    data = msgspec.msgpack.encode(message)
    assert msgspec.msgpack.decode(data, type=Message) == message


def test_a_bare_message_does_not_mention_a_connection() -> None:
    assert msgspec.to_builtins(Update(3, (1,))) == {
        "type": "bgp.update", "group": 3, "path": (1,),
    }  # fmt: skip
    assert msgspec.to_builtins(Keepalive(seq=1)) == {"type": "bgp.keepalive", "seq": 1}


def test_every_message_has_a_tag_of_its_own() -> None:
    tags = {msgspec.to_builtins(message)["type"] for message in MESSAGES}
    assert len(tags) == len(set(map(type, MESSAGES))) == 8
