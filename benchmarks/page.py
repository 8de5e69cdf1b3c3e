"""What a visitor waits for, in a real browser; and the server's memory.

python -m benchmarks.page: a fresh server on the bundled model, Chromium at 1280 x 800.
Promises: frame under 2 s, first answer under 12 s after the server's start; a new
sentence drawn whole under 1 s, another head under 0.4 s; 900 MB after 50 sentences.
"""

import statistics
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from tests.support.serving import CHROMIUM_FLAGS, alone, chromium_path, serve

NOUNS = (
    *("turtle", "doctor", "sailor", "teacher", "horse"),
    *("river", "letter", "garden", "window", "storm"),
)
VERBS = ("crossed", "followed", "watched", "remembered", "carried")
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


def seconds_until_changed(page: Page, parts: list[str], act) -> float:
    """Return the seconds from the key or click of `act` until all parts are new."""
    before = {"drawn": page.evaluate(DRAWN), "parts": parts}
    act()
    milliseconds = page.wait_for_function(CHANGED, arg=before, polling="raf")
    return milliseconds.json_value() / 1000


def show(what: str, times: list[float], promise: str) -> None:
    median, worst = statistics.median(times), max(times)
    print(f"{what:42} median {median:5.2f} s  worst {worst:5.2f} s  ({promise})")


def main() -> None:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=CHROMIUM_FLAGS
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        start = time.perf_counter()
        with serve(folder / "log.txt", **alone(folder)) as server:
            opened = time.perf_counter()
            page.goto(server.url)
            page.get_by_label("Sentence").wait_for()
            page.locator(".grid button").last.wait_for()
            frame = time.perf_counter()
            page.locator(".sentence").first.wait_for()
            page.locator("path[aria-label]").first.wait_for()
            answer = time.perf_counter()
            print(f"server start to its first reply            {opened - start:5.2f} s")
            print(f"link opened to frame                       {frame - opened:5.2f} s")
            print(f"server start to frame                      {frame - start:5.2f} s")
            print(f"server start to first answer               {answer - start:5.2f} s")

            page.evaluate(STAMP)
            field = page.get_by_label("Sentence")
            sentences, heads = [], []
            for sentence in SENTENCES:
                field.fill(sentence)
                sentences.append(
                    seconds_until_changed(
                        page, ["words", "heads", "head"], lambda: field.press("Enter")
                    )
                )
            for head in range(1, 13):
                button = page.get_by_role(
                    "button", name=f"Layer 5, head {head}", exact=True
                )
                heads.append(seconds_until_changed(page, ["head"], button.click))
            show("sentence to words, overview and head", sentences, "under 1 s")
            show("another head", heads, "under 0.4 s")
            memory = psutil.Process(server.pid).memory_info().rss / 1e6
            print(f"server's memory after 50 sentences         {memory:4.0f} MB")
        browser.close()


if __name__ == "__main__":
    main()
