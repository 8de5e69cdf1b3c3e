"""What a visitor waits for, what a click takes of the server, and the server's memory.

python -m benchmarks.page [--against COMMIT]: fresh servers on the bundled model, of
this version and, from a worktree of git, of a commit, whose clicks take turns so that
whatever else the computer does slows both alike. The server's processor time is that of
real sessions without a browser; what is drawn, is in Chromium at 1280 x 800.
Promises: frame under 2 s, first answer under 12 s after the server's start; a new
sentence drawn whole under 1 s, another head under 0.4 s; 900 MB after 50 sentences.
Against b53ee8e, where the page had no fragment yet: of the processor another head takes
at most 0.30, a new sentence at most 0.66; drawn, they take at most 0.7 and 1.0.
"""

import argparse
import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from attention.reading import Head
from benchmarks import clicks
from benchmarks.versions import NOW, in_turn, serve_versions, show_medians, show_titles
from tests.support.serving import CHROMIUM_FLAGS, Server, alone, chromium_path, serve

NOUNS = (
    *("turtle", "doctor", "sailor", "teacher", "horse"),
    *("river", "letter", "garden", "window", "storm"),
)
VERBS = ("crossed", "followed", "watched", "remembered", "carried")
WINDOW = {"width": 1280, "height": 800}
HEADS, WIDTH = 24, 8
PATIENCE = 120  # seconds; a busy computer is no failure
SENTENCES = [f"The {noun} {verb} the [MASK]." for noun in NOUNS for verb in VERBS]

# Streamlit's components live in shadow roots. What is drawn is told by its content:
# the words' sentence, the overview's picture, the heatmap's labels, the heading.
DRAWN = """() => {
  const all = [...document.querySelectorAll('*')].flatMap(
    e => e.shadowRoot ? [...e.shadowRoot.querySelectorAll('*')] : [])
  const one = name => all.find(e => e.matches(name))
  const marks = [...document.querySelectorAll('[data-testid=stVegaLiteChart] path')]
  return {
    words: one('.sentence')?.textContent ?? '',
    heads: one('.grid')?.style.backgroundImage ?? '',
    head: marks.map(e => e.getAttribute('aria-label')).join(),
  }
}"""
STAMP = """() => ['keydown', 'click'].forEach(kind => addEventListener(
  kind, () => { window.asked = performance.now() }, true))"""
CHANGED = f"""before => {{
  const now = ({DRAWN})()
  if (!before.parts.every(part => now[part] && now[part] !== before.drawn[part]))
    return false
  return performance.now() - window.asked
}}"""


@contextmanager
def in_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=chromium_path(), args=CHROMIUM_FLAGS
        )


def seconds_until_changed(page: Page, parts: list[str], act: Callable) -> float:
    """Return the seconds from the key or click of `act` until all parts are new."""
    before = {"drawn": page.evaluate(DRAWN), "parts": parts}
    act()
    milliseconds = page.wait_for_function(CHANGED, arg=before, polling="raf")
    return milliseconds.json_value() / 1000


def show_start(browser: Browser, folder: Path) -> None:
    """Print what somebody waits for who comes first."""
    start = time.perf_counter()
    with serve(folder / "first.txt", **alone(folder)) as server:
        opened = time.perf_counter()
        page = _open(browser, server)
        page.get_by_label("Sentence").wait_for()
        page.locator(".grid button").last.wait_for()
        frame = time.perf_counter()
        _await_answer(page)
        answer = time.perf_counter()
        page.close()
    print(f"server start to its first reply     {opened - start:{WIDTH}.2f} s")
    print(f"link opened to frame                {frame - opened:{WIDTH}.2f} s")
    print(f"server start to frame               {frame - start:{WIDTH}.2f} s")
    print(f"server start to first answer        {answer - start:{WIDTH}.2f} s")


def show_processor(servers: Mapping[str, Server]) -> None:
    """Print what clicks take of the servers' processor."""
    show_titles("server's processor time", list(servers))
    for step in clicks.STEPS:
        show_medians(
            step.name, asyncio.run(clicks.measure(servers, step)), step.at_most
        )


def show_drawn(browser: Browser, servers: Mapping[str, Server]) -> None:
    """Print what passes from a click until all is drawn, and the servers' memory."""
    pages = {}
    for name, server in servers.items():
        pages[name] = _open(browser, server)
        _await_answer(pages[name])
        pages[name].evaluate(STAMP)
    show_titles("drawn in a browser", list(servers))
    sentences, heads = defaultdict(list), defaultdict(list)
    for number, name in in_turn(list(pages), len(SENTENCES)):
        field = pages[name].get_by_label("Sentence", exact=True)
        field.fill(SENTENCES[number])
        enter = partial(field.press, "Enter")
        parts = ["words", "heads", "head"]
        sentences[name].append(seconds_until_changed(pages[name], parts, enter))
    for number, name in in_turn(list(pages), HEADS):
        opened = Head.at(5 * number, (12, 12)).name
        button = pages[name].get_by_role("button", name=opened, exact=True)
        heads[name].append(seconds_until_changed(pages[name], ["head"], button.click))
    show_medians("another head", {name: heads[name] for name in servers}, 0.7)
    show_medians("a new sentence", {name: sentences[name] for name in servers}, 1.0)
    print(f"slowest now: {max(heads[NOW]):.2f} s and {max(sentences[NOW]):.2f} s")
    print(f"server's memory after {len(SENTENCES)} sentences:")
    for name, server in servers.items():
        print(f"  {name}: {psutil.Process(server.pid).memory_info().rss / 1e6:.0f} MB")


def _open(browser: Browser, server: Server) -> Page:
    page = browser.new_page(viewport=WINDOW)
    page.set_default_timeout(1000 * PATIENCE)
    page.goto(server.url)
    return page


def _await_answer(page: Page) -> None:
    page.locator(".sentence").first.wait_for()
    page.locator("path[aria-label]").first.wait_for()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", metavar="COMMIT", help="measure this one, too")
    against = parser.parse_args().against
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with in_browser() as browser:
            show_start(browser, folder)
        with serve_versions(folder, against) as servers:
            show_processor(servers)  # asyncio's, beside which Playwright cannot run
            with in_browser() as browser:
                show_drawn(browser, servers)


if __name__ == "__main__":
    main()
