"""Faults and schedules are values that survive the codec."""

import msgspec

from sidr.model.faults import Change, Fault, Schedule, Trial

TRIAL = Trial(0, "cut:a--b", "cut", 7, (Change(0, "link-down", 3), Change(5, "link-up", 3)))


def test_a_schedule_is_read_back_from_bytes_as_what_it_was() -> None:
    schedule = Schedule("00ff", 1, (TRIAL,))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(schedule), type=Schedule) == schedule


def test_equal_trials_are_one_in_a_set() -> None:
    assert len({TRIAL, msgspec.structs.replace(TRIAL)}) == 1
    assert msgspec.structs.replace(TRIAL, seed=8) != TRIAL


def test_a_fault_without_further_words_lasts_from_the_start_for_good() -> None:
    fault = Fault("cut")
    assert (fault.target, fault.start_ns, fault.duration_ns, fault.options) == ("", 0, None, ())
