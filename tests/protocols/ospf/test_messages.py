"""Packets go through the wire format unchanged; headers tell instances apart."""

from __future__ import annotations

import msgspec
import pytest

from sidr.protocols.bfd import Packet
from sidr.protocols.ospf import KIT
from sidr.protocols.ospf.messages import (
    DbDesc,
    Header,
    Hello,
    Lsa,
    LsAck,
    LsRequest,
    LsUpdate,
    Message,
)


@pytest.mark.parametrize(
    "message",
    [
        Hello(4),
        Hello(4, (2,)),
        DbDesc(4, 9, True, True, True),
        DbDesc(4, 10, False, False, True, (Header(3, 7, 2**32 - 1),)),
        LsRequest((3, 4)),
        LsUpdate((Lsa(3, 7, (12, 13)), Lsa(3, 8, ()))),
        LsAck(((3, 7), (3, 8))),
        Packet("Up"),
    ],
)
def test_a_packet_comes_back_as_it_was(message: Message | Packet) -> None:
    data = msgspec.msgpack.encode(message)
    assert msgspec.msgpack.decode(data, type=KIT.messages) == message


def test_a_packet_of_another_protocol_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(msgspec.msgpack.encode({"type": "bgp.update"}), type=KIT.messages)


def test_a_header_names_the_instance_by_its_content_too() -> None:
    lsas = [Lsa(3, 7, links) for links in ((), (1,), (2,), (1, 2), (2, 1))]
    assert len({lsa.header for lsa in lsas}) == len(lsas)
    assert Lsa(3, 7, (1, 2)).header == Lsa(3, 7, (1, 2)).header
    assert (lsas[1].header.origin, lsas[1].header.seq) == (3, 7)
