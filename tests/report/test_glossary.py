from __future__ import annotations

from sidr.report import glossary


def test_every_name_is_defined_once() -> None:
    names = [name for name, _ in glossary.METRICS]
    assert len(set(names)) == len(names)
    assert {"detection", "repair", "reconvergence", "loss window"} <= set(names)


def test_congestion_reordering_and_spraying_are_said_not_to_be_modelled() -> None:
    text = " ".join(glossary.NOT_MODELLED)
    assert all(word in text for word in ("congestion", "Reordering", "header bits", "spray"))
