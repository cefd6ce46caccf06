"""The live page in a real browser: what a person sees and does, on screen and by keyboard."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from sidr.draw.fabric_map import draw_map
from sidr.live import web
from sidr.live.web_page import page_text
from sidr.live.web_server import WebServer
from sidr.topology import load
from tests.live.emulation import Emulation

CHROMIUM = next((p for p in ("/usr/bin/chromium",) if Path(p).exists()), shutil.which("chromium"))
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
LINK, OTHER = "leaf1--spine2", "leaf3--spine0"
WAIT_MS = 10_000

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium"),
]


class Window:
    """A page in a window of its own, and everything that it asked for or complained of."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(WAIT_MS)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.complaints.append(line.text))

    def link(self, name: str, state: str = "") -> Any:
        """The element of a link, in a state such as `.down`."""
        return self.page.locator(f'.links .link{state}[data-link="{name}"]')

    async def open(self, server: WebServer, query: str = "") -> None:
        """Open the page and wait for its first snapshot."""
        await self.page.goto(server.url + query)
        await self.page.locator("#agents", has_text=re.compile(r"\d")).wait_for()

    async def click(self, name: str) -> None:
        """Click the middle of a link's line, where no other lies over it."""
        place = await self.link(name).evaluate(
            """link => {
                const path = link.querySelector("path"), length = path.getTotalLength();
                for (let share = 0.5; share < 1; share += 0.01) {
                    const point = path.getPointAtLength(share * length);
                    const { x, y } = point.matrixTransform(path.getScreenCTM());
                    if (document.elementFromPoint(x, y) === path) return [x, y];
                }
            }"""
        )
        await self.page.mouse.click(*place)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Any]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:  # each launch has a new, empty user-data-dir
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="module")
async def window(browser: Any) -> AsyncIterator[Window]:
    async with asyncio.timeout(60):
        page = await browser.new_page(viewport={"width": 1240, "height": 1200})
        yield Window(page)
        await page.close()


@pytest.fixture(scope="module")
def emulation() -> Emulation:
    return Emulation()


@pytest.fixture
def watched(emulation: Emulation) -> Emulation:
    return emulation.reset()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(emulation: Emulation) -> AsyncIterator[WebServer]:
    running = await web.serve(emulation, "127.0.0.1:0")
    yield running
    await running.stop()


async def test_the_page_shows_the_map_and_follows_changes(
    server: WebServer, watched: Emulation, window: Window
) -> None:
    await window.open(server)
    page = window.page
    assert await page.locator(".links .link").count() == 16
    assert await page.locator(".switch").count() == 8
    assert await page.locator("#delivered").inner_text() == "100 %"
    await page.evaluate("window.sameDocument = true")
    watched.inject(f"cut:{LINK}")
    await window.link(LINK, ".down").wait_for(state="attached")
    stroke = "link => getComputedStyle(link.querySelector('path')).stroke"
    assert await window.link(LINK).evaluate(stroke) == "rgb(200, 50, 31)"
    assert await window.link("leaf1--spine0").evaluate(stroke) == "rgb(192, 118, 0)"
    assert await page.locator("#down").inner_text() == "1"
    assert await page.locator("#delivered").inner_text() == "93.75 %"
    assert await page.locator("#log tr").first.inner_text() == f"1.5 s\tcut {LINK}"
    assert await page.locator("#chart .share").count() == 1
    fills = "[...document.querySelectorAll('#map path')].map(p => getComputedStyle(p).fill)"
    assert set(await page.evaluate(fills)) == {"none"}
    assert await page.evaluate("window.sameDocument") is True
    assert {url.split("/", 3)[2] for url in window.asked} == {f"127.0.0.1:{server.port}"}
    assert window.complaints == []


async def test_a_click_cuts_and_a_second_one_restores(
    server: WebServer, watched: Emulation, window: Window
) -> None:
    await window.open(server)
    watched.inject(f"cut:{OTHER}")
    await window.click(LINK)
    await window.link(LINK, ".down").wait_for(state="attached")
    assert watched.down == {LINK, OTHER}
    await window.click(LINK)
    await window.link(LINK, ":not(.down)").wait_for(state="attached")
    assert watched.down == {OTHER}
    assert window.complaints == []


