"""Ids are plain integers, so that they index arrays."""

import numpy as np
import pytest

from sidr.model import ids


@pytest.mark.parametrize("name", ["SwitchId", "LinkId", "PortId", "SlotId", "GroupId"])
def test_an_id_indexes_an_array(name: str) -> None:
    assert np.arange(5)[getattr(ids, name)(3)] == 3
