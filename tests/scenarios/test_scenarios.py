"""Every page says what happens in a trial, and it happens so.

A page that differs is told as a diff. `pytest tests/scenarios --rewrite` writes what happens into
the pages; whoever does that reads the diff.
"""

from __future__ import annotations

import math
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path

import pytest

from tests.scenarios.page import RULE, Page, played, read, trial_of

HERE = Path(__file__).parent
PAGES = sorted(path.stem for path in HERE.glob("*.txt"))
LINES_MAX = 60
"""A page is read in one go."""


@pytest.mark.parametrize("name", PAGES)
def test_it_happens_as_the_page_says(name: str, rewrite: bool) -> None:
    path = HERE / f"{name}.txt"
    page = read(path)
    happened = played(page)
    if rewrite:
        path.write_text(replace(page, body=happened).text, encoding="utf-8")
        return
    expected, found = page.body.splitlines(), happened.splitlines()
    difference = unified_diff(expected, found, f"{name}.txt", "what happened", lineterm="")
    assert expected == found, "\n".join(difference)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_a_page(name: str) -> None:
    text = (HERE / f"{name}.txt").read_text(encoding="utf-8")
    assert text.count("\n") <= LINES_MAX
    assert text == read(HERE / f"{name}.txt").text


def test_pages_name_what_is_wrong_with_them(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text(f"About.\n\nfabrik: x\n{RULE}\n")
    with pytest.raises(AssertionError, match=r"x.txt: unknown \['fabrik'\], missing \['fabric',"):
        read(path)


def test_another_seed_or_timer_is_another_page() -> None:
    page = read(HERE / "sidr-cut.txt")
    later = Page(page.about, page.head | {"hardware": "ideal,detect=2ms"}, page.body)
    assert played(page) == page.body != played(later)


def test_filters_leave_lines_out_and_nothing_else() -> None:
    page = read(HERE / "sidr-cut.txt")
    whole = played(page).splitlines()
    for extra in ({"only": "leaf0"}, {"hide": "sidr.notice"}, {"from": "1.2ms"}, {"until": "1ms"}):
        part = played(replace(page, head=page.head | extra)).splitlines()
        assert 1 < len(part) < len(whole)
        cut = [line.partition(" -> ")[0] for line in whole]
        assert all(line.partition(" -> ")[0] in cut for line in part)


def test_what_nobody_notices_has_no_detection_time() -> None:
    outcome = trial_of(read(HERE / "sidr-lossy.txt"))[1]
    assert math.isnan(outcome.detection_ns)
