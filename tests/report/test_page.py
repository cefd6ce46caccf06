from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from sidr.errors import ResultError
from sidr.report import page_text, write_page
from sidr.report.page import ROWS_SLOWEST
from sidr.report.verdict import verdict
from sidr.trace.results import Row
from sidr.trace.summary import Summary, read_summary

VOID = {"meta", "br", "hr", "img", "input", "link"}
MakeRows = Callable[..., list[Row]]
MakeSummary = Callable[..., Summary]


class Page(HTMLParser):
    """Collects what the tests ask about, and sees that tags close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


def text_of(summary: Summary, rows: list[Row], directory: str = "out") -> str:
    return page_text(summary, rows, scenario="faults: []\n", directory=Path(directory))


def test_the_page_is_whole_and_asks_nobody_for_anything(results_dir: Path) -> None:
    text = write_page(results_dir).read_text(encoding="utf-8")
    page = Page(text)
    assert "script" not in page.tags and "link" not in page.tags and "img" not in page.tags
    assert "http" not in text and "@import" not in text
    for name, value in page.attributes:
        assert not name.startswith("on")
        if name in ("href", "src"):
            assert value.startswith("#")
    assert re.findall(r"url\(([^)#]*)", text) == [""] * len(re.findall(r"url\(", text))


def test_the_page_says_the_verdict_and_every_block(results_dir: Path) -> None:
    words = Page(write_page(results_dir).read_text(encoding="utf-8")).words
    assert " ".join(verdict(read_summary(results_dir)).headline.split()) in words
    for heading in (
        "Recovery time, all faults",
        "Where the advantage is small",
        "Faults, slowest first",
        "How this was made",
        "what is not modelled",
        "RFC 6412",
        "sidr bench 10p10u:size=mini",
    ):
        assert heading in words


def test_equal_results_give_equal_bytes(results_dir: Path) -> None:
    first = write_page(results_dir).read_bytes()
    assert write_page(results_dir).read_bytes() == first
    assert not [path for path in results_dir.iterdir() if path.name.startswith(".")]


def test_cells_below_ten_and_only_they_stand_out(
    make_rows: MakeRows, make_summary: MakeSummary
) -> None:
    text = text_of(make_summary(make_rows(60)), make_rows(60))
    cells = re.findall(r'<td class="r (\w+)"[^>]*>([0-9.,]+)×<', text)
    assert {style == "below" for style, _ in cells} == {True, False}
    for style, number in cells:
        assert (style == "below") == (float(number.replace(",", "")) < 10)


def test_every_shown_fault_has_its_replay_command(
    make_rows: MakeRows, make_summary: MakeSummary
) -> None:
    rows = make_rows(4)
    text = text_of(make_summary(rows), rows, "my results")
    commands = re.findall(r"<code>(sidr replay [^<]*)</code>", text)
    assert len(commands) == len(rows)
    assert "sidr replay &#39;my results&#39; --fault 3 --protocol bgp" in commands[0]
    assert sum("--profile tuned" in command for command in commands) == len(rows) // 2


def test_many_faults_are_cut_to_the_slowest_and_the_page_stays_small(
    make_rows: MakeRows, make_summary: MakeSummary
) -> None:
    rows = make_rows(240, ("tuned",))
    text = text_of(make_summary(rows), rows)
    assert text.count("<code>sidr replay") == ROWS_SLOWEST
    assert "The slowest 200 of 720 rows" in Page(text).words
    assert len(text.encode()) < 1_000_000


def test_hostile_names_are_shown_and_not_run(
    make_rows: MakeRows, make_summary: MakeSummary
) -> None:
    evil = "\"><script>alert(1)</script><i x='"
    rows = [
        msgspec.structs.replace(row, fault=evil, profile=evil, protocol=row.protocol + evil)
        for row in make_rows(3, ("tuned",))
    ]
    text = text_of(
        make_summary(rows, **{evil: {evil: {"value": evil, "source": evil}}}), rows, evil
    )
    page = Page(text)
    assert "script" not in page.tags and "i" not in page.tags
    assert "alert(1)" in page.words


def test_values_and_their_sources_are_printed(
    make_rows: MakeRows, make_summary: MakeSummary
) -> None:
    timers = {"tuned": {"bgp": {"hold": {"value": "3s", "evidence": "code", "source": "bgpd.c"}}}}
    rows = make_rows(3)
    words = Page(text_of(make_summary(rows, timers=timers, dirty=True, commit=None), rows)).words
    assert "tuned bgp hold 3s code: bgpd.c" in words
    assert "dirty yes" in words
    assert "commit unknown" in words


def test_an_interrupted_run_says_so_on_top(make_rows: MakeRows, make_summary: MakeSummary) -> None:
    rows = make_rows(3)
    assert (
        "This run was interrupted" in Page(text_of(make_summary(rows, incomplete=True), rows)).words
    )
    assert "This run was interrupted" not in Page(text_of(make_summary(rows), rows)).words


def test_light_dark_and_print_follow_by_css_alone(results_dir: Path) -> None:
    text = write_page(results_dir).read_text(encoding="utf-8")
    assert "@media screen and (prefers-color-scheme: dark)" in text
    assert "@media print" in text
    used = set(re.findall(r"var\((--\w+)\)", text)) - {"--c"}
    light, dark = (part.split("}")[0] for part in text.split(":root {")[1:3])
    for name in used:
        assert f"{name}:" in light
        assert f"{name}:" in dark


def test_a_directory_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="sidr bench -o DIR"):
        write_page(tmp_path)


def test_what_the_run_left_out_is_taken_from_its_provenance(
    make_rows: MakeRows, make_summary: MakeSummary
) -> None:
    rows = make_rows(3)
    page = Page(text_of(make_summary(rows, not_modelled=["tides & <moon>"]), rows))
    assert "tides & <moon>" in page.words
    assert "Reordering of packets" not in page.words


def test_matched_runs_are_explained_only_where_there_are_some(
    make_rows: MakeRows, make_summary: MakeSummary
) -> None:
    rows = make_rows(3)
    matched = [msgspec.structs.replace(r, protocol="sidr-as-bgp") for r in rows if r.trial == 0]
    for given, said in ((rows, False), (rows + matched, True)):
        words = Page(text_of(make_summary(given), given)).words
        assert ("each ratio takes the matching run" in words) is said


def test_a_sheet_of_values_has_its_own_list_with_texts_and_sources(
    make_rows: MakeRows, make_summary: MakeSummary
) -> None:
    hold = {"value": 3 * 10**9, "text": "3s", "evidence": "code", "source": "bgpd"}
    sheet = {"name": "tuned", "about": "by hand", "values": {"bgp.hold": hold}}
    rows = make_rows(3)
    summary = make_summary(rows, profiles={"tuned": sheet}, hardware=sheet)
    words = Page(text_of(summary, rows)).words
    assert "profiles: tuned about by hand bgp.hold 3s code: bgpd" in words
    assert "hardware: tuned about by hand bgp.hold 3s code: bgpd" in words
