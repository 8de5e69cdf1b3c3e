"""What our scripts and our style know of Streamlit's own page is still there.

Streamlit documents none of it, so that an upgrade may take it away without a word. What
this test then names is to be mended in components/frontend, in streamlit_dom.js or in
page.css.
"""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from components.frontend import HERE
from tests.support.browsing import (
    ask_for_one_word_more,
    open_page,
    press,
    put_lines,
    settle,
    show_sentence,
    unfold,
)

pytestmark = pytest.mark.browser
EXPORTED = """code => import("data:text/javascript," + encodeURIComponent(code))
  .then(({ SELECTORS }) => Object.values(SELECTORS))"""
# Some things are there for a moment only.
WATCH = """{
  const missing = new Set(%s)
  window.missing = () => [...missing]
  const look = () => missing.forEach(selector => {
    if (document.querySelector(selector)) missing.delete(selector)
  })
  new MutationObserver(look).observe(document,
    { subtree: true, childList: true, attributes: true })
}"""
MANY_LINES = "\n".join(f"Turtle {i} swims. | swims -> Turtle" for i in range(2000))


def in_scripts(page: Page) -> list[str]:
    """Return the selectors that streamlit_dom.js names."""
    code = (HERE / "streamlit_dom.js").read_text(encoding="utf-8")
    return page.evaluate(EXPORTED, code)


def in_style() -> list[str]:
    """Return page.css's selectors that name something of Streamlit's."""
    style = (HERE / "page.css").read_text(encoding="utf-8")
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    lists = [head for head in re.findall(r"[^{}]+(?=\{)", style) if "@" not in head]
    selectors = [
        one.strip().replace(":focus-visible", "")
        for head in lists
        for one in re.split(r",(?![^(]*\))", head)  # by commas outside of brackets
    ]
    # Who waits for a turn is in test_crowd_browser.py, where the notice moves nothing.
    selectors = [one for one in selectors if "st-key-turn-" not in one]
    return [one for one in selectors if "data-" in one or "role=" in one]


def test_everything_that_we_know_of_streamlits_page_is_there(served, new_page):
    page = new_page()
    sought = in_scripts(page) + in_style()
    assert len(sought) > 30
    page.add_init_script(WATCH % json.dumps(sought))

    open_page(page, served, lesson="adverb-verb", layer="99")
    press(page, "Layer 11, head 8")
    expect(page.get_by_text("Pick another")).to_be_visible()
    of_lessons = set(page.evaluate("missing()"))

    open_page(page, served, teach="1", tab="Test a claim")
    press(page, "Tokens")
    expect(page.get_by_text("Join word pieces")).to_be_visible()
    page.keyboard.press("Tab")  # to the first control inside, a switch, and back
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    ask_for_one_word_more(page)
    settle(page)
    for text, says in (("A [mask].", "Write [MASK]"), (" ", "Type a sentence")):
        show_sentence(page, text)
        expect(page.get_by_text(says)).to_be_visible()
    show_sentence(page, "A [MASK].")

    unfold(page, "The claim’s sentences")
    put_lines(page.get_by_label("Examples"), MANY_LINES)
    press(page, "Stop the test")
    settle(page)
    missing = of_lessons.intersection(page.evaluate("missing()"))
    assert not missing, f"Not on Streamlit's page: {'; '.join(sorted(missing))}"
