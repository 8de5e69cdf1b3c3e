"""The maps of all heads in a real Chromium: a click on a cell opens its head."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import (
    ACROSS,
    expect_in_url,
    head_button,
    head_heading,
    open_tab,
    settle,
    show_sentence,
)

pytestmark = pytest.mark.browser
MAPS = {
    "atlas_map": "Atlas",
    "changed_map": "Compare",
    "claim_map": "Test a claim",
    "points_map": "What if",
    "divergence_map": "What if",
}


def cell(page: Page, key: str, layer: int, head: int):
    labels = f'[aria-label*="head: {head};"][aria-label*="layer: {layer};"]'
    return page.locator(f"[class*=st-key-{key}] path{labels}").first


def outlined(page: Page, key: str, layer: int, head: int):
    says = f"head: {head}; layer: {layer}"
    return page.locator(f'[class*=st-key-{key}] path[aria-label="{says}"]')


# How high the element of a key is, from frame to frame.
WATCH = """key => {
  const heights = window.heights = []
  const look = () => {
    if (window.heights !== heights) return  // another map is watched
    const height = document.querySelector(`[class*=st-key-${key}]`)?.offsetHeight ?? 0
    if (height !== heights.at(-1)) heights.push(height)
    requestAnimationFrame(look)
  }
  look()
}"""


@pytest.mark.parametrize(("key", "tab"), MAPS.items())
def test_a_click_on_a_maps_cell_opens_its_head_again_and_again_and_moves_nothing(
    shared_page, key, tab
):
    page = shared_page
    show_sentence(page, ACROSS)
    head_button(page, 3, 10).click()
    expect(head_heading(page, 3, 10)).to_be_visible()
    settle(page)
    open_tab(page, tab)
    expect(outlined(page, key, 3, 10)).to_have_count(2)
    settle(page)
    page.evaluate(WATCH, key)
    for layer, head in [(5, 1), (7, 12), (5, 1)]:
        cell(page, key, layer, head).click()
        expect(head_heading(page, layer, head)).to_be_visible()
        expect(outlined(page, key, layer, head)).to_have_count(2)
        expect_in_url(page, "head", f"{layer}-{head}")
        pressed = head_button(page, layer, head)
        expect(pressed).to_have_attribute("aria-pressed", "true")
    # What is below the map has stayed where it was.
    assert page.evaluate("heights") == [400]
