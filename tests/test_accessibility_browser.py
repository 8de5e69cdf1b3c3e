"""The page for every reader: axe-core's rules, and a long head without a mouse."""

import re
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
# axe misses what lies below the fold.
TALL = {"width": 1280, "height": 3000}
LONG = "turtles swim slowly in the sea and " * 28  # 198 tokens
STATES = {
    "the page": {},
    "Find heads for two words": {"tab": "Find heads for two words"},
    "What if": {"tab": "What if", "silent": "Layer 3, head 10", "rank": "true"},
    "Compare": {"tab": "Compare"},
    "Several heads": {"tab": "Several heads"},
    "One token": {"tab": "One token"},
    "Test a claim": {"tab": "Test a claim"},
    "Report": {"tab": "Report"},
    "a lesson": {"lesson": "next-word"},
    "a guess": {"hide": "words,roles"},
    "the teacher's panel": {"teach": "1"},
    "no mask": {"text": "The turtle moved slowly."},
    "a long text": {"text": LONG},
}


def settled(page: Page, url: str, parameters: dict[str, str]) -> Page:
    page.goto(f"{url}/?{urlencode(parameters)}")
    expect(page.get_by_text("Strongest here")).to_be_visible()
    app = page.locator('[data-testid="stApp"]')
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    return page


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical, with the elements."""
    return [
        f"{found['id']}: {node['html'][:200]}"
        for found in Axe().run(page).response["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


@SCHEMES
def test_axe_finds_nothing_serious_on_any_tab_in_any_state(served, new_page, scheme):
    page = new_page(viewport=TALL, color_scheme=scheme)
    found = {}
    for state, parameters in STATES.items():
        found[state] = faults(settled(page, served, parameters))
    assert not {state: bad for state, bad in found.items() if bad}


@SCHEMES
def test_axe_finds_nothing_serious_on_a_phone(served, new_page, scheme):
    page = new_page(viewport={"width": 390, "height": 5000}, color_scheme=scheme)
    assert not faults(settled(page, served, {"lesson": "bias", "teach": "1"}))


@pytest.mark.parametrize(
    "viewport",
    [
        {"width": 390, "height": 844},
        {"width": 640, "height": 400},  # 1280 x 800 at 200 % zoom
    ],
)
def test_nothing_is_wider_than_the_window(served, new_page, viewport):
    page = settled(
        new_page(viewport=viewport), served, {"lesson": "bias", "teach": "1"}
    )
    overflow = page.evaluate(
        """() => [document.scrollingElement,
                  document.querySelector("[data-testid=stMain]")]
                 .map(part => part.scrollWidth - part.clientWidth)"""
    )
    assert max(overflow) <= 0


def test_a_long_head_is_zoomed_and_searched_by_keyboard(
    served, new_page, bundled_engine
):
    page = settled(new_page(), served, {"text": LONG})
    window = page.get_by_role("group", name=re.compile("^Heatmap of 198 tokens"))
    size = page.get_by_text(re.compile(r"^\d+ px$"))
    expect(size).to_have_text("14 px")
    window.focus()
    page.keyboard.press("+")
    expect(size).to_have_text("20 px")
    page.get_by_role("button", name="Smaller cells").press("Enter")
    expect(size).to_have_text("14 px")
    page.get_by_label("Mark a token").select_option(label="1 turtles")
    reading = bundled_engine.read(LONG.strip())

    def told(layer: int, head: int):
        key = int(reading.attention[layer, head, 1].argmax())
        says = f"“1 turtles” looks most at “{key} {reading.tokens[key]}”"
        return page.get_by_text(re.compile(f"^{re.escape(says)}"))

    expect(told(2, 9)).to_be_visible()
    # Another head keeps the token and the size.
    page.get_by_role("button", name="Layer 1, head 4", exact=True).click()
    expect(told(0, 3)).to_be_visible()
    expect(page.get_by_label("Mark a token")).to_have_value("1")
    expect(size).to_have_text("14 px")
