"""The page for every reader: axe-core's rules, zoom, a phone, less motion, words."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.browsing import (
    ACROSS,
    PHONE,
    add_to_report,
    open_page,
    open_tab,
    press,
    settle,
    show_sentence,
    wait_until_drawn,
)

pytestmark = pytest.mark.browser
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
# axe misses what lies below the fold.
TALL = {"width": 1280, "height": 5000}
TALL_PHONE = {"width": 390, "height": 9000}
STILL = {"reduced_motion": "reduce"}  # or axe meets colours on their way
LONG = "turtles swim slowly in the sea and " * 28  # 198 tokens
# Each tab with what it shows last.
TABS = {
    "Head": "Strongest here",
    "All heads": "Choose a row to open its head",
    "Two words": "From “moved” to “turtle”",
    "One token": "who looks at it",
    "Several heads": "The mean of the chosen heads' weights",
    "What if": "divergence in nats",
    "Compare": "Heads whose habits changed most",
    "Test a claim": "misses first",
    "Atlas": "Where a head points is not proof",
    "Report": "Continue from a saved file",
}
# Everything that the tabs can show, by the link.
FILLED = {
    "text": ACROSS,
    "from": "2 turtle",
    "to": "3 moved",
    "silent": "Layer 3, head 10",
    "heads": "Layer 3, head 10",
}
# What another sentence changes, apart from the picture of all heads.
OF_A_SENTENCE = ".st-key-offers, .st-key-words-place, [role=tabpanel]"
# What opens, with the button that it opens from.
OVER_THE_PAGE = "[data-testid=stPopoverBody], [data-testid=stPopoverButton]"
# Headings and controls that lie outside the window to the left or to the right, where
# no part of the page that scrolls sideways brings them in.
OUTSIDE = """main => [...main.querySelectorAll(
  "h1, h2, button, input, textarea, [role=tab], [data-testid=stText]")]
  .filter(part => part.checkVisibility() && part.getBoundingClientRect().width > 1)
  .filter(part => {
    const { left, right } = part.getBoundingClientRect()
    if (left >= -1 && right <= innerWidth + 1) return false
    for (let up = part.parentElement; up && up !== main; up = up.parentElement)
      if (["auto", "scroll"].includes(getComputedStyle(up).overflowX)) return false
    return true
  }).map(part => part.outerHTML.slice(0, 200))"""
# What moves for longer than an eye can see, shadow trees included.
MOVING = """() => {
  const found = []
  const look = root => {
    for (const part of root.querySelectorAll("*")) {
      if (part.shadowRoot) look(part.shadowRoot)
      const { transitionDuration, animationDuration, animationName, scrollBehavior } =
        getComputedStyle(part)
      const times = animationName === "none" ? transitionDuration
        : `${transitionDuration},${animationDuration}`
      if (scrollBehavior === "smooth" ||
          Math.max(...times.split(",").map(parseFloat)) > 0.01)
        found.push(part.outerHTML.slice(0, 200))
    }
  }
  look(document)
  return found
}"""


# Colours on their way to others are nobody's.
STANDS_STILL = "document.getAnimations().every(one => one.playState !== 'running')"


def faults(page: Page, parts: str | None = None) -> list[str]:
    """What axe calls serious or critical, with the elements.

    parts: a selector, where the rest of the page is as it was looked at before.
    """
    settle(page)
    wait_until_drawn(page)
    page.wait_for_function(STANDS_STILL)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollHeight <= e.clientHeight"), "below the fold"
    # axe passes over a chart's words; these have the text's own colour.
    charts = page.get_by_test_id("stVegaLiteChart").locator("svg text")
    fills = set(charts.evaluate_all("all => all.map(e => getComputedStyle(e).fill)"))
    assert fills <= {main.evaluate("e => getComputedStyle(e).color")}
    return [
        f"{found['id']}: {node['html'][:200]}"
        for found in Axe().run(page, parts).response["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


@SCHEMES
def test_axe_finds_nothing_serious_on_any_tab_wide_and_narrow(served, new_page, scheme):
    page = new_page(viewport=TALL, color_scheme=scheme, **STILL)
    open_page(page, served, **FILLED)
    add_to_report(page, "head", "It looks one word on.")
    found = {}
    for tab, shows in TABS.items():
        open_tab(page, tab)
        for screen in (TALL, TALL_PHONE):
            page.set_viewport_size(screen)
            expect(page.get_by_text(shows).last).to_be_visible()
            # What stands around the tabs is the same in all of them.
            parts = None if tab == "Head" else "[role=tabpanel]"
            found[tab, screen["width"]] = faults(page, parts)
    assert not {where: bad for where, bad in found.items() if bad}


@SCHEMES
def test_axe_finds_nothing_serious_in_any_state(served, new_page, scheme):
    page = new_page(viewport=TALL, color_scheme=scheme, **STILL)
    found = {}

    def look(state: str, shows: str, parts: str | None = None) -> None:
        expect(page.get_by_text(shows).first).to_be_visible()
        found[state] = faults(page, parts)

    # A lesson with the teacher's panel, by a link that is odd.
    open_page(page, served, lesson="next-word", teach="1", layer="99")
    expect(page.get_by_text("Your task.")).to_be_visible()
    expect(page.get_by_text("The link's layer")).to_be_visible()
    look("lesson", "Teacher's panel")
    page.set_viewport_size(TALL_PHONE)
    look("lesson on a phone", "Teacher's panel")
    page.set_viewport_size(TALL)

    open_page(page, served, text=ACROSS, hide="words,roles")
    look("guess", "BERT's words appear once you have guessed")

    parts = {"table": "true", "check": "true", "colours": "gray"}
    open_page(page, served, text=ACROSS, **parts)
    look("a head's parts", "labelled next in")
    page.get_by_text("Lines", exact=True).click()
    expect(page.locator("[aria-label^='Lines of Layer 3']")).to_be_visible()
    look("lines", "labelled next in", "[role=tabpanel]")
    open_tab(page, "Atlas")
    page.get_by_text("open head", exact=True).click()
    look("an atlas by head", "What it is called", "[role=tabpanel]")
    open_tab(page, "Head")
    for state, text, shows in (
        ("nearly a mask", "The [mask].", "BERT knows its mask only as"),
        ("no mask", "The turtle moved slowly.", "There is no [MASK] to guess"),
        ("a long text", LONG, "Mark a token"),
        ("too long a text", "turtle " * 600, "602 tokens"),
    ):
        show_sentence(page, text)
        look(state, shows, OF_A_SENTENCE)
    assert not {state: bad for state, bad in found.items() if bad}


@SCHEMES
def test_axe_finds_nothing_serious_in_what_opens_over_the_page(
    served, new_page, scheme
):
    page = new_page(viewport=TALL, color_scheme=scheme, **STILL)
    open_page(page, served, lesson="adverb-verb")
    press(page, "Say what this head does")
    expect(page.get_by_role("button", name="Check on more sentences")).to_be_visible()
    found = {}
    for name in (
        *("Lessons", "Hint", "How many", "Tokens"),
        *("Add to report", "Download this head", "Download all heads"),
    ):
        settle(page)
        press(page, name)
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        found[name] = faults(page, OVER_THE_PAGE)
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    assert not {name: bad for name, bad in found.items() if bad}


@pytest.mark.parametrize(
    "screen",
    [
        # 1280 x 800 at 200% zoom: half as many CSS pixels, of twice the size.
        {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
        {"viewport": PHONE, "has_touch": True},
    ],
    ids=["200% zoom", "phone"],
)
def test_nothing_is_cut_off_or_scrolls_sideways(served, new_page, screen):
    page = open_page(new_page(**screen), served, teach="1", **FILLED)
    for tab, shows in TABS.items():
        open_tab(page, tab)
        expect(page.get_by_text(shows).last).to_be_visible()
        assert_nothing_is_cut_off(page)
    open_page(page, served, text=LONG, lesson="bias", tab="Head")
    expect(page.get_by_label("Mark a token")).to_be_visible()
    assert_nothing_is_cut_off(page)


def assert_nothing_is_cut_off(page: Page) -> None:
    settle(page)
    main = page.get_by_test_id("stMain")
    for scroller in (page.locator("html"), main):
        assert scroller.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert main.evaluate(OUTSIDE) == []


def test_nothing_moves_for_who_asks_for_less_motion(served, new_page):
    # Asked before the page opens: Chromium leaves what already moves as it was.
    assert open_page(new_page(), served, text=LONG).evaluate(MOVING)
    page = open_page(new_page(**STILL), served, text=LONG)
    for tab in TABS:
        open_tab(page, tab)
        settle(page)
        assert page.evaluate(MOVING) == [], tab


def test_pictures_are_told_in_words(served, new_page):
    page = open_page(new_page(), served, text=ACROSS)
    heads = page.locator(".grid button").evaluate_all(
        "buttons => buttons.map(button => [button.ariaLabel, button.title])"
    )
    names = [f"Layer {i // 12 + 1}, head {i % 12 + 1}" for i in range(144)]
    assert [name for name, _ in heads] == names
    for name, title in heads:
        assert re.fullmatch(f"{name}: [a-z]+", title)
    assert heads[2 * 12 + 9][1] == "Layer 3, head 10: next"
    for group in ("All heads", "Show heads of one role"):
        expect(page.get_by_role("group", name=group)).to_be_visible()

    picture = page.get_by_test_id("stVegaLiteChart").first
    name = "Heatmap of Layer 3, head 10; “Show as table” has its numbers"
    expect(picture).to_have_attribute("aria-label", name)
    expect(page.get_by_text("Each word looks at the next word")).to_be_visible()
    expect(page.get_by_text("Strongest here: ")).to_be_visible()
    page.get_by_text("Show as table").click()
    # Streamlit draws a table on a canvas, and says it inside.
    numbers = page.get_by_test_id("data-grid-canvas").first
    expect(numbers).to_contain_text("slowly")
