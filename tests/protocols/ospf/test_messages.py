"""Packets go through the wire format unchanged."""

from __future__ import annotations

import msgspec
import pytest

from sidr.protocols.ospf.messages import Hello, Lsa, LsAck, LsUpdate, Message


@pytest.mark.parametrize(
    "message",
    [
        Hello(),
        Hello(answer=True),
        LsUpdate((Lsa(3, 7, (12, 13)), Lsa(3, 8, ()))),
        LsAck(((3, 7), (3, 8))),
    ],
)
def test_a_packet_comes_back_as_it_was(message: Message) -> None:
    data = msgspec.msgpack.encode(message)
    assert msgspec.msgpack.decode(data, type=Message) == message


def test_a_packet_of_another_protocol_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(msgspec.msgpack.encode({"type": "bgp.update"}), type=Message)
