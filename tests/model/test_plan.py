"""The plan's vocabulary: role bits, entry marks, frozen values."""

from dataclasses import FrozenInstanceError

import pytest

from sidr.model.plan import B1, FULL, NO_ENTRY, OWN, PRIM, SIB, SwitchTable


def test_roles_are_distinct_bits_of_a_byte() -> None:
    assert sorted({PRIM, SIB, B1}) == [1, 2, 4]
    assert PRIM | SIB | B1 < 256


def test_marks_are_no_class_numbers() -> None:
    assert NO_ENTRY < 0
    assert OWN < 0
    assert NO_ENTRY != OWN


def test_a_full_share_fits_the_byte_of_a_fib_entry() -> None:
    assert 0 < FULL < 256


def test_a_table_is_frozen() -> None:
    table = SwitchTable(0, 2, 1, 0, 0, ((1, 0, 2, b""),), (0, OWN))
    with pytest.raises(FrozenInstanceError):
        table.epoch = 2  # type: ignore[misc]
