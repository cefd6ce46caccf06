"""When the hardware notices that light has gone or come; what has gone is `fault.damage`'s."""

from __future__ import annotations

from sidr.model.faults import Change
from tests.sim.ground import MS, Ground

NEAR_SLOT, FAR_SLOT = 0, 4


def down(kind: str, id: int = 0, **more: object) -> Change:
    return Change(0, f"{kind}-down", id, **more)  # type: ignore[arg-type]


def up(kind: str, id: int = 0, **more: object) -> Change:
    return Change(0, f"{kind}-up", id, **more)  # type: ignore[arg-type]


def test_a_cut_is_pruned_and_then_told_at_both_ends() -> None:
    ground = Ground()
    ground.physics.apply(down("link"))
    assert ground.physics.changed
    assert ground.physics.passing[[NEAR_SLOT, FAR_SLOT]].tolist() == [0.0, 0.0]
    ground.kernel.run(MS * 10)
    assert ground.seen == [
        (3.0, "pruned", NEAR_SLOT),
        (3.0, "pruned", FAR_SLOT),
        (4.0, "down", NEAR_SLOT),
        (4.0, "down", FAR_SLOT),
    ]


def test_light_that_is_back_before_anybody_noticed_is_never_told() -> None:
    ground = Ground()
    ground.physics.apply(down("link"))
    ground.kernel.run(2 * MS)
    ground.physics.apply(up("link"))
    ground.kernel.run(20 * MS)
    assert ground.seen == []
    assert not ground.physics.pruned.any()


def test_light_that_is_back_is_unpruned_and_told_together() -> None:
    ground = Ground()
    ground.physics.apply(down("link"))
    ground.kernel.run(10 * MS)
    del ground.seen[:]
    ground.physics.apply(up("link"))
    begin = ground.kernel.now_ns / MS
    ground.kernel.run(30 * MS)
    assert [(at - begin, what) for at, what, _ in ground.seen] == [
        (4.0, "back"),
        (4.0, "up"),
        (4.0, "back"),
        (4.0, "up"),
    ]


def test_a_switch_that_boots_sees_its_ports_as_they_are() -> None:
    ground = Ground()
    ground.physics.apply(down("link", 0))
    ground.physics.reset(0)
    ground.kernel.run(20 * MS)
    assert [slot for _, _, slot in ground.seen] == [FAR_SLOT, FAR_SLOT]
    assert ground.physics.pruned[NEAR_SLOT]
    assert ground.physics.seen[NEAR_SLOT] is False
