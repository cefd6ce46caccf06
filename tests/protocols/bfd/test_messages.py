"""The packet names its protocol on the wire, and survives the codec."""

from __future__ import annotations

import msgspec
import pytest

from sidr.protocols.bfd.messages import Packet
from sidr.protocols.bfd.session import State


@pytest.mark.parametrize("state", list(State))
def test_a_packet_of_every_state_is_read_back(state: State) -> None:
    packet = Packet(state.value)
    encoded = msgspec.msgpack.encode(packet)
    assert msgspec.msgpack.decode(encoded, type=Packet) == packet
    assert msgspec.msgpack.decode(encoded) == {"type": "bfd.packet", "state": state.value}
