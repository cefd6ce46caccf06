"""Messages go through the wire format unchanged."""

from __future__ import annotations

import msgspec
import pytest

from sidr.protocols.bgp.messages import Message, Open, Update


@pytest.mark.parametrize(
    "message", [Open(65_001), Open(65_001, answer=True), Update(3, (65_001, 65_002)), Update(3, ())]
)
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    data = msgspec.msgpack.encode(message)
    assert msgspec.msgpack.decode(data, type=Message) == message
