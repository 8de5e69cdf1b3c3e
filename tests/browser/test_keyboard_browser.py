"""The page by keyboard alone, with a visible focus at every step."""

import re
import zipfile

import numpy as np
import pytest
from playwright.sync_api import ElementHandle, Locator, Page, expect

from tests.core.test_colors import CONTROL, contrast, theme
from tests.support.answers import best_head, best_word
from tests.support.browsing import (
    ACROSS,
    head_button,
    head_heading,
    number_field,
    open_page,
    open_tab,
    press,
    settle,
    show_sentence,
    unfold,
    wait_until_drawn,
)

pytestmark = pytest.mark.browser
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
# Disables a tab as Streamlit does in slow runs: until the focus is lost and as many
# frames have gone by.
DISABLE = """(tab, frames) => new Promise(done => {
  tab.addEventListener("focusout", () => setTimeout(async () => {
    for (let frame = 0; frame < frames; frame++)
      await new Promise(drawn => requestAnimationFrame(drawn))
    tab.tabIndex = 0
    tab.removeAttribute("aria-disabled")
    done()
  }), { once: true })
  tab.removeAttribute("tabindex")
  tab.ariaDisabled = "true"
})"""
MOST_STEPS = 90  # key presses from the page's start to its end
# Each popover with the text of its first control.
POPOVERS = {
    "Lessons": "1. ",
    "How many": "Predictions to show",
    "Tokens": "Join word pieces",
    "Add to report": "Your note",
    "Download this head": "PNG",
    "Download all heads": "Sheet (PNG)",
}
# The colours of outlines, shadows and borders of what has the focus and of what is
# just around it, where a field has its border.
RINGS = """async () => {
  for (const _ of "12")  // frames: a busy machine draws the focus in the next one
    await new Promise(drawn => requestAnimationFrame(drawn))
  let at = document.activeElement
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  for (const one of document.getAnimations())
    if (one instanceof CSSTransition) one.finish()
  const rings = []
  for (let around = 0; at && around < 4; around++) {
    const { outlineStyle, outlineColor, boxShadow, borderTopWidth, borderTopColor } =
      getComputedStyle(at)
    const { width } = at.getBoundingClientRect()
    if (width > 1 && outlineStyle !== "none") rings.push(outlineColor)
    if (width > 1 && boxShadow !== "none") rings.push(boxShadow)
    if (parseFloat(borderTopWidth) > 0) rings.push(borderTopColor)
    at = at.parentElement ?? at.getRootNode().host
  }
  return rings
}"""
DARK = "matchMedia('(prefers-color-scheme: dark)').matches"


def assert_focus_shows(page: Page) -> None:
    """Hold what shows the focus to WCAG's contrast with the page."""
    background = theme("dark" if page.evaluate(DARK) else "light")["backgroundColor"]
    rings = page.evaluate(RINGS)
    shown = [contrast(over(ring, background), background) for ring in rings]
    assert max(shown, default=1) >= CONTROL, rings


def over(colour: str, background: np.ndarray) -> np.ndarray:
    """Return the first "rgb(…)" or "rgba(…)" in CSS as it looks on a background."""
    numbers = re.search(r"rgba?\(([^)]*)\)", colour)[1].split(",")
    red, green, blue, alpha = [*map(float, numbers), 1.0][:4]
    return alpha * np.array([red, green, blue]) / 255 + (1 - alpha) * background


