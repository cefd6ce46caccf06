"""A switch takes what is newer, whole and its own; everything else changes nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from sidr.forwarding.codec import decode
from sidr.live.letters import Commit, Prepare
from sidr.live.slots import DONE, NOTHING, Place, Slots
from sidr.live.topics import VERSION
from sidr.plan import plan
from sidr.topology import fabric_hash, load

FABRIC = load("leaf-spine:leaves=2,spines=2")
HASH = bytes.fromhex(fabric_hash(FABRIC))
ORDER = plan(FABRIC).order_id
PLACE = Place(HASH, 0, 2, 2)


def table(epoch: int, term: int = 1, planner: str = "a", switch: int = 0) -> Prepare:
    made = plan(FABRIC, epoch=epoch)
    data = made.tables[switch]
    digest = decode(data, switch, 2).digest
    return Prepare(VERSION, term, planner, epoch, ORDER, HASH, switch, digest, data)


def commit(epoch: int, term: int = 1, planner: str = "a") -> Commit:
    return Commit(VERSION, term, planner, epoch, ORDER, HASH)


def test_a_table_waits_for_its_commit() -> None:
    slots = Slots(PLACE)
    assert slots.prepare(table(1)) == DONE
    assert (slots.active, slots.prepared_key) == (None, (1, "a", 1))
    assert slots.commit(commit(1)).active == table(1)
    assert slots.active_key == (1, "a", 1)
    assert slots.prepare(table(2)) == DONE
    assert slots.active_key == (1, "a", 1)
    assert slots.commit(commit(2)).active == table(2)


def test_a_commit_that_comes_first_waits_for_its_table() -> None:
    slots = Slots(PLACE)
    assert slots.commit(commit(2)) == DONE
    assert "older" in slots.prepare(table(1)).error
    assert slots.prepare(table(2)).active == table(2)


def test_duplicates_change_nothing() -> None:
    slots = Slots(PLACE)
    slots.prepare(table(1))
    assert slots.prepare(table(1)) == DONE
    slots.commit(commit(1))
    assert slots.commit(commit(1)) == DONE
    assert slots.prepare(table(1)) == DONE
    assert slots.active_key == (1, "a", 1)


def test_nobody_goes_backwards_and_the_higher_term_and_name_win() -> None:
    slots = Slots(PLACE)
    slots.prepare(table(5, term=2, planner="b"))
    slots.commit(commit(5, term=2, planner="b"))
    for older in (table(6, term=1), table(6, term=2, planner="a"), table(4, term=2, planner="b")):
        assert "older" in slots.prepare(older).error
    assert "older" in slots.commit(commit(9, term=1)).error
    assert slots.prepare(table(1, term=3)) == DONE
    assert slots.active_key == (2, "b", 5)
    assert slots.commit(commit(1, term=3)).active is not None


def test_what_does_not_fit_is_refused_with_a_reason() -> None:
    good = table(1)
    bad = {
        "another fabric's": structs.replace(good, fabric=b"x" * 32),
        "switch 1": structs.replace(good, switch=1),
        "digest does not fit": structs.replace(good, table=good.table[:-1] + b"\x07"),
        "by its counts": structs.replace(good, table=good.table[:-1]),
        "header says": structs.replace(good, epoch=7),
        "says otherwise": structs.replace(good, digest=good.digest ^ 1),
    }
    for reason, letter in bad.items():
        slots = Slots(PLACE)
        assert reason in slots.prepare(letter).error
        assert slots.prepared_key == NOTHING
    foreign = structs.replace(commit(1), fabric=b"x" * 32)
    assert "another fabric" in Slots(PLACE).commit(foreign).error
    assert "groups" in Slots(Place(HASH, 0, 2, 3)).prepare(good).error


def test_another_order_is_refused_once_one_is_active() -> None:
    slots = Slots(PLACE)
    slots.prepare(table(1))
    slots.commit(commit(1))
    assert "order" in slots.prepare(structs.replace(table(2), order_id=ORDER ^ 1)).error


TABLES = [table(e, t, p) for e in (1, 2) for t in (1, 2) for p in "ab"]
COMMITS = [commit(e, t, p) for e in (1, 2) for t in (1, 2) for p in "ab"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(TABLES + COMMITS), max_size=30))
def test_in_any_order_the_active_key_only_grows_and_was_committed(letters: list[object]) -> None:
    slots, seen, before = Slots(PLACE), {NOTHING}, NOTHING
    for letter in letters:
        if isinstance(letter, Commit):
            seen.add(letter.key)
            slots.commit(letter)
        else:
            assert isinstance(letter, Prepare)
            slots.prepare(letter)
        assert slots.active_key >= before
        assert slots.active_key in seen
        before = slots.active_key