async def test_everything_works_by_keyboard(
    server: WebServer, watched: Emulation, window: Window
) -> None:
    await window.open(server)
    page = window.page
    for _ in range(3):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.matches('.link')"):
            break
    for key in ("End", "ArrowLeft", "Home", "ArrowRight"):
        await page.keyboard.press(key)
    name = await page.evaluate("document.activeElement.dataset.link")
    assert name == watched.names[1]
    assert name in await page.locator("#hint").inner_text()
    await page.keyboard.press("Enter")
    await window.link(name, '.down[aria-pressed="true"]').wait_for(state="attached")
    assert await page.evaluate("document.activeElement.dataset.link") == name
    await page.keyboard.press(" ")
    await window.link(name, '[aria-pressed="false"]').wait_for(state="attached")
    await page.keyboard.press("Tab")
    await page.keyboard.type(f"cut:{OTHER}")
    await page.keyboard.press("Enter")
    await window.link(OTHER, ".down").wait_for(state="attached")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await window.link(OTHER, ":not(.down)").wait_for(state="attached")
    assert watched.down == set()


async def test_a_mistake_is_told_beside_the_field(server: WebServer, window: Window) -> None:
    await window.open(server)
    await window.page.fill("#fault", "cutt:leaf1--spine1")
    await window.page.click("text=Inject")
    answer = window.page.locator("#answer.bad")
    await answer.wait_for()
    assert "did you mean 'cut'" in await answer.inner_text()


async def test_the_page_comes_back_when_the_server_does(watched: Emulation, window: Window) -> None:
    first = await web.serve(watched, "127.0.0.1:0", "secret")
    await window.open(first, "?token=secret")
    assert window.page.url == first.url, "the token does not stay in the address"
    await window.page.evaluate("window.sameDocument = true")
    await first.stop()
    await window.page.locator("body.away").wait_for()
    watched.inject(f"cut:{LINK}")
    second = await web.serve(watched, f"127.0.0.1:{first.port}", "secret")
    await window.link(LINK, ".down").wait_for(state="attached")
    await window.page.locator("body.online").wait_for()
    assert await window.page.evaluate("window.sameDocument") is True
    await second.stop()


OVERLAPS = """() => {
    const box = (element) => element.getBoundingClientRect();
    const apart = (p, q) =>
        p.right <= q.left || q.right <= p.left || p.bottom <= q.top || q.bottom <= p.top;
    const texts = [...document.querySelectorAll("svg.fabric text")], found = [];
    texts.forEach((a, i) => texts.slice(i + 1).forEach((b) => {
        if (!apart(box(a), box(b))) found.push(`${a.textContent} over ${b.textContent}`);
    }));
    for (const s of document.querySelectorAll(".switch")) {
        const text = s.querySelector("text"), frame = box(s.querySelector("rect"));
        if (!text) found.push(`${s.dataset.switch} without label`);
        else if (box(text).left < frame.left || box(text).right > frame.right)
            found.push(`${text.textContent} over its frame`);
    }
    return found;
}"""


async def test_overlapping_labels_would_be_found(window: Window) -> None:
    html = page_text(draw_map(load("fat-tree:k=4")), "nonce").split("<script", 1)[0]
    await window.page.set_content(html.replace("font-size: 11px", "font-size: 40px"))
    found = await window.page.evaluate(OVERLAPS)
    assert "leaf0 over leaf1" in found and "leaf0 over its frame" in found


@pytest.mark.parametrize("width", [1240, 390])
@pytest.mark.parametrize(
    "spec",
    [
        "leaf-spine:leaves=4,spines=4",
        "fat-tree:k=4",
        "fat-tree:k=8",
        "10p10u:size=mini",
        "topologies/ring-7.yaml",
    ],
)
async def test_labels_do_not_overlap_and_the_page_does_not_scroll_sideways(
    window: Window, spec: str, width: int
) -> None:
    await window.page.set_viewport_size({"width": width, "height": 900})
    html = page_text(draw_map(load(spec)), "nonce")
    await window.page.set_content(html.split("<script", 1)[0])
    assert await window.page.evaluate(OVERLAPS) == []
    size = (
        "parseFloat(getComputedStyle(document.querySelector('svg.fabric .switch text')).fontSize)"
    )
    scale = "document.querySelector('svg.fabric').getScreenCTM().a"
    assert await window.page.evaluate(f"{size} * {scale}") >= 8.5
    assert await window.page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(
    ("scheme", "colour"), [("light", "rgb(246, 247, 249)"), ("dark", "rgb(15, 19, 24)")]
)
async def test_the_theme_is_the_reader_s(
    server: WebServer, window: Window, scheme: str, colour: str
) -> None:
    await window.page.emulate_media(color_scheme=scheme)
    await window.open(server)
    assert await window.page.evaluate("getComputedStyle(document.body).backgroundColor") == colour