def walk_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab, or Shift+Tab, until the target has the focus; see that it shows."""
    expect(target).to_be_attached()
    for _ in range(MOST_STEPS):
        page.keyboard.press(key)
        if target.evaluate("e => e.matches(':focus')"):
            break
    expect(target).to_be_focused()
    assert_focus_shows(page)


def enter(page: Page, target: Locator, key: str = "Tab") -> None:
    walk_to(page, target, key)
    page.keyboard.press("Enter")


def walk_tabs(page: Page, start: str, end: str) -> None:
    """Go from the open tab to another and open it."""
    wait_until_drawn(page)
    tab = page.get_by_role("tab", name=start, exact=True)
    at = "e => Boolean(document.activeElement.compareDocumentPosition(e) & 4)"
    walk_to(page, tab, "Tab" if tab.evaluate(at) else "Shift+Tab")
    tabs = page.get_by_role("tab")
    names = tabs.all_inner_texts()
    for place in range(names.index(start), names.index(end)):
        page.keyboard.press("ArrowRight")
        wait_until_drawn(page)  # what the tab shows
        expect(tabs.nth(place + 1)).to_be_focused()
        assert_focus_shows(page)
    page.keyboard.press("Enter")


@SCHEMES
def test_the_whole_main_job_is_done_by_keyboard_alone(served, new_page, scheme):
    page = new_page(color_scheme=scheme)
    open_page(page, served, text="Hello.")

    walk_to(page, page.get_by_label("Sentence"))
    page.keyboard.press("Control+A")
    page.keyboard.type(ACROSS)
    page.keyboard.press("Enter")
    expect(page.locator("button.word", has_text=best_word(ACROSS))).to_be_visible()
    settle(page)

    word = page.locator("button.word", has_text=best_word(ACROSS))
    enter(page, word)
    field = page.get_by_label("Sentence")
    expect(field).to_have_value(ACROSS.replace("[MASK]", best_word(ACROSS)))
    settle(page)
    enter(page, page.get_by_role("button", name="Put [MASK] back"), "Shift+Tab")
    expect(field).to_have_value(ACROSS)
    expect(word).to_be_visible()
    settle(page)

    walk_to(page, head_button(page, 3, 10))
    for key in ("ArrowDown", "ArrowDown", "Home", "ArrowRight"):
        page.keyboard.press(key)
        assert_focus_shows(page)
    page.keyboard.press("Enter")
    expect(head_heading(page, 5, 2)).to_be_visible()
    settle(page)
    expect(head_button(page, 5, 2)).to_be_focused()

    walk_tabs(page, "Head", "Test a claim")
    enter(page, page.get_by_role("button", name=re.compile("^object")))
    expect(page.get_by_text("Layer 5, head 2: it hits")).to_be_visible()
    settle(page)
    enter(page, page.locator("summary", has_text="The claim’s sentences"))
    expect(page.get_by_label("Claim", exact=True)).to_have_value("object -> verb")

    add = page.locator(".st-key-add-claim").get_by_role("button").first
    enter(page, add)
    walk_to(page, page.get_by_label("Your note"))
    page.keyboard.type("Objects look at their verbs.")
    enter(page, page.get_by_role("button", name="Add", exact=True))
    expect(page.get_by_text("Added: the tab Report has 1 finding")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    expect(add).to_be_focused()

    walk_tabs(page, "Test a claim", "Report")
    expect(page.get_by_label("Note 1")).to_have_value("Objects look at their verbs.")
    settle(page)
    with page.expect_download() as download:
        enter(page, page.get_by_role("button", name="analysis.md with pictures (ZIP)"))
    with zipfile.ZipFile(download.value.path()) as archive:
        text = archive.read("analysis.md").decode()
    assert f"## {best_head('object -> verb').title()}" in text
    assert "Objects look at their verbs." in text


def test_the_tab_key_stops_once_at_a_sentences_words(shared_page):
    page = shared_page
    show_sentence(page, "An old turtle swims.")
    open_tab(page, "Test a claim")
    expect(page.get_by_text("misses first")).to_be_visible()
    unfold(page, "The claim’s sentences")
    unfold(page, "Add the sentence above by clicking")
    for name in ("Hide this word", "Words to choose from"):
        words = page.get_by_role("group", name=name).get_by_role("button")
        walk_to(page, words.first)
        for key, place in (
            ("ArrowRight", 1),
            ("End", 4),
            ("Home", 0),
            ("ArrowDown", 1),
        ):
            page.keyboard.press(key)
            expect(words.nth(place)).to_be_focused()
            assert_focus_shows(page)
        page.keyboard.press("Tab")
        expect(words.nth(2)).not_to_be_focused()
        page.keyboard.press("Shift+Tab")
        expect(words.nth(1)).to_be_focused()
    open_tab(page, "Head")
    expect(page.get_by_text("Strongest here")).to_be_visible()


def test_who_chose_a_word_goes_on_among_the_words(shared_page):
    page = shared_page
    show_sentence(page, "The [MASK] looked at the [MASK].")
    masks = page.get_by_role("group", name="Words for [MASK]")
    to_hide = page.get_by_role("group", name="Hide this word")
    for remain in (1, 0):
        enter(page, masks.get_by_role("button").first)
        expect(page.get_by_role("table")).to_have_count(remain)
        group = masks if remain else to_hide
        expect(group).to_be_focused()
        assert_focus_shows(page)
        settle(page)
    page.keyboard.press("Tab")
    expect(to_hide.get_by_role("button").first).to_be_focused()


def test_another_head_leaves_the_focus_where_it_is(shared_page):
    page = shared_page
    show_sentence(page, ACROSS)
    press(page, "Layer 3, head 10")
    expect(head_heading(page, 3, 10)).to_be_visible()
    word = page.locator("button.word").nth(1)
    word.focus()
    # Not by a click, which would move the focus.
    step = page.get_by_role("button", name="Next", exact=True)
    step.evaluate("e => e.click()")
    expect(head_heading(page, 3, 11)).to_be_visible()
    settle(page)
    expect(word).to_be_focused()


@pytest.mark.parametrize("frames", [0, 10])
def test_a_tab_that_is_disabled_for_a_moment_keeps_the_focus(shared_page, frames):
    page = shared_page
    settle(page)
    tab = page.get_by_role("tab", name="Head", exact=True)
    tab.focus()
    tab.evaluate(DISABLE, frames)
    expect(tab).to_be_focused()


@pytest.mark.parametrize(("name", "shows"), POPOVERS.items())
def test_a_popover_follows_its_button_in_the_order_of_the_tab_key(
    shared_page, name, shows
):
    page = shared_page
    wait_until_drawn(page)
    opener = page.get_by_role("button", name=name, exact=True)
    opener.focus()
    page.keyboard.press("Tab")
    following = focused(page)
    opener.focus()
    page.keyboard.press("Enter")
    body = page.get_by_test_id("stPopoverBody")
    expect(body.get_by_text(shows).first).to_be_visible()
    first = body.locator("button, input, textarea").first
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    assert_focus_shows(page)
    page.keyboard.press("Shift+Tab")
    expect(opener).to_be_focused()
    page.keyboard.press("Tab")
    inside = page.locator("[data-testid=stPopoverBody]:focus-within")
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if not inside.count():
            break
    # Behind the last part of a page comes the page itself.
    is_there = "e => e === document.activeElement || e.matches(':focus')"
    page.wait_for_function(is_there, arg=following)
    opener.focus()
    page.keyboard.press("Escape")
    expect(body).to_have_count(0)


def focused(page: Page) -> ElementHandle:
    return page.evaluate_handle(
        """() => {
          let at = document.activeElement
          while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
          return at
        }"""
    ).as_element()


@SCHEMES
def test_focus_shows_on_every_kind_of_control(served, new_page, scheme):
    page = open_page(new_page(color_scheme=scheme), served, teach="1")
    wait_until_drawn(page)
    for control in (
        page.get_by_role("button", name="Main menu"),
        page.get_by_role("button", name="Copy link"),
        page.get_by_label("Lesson to open"),
        page.get_by_label("In the link"),
        page.get_by_role("button", name="How many"),
        page.locator("button.word").first,
        page.get_by_role("button", name="Tokens", exact=True),
        page.get_by_role("button", name="next 3", exact=True),
        page.get_by_role("button", name="Previous", exact=True),
        number_field(page, "Layer"),
        page.get_by_role("tab", name="Head", exact=True),
        page.get_by_role("button", name=re.compile("^Fullscreen: Heatmap")),
        page.get_by_role("switch", name="Lines"),
    ):
        walk_to(page, control)
    press(page, "How many")
    walk_to(page, page.get_by_role("slider", name="Predictions to show"))
    page.keyboard.press("Escape")
    open_tab(page, "Several heads")
    expect(page.get_by_text("The mean of the chosen heads' weights")).to_be_visible()
    settle(page)
    walk_to(page, page.get_by_role("radio", name="mean of chosen heads"))


def test_a_long_head_is_zoomed_and_searched_by_keyboard(shared_page, bundled_engine):
    text = "turtles swim slowly in the sea and " * 28  # 198 tokens
    page = shared_page
    show_sentence(page, text)
    press(page, "Layer 3, head 10")
    expect(head_heading(page, 3, 10)).to_be_visible()
    settle(page)
    page.get_by_label("Sentence").focus()
    size = page.get_by_text(re.compile(r"^\d+ px$"))
    expect(size).to_have_text("14 px")
    walk_to(page, page.get_by_label("Mark a token"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Mark a token")).to_have_value("1")
    enter(page, page.get_by_role("button", name="Smaller cells"))
    expect(size).to_have_text("10 px")
    walk_to(page, page.get_by_role("group", name="Heatmap of 198 tokens"))
    for key, pixels in (("+", 14), ("+", 20), ("-", 14)):
        page.keyboard.press(key)
        expect(size).to_have_text(f"{pixels} px")
    reading = bundled_engine.read(text.strip())

    def told(layer: int, head: int) -> Locator:
        key = int(reading.attention[layer, head, 1].argmax())
        says = f"“1 turtles” looks most at “{key} {reading.tokens[key]}”"
        return page.get_by_text(re.compile(f"^{re.escape(says)}"))

    expect(told(2, 9)).to_be_visible()
    # Another head keeps the token and the size.
    press(page, "Layer 1, head 4")
    expect(told(0, 3)).to_be_visible()
    expect(page.get_by_label("Mark a token")).to_have_value("1")
    expect(size).to_have_text("14 px")
