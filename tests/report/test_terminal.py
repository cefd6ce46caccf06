from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from sidr.report.terminal import ratio_text, tables
from sidr.report.verdict import verdict
from sidr.trace.results import Row
from sidr.trace.summary import Ratio, Summary


def printed(summary: Summary, width: int = 160) -> str:
    out = io.StringIO()
    Console(file=out, width=width, no_color=True).print(tables(summary))
    return out.getvalue()


def test_the_terminal_says_the_same_verdict_as_the_page(
    make_rows: Callable[..., list[Row]], make_summary: Callable[..., Summary]
) -> None:
    summary = make_summary(make_rows(20))
    flat = " ".join(printed(summary).split())
    assert " ".join(verdict(summary).text.split()) in flat


def test_every_protocol_class_and_profile_has_its_place(
    make_rows: Callable[..., list[Row]], make_summary: Callable[..., Summary]
) -> None:
    text = printed(make_summary(make_rows(20)))
    for part in ("SIDR", "BGP", "OSPF", "cut-down", "flap-up", "frr-datacenter", "tuned", "never"):
        assert part in text
    assert "…" not in text


def test_a_cell_below_ten_carries_a_mark_without_colour(
    make_rows: Callable[..., list[Row]], make_summary: Callable[..., Summary]
) -> None:
    lines = [x for x in printed(make_summary(make_rows(20))).splitlines() if x.startswith("cut-up")]
    assert lines[0].count("*") == 4


@pytest.mark.parametrize(
    ("unrecovered", "text"), [("sidr", "SIDR never"), ("bgp", "BGP never"), ("both", "both never")]
)
def test_a_cell_without_a_number_says_who_never_recovered(unrecovered: str, text: str) -> None:
    assert ratio_text(Ratio(None, None, 9, unrecovered, None, None)) == text
