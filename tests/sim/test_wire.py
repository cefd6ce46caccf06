"""Messages on links: in order, with their costs, lost where nothing passes."""

from __future__ import annotations

from collections import Counter

from sidr.model.effects import HELLO, Note, Send
from sidr.model.fabric import SWITCH_NS
from sidr.model.faults import NEAR, Change
from sidr.sim.wire import Weather
from tests.sim.ground import MS, US, Ground

SLOT = 0
DELAY_NS = 100 + SWITCH_NS
"""20 m of fibre and a switch."""


def numbered(i: int, work: str = "send") -> Send:
    return Send(0, Note(str(i)), work)


def order(ground: Ground) -> list[str]:
    found = []
    for _, (_, _, sent) in ground.letters:
        assert isinstance(sent.message, Note)
        found.append(sent.message.text)
    return found


def test_a_message_takes_its_delay_and_its_receivers_work() -> None:
    ground = Ground()
    ground.send(0, SLOT, numbered(0))
    ground.send(0, 4, numbered(1, HELLO))
    ground.kernel.run(MS)
    assert [at for at, _ in ground.letters] == [DELAY_NS, DELAY_NS + 10 * US]
    assert order(ground) == ["1", "0"]
    assert ground.wire.messages == 1, "life signs do not count"


def test_messages_keep_their_order_whatever_they_cost() -> None:
    ground = Ground("linux-netns")
    for i in range(200):
        ground.send(i * US, SLOT, numbered(i))
    ground.kernel.run(100 * MS)
    assert order(ground) == [str(i) for i in range(200)]


def test_messages_under_way_die_with_the_light() -> None:
    ground = Ground()
    ground.send(0, SLOT, numbered(0))
    ground.kernel.at(5 * US, ground.physics.apply, Change(0, "link-down", 0))
    ground.kernel.at(6 * US, ground.physics.apply, Change(0, "link-up", 0))
    ground.send(7 * US, SLOT, numbered(1))
    ground.kernel.run(MS)
    assert order(ground) == ["1"]


def test_a_silent_direction_loses_everything_and_the_other_nothing() -> None:
    ground = Ground()
    ground.physics.apply(Change(0, "silent-down", 0, NEAR))
    ground.send(0, SLOT, numbered(0))
    ground.send(0, 4, numbered(1))
    ground.kernel.run(MS)
    assert order(ground) == ["1"]
    assert ground.wire.messages == 2


def test_a_lossy_link_loses_its_part() -> None:
    ground = Ground()
    ground.physics.apply(Change(0, "lossy-down", 0, loss_ratio=0.25))
    for i in range(2000):
        ground.send(i * MS, SLOT, numbered(i))
    ground.kernel.run(3000 * MS)
    assert 1400 < len(ground.letters) < 1600
    assert order(ground) == sorted(order(ground), key=int)


def test_bad_weather_loses_doubles_and_disorders_until_it_clears_up() -> None:
    weather = Weather(loss=0.2, duplicate=0.2, late=0.3, late_ns=10 * MS)
    ground = Ground(weather=weather)
    for i in range(1000):
        ground.send(i * MS, SLOT, numbered(i))
    ground.kernel.at(1500 * MS, ground.wire.clear_up, None)
    for i in range(1000, 1100):
        ground.send((1000 + i) * MS, SLOT, numbered(i))
    ground.kernel.run(5000 * MS)
    times = Counter(order(ground))
    stormy = [times[str(i)] for i in range(1000)]
    assert 100 < stormy.count(0) < 260
    assert 80 < stormy.count(2) < 200
    early = [int(text) for text in order(ground) if int(text) < 1000]
    assert early != sorted(early)
    assert order(ground)[-100:] == [str(i) for i in range(1000, 1100)]
