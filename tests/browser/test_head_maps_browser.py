"""The maps of all heads in a real Chromium: a click on a cell opens its head."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import ACROSS, expect_in_url, open_page

pytestmark = pytest.mark.browser

MAPS = pytest.mark.parametrize(
    ("key", "parameters"),
    [
        ("atlas_map", {"tab": "Atlas"}),
        ("changed_map", {"tab": "Compare"}),
        ("claim_map", {"tab": "Test a claim"}),
        ("points_map", {"tab": "What if", "rank": "true"}),
        ("divergence_map", {"tab": "What if", "rank": "true"}),
    ],
)


def cell(page: Page, key: str, layer: int, head: int):
    labels = f'[aria-label*="head: {head};"][aria-label*="layer: {layer};"]'
    return page.locator(f"[class*=st-key-{key}] path{labels}").first


def outlined(page: Page, key: str, layer: int, head: int):
    says = f"head: {head}; layer: {layer}"
    return page.locator(f'[class*=st-key-{key}] path[aria-label="{says}"]')


# How high the element of a key is, from frame to frame.
WATCH = """key => {
  window.heights = []
  const look = () => {
    const height = document.querySelector(`[class*=st-key-${key}]`)?.offsetHeight ?? 0
    if (height !== heights.at(-1)) heights.push(height)
    requestAnimationFrame(look)
  }
  look()
}"""


@MAPS
def test_what_is_below_a_map_stays_while_another_head_is_opened(
    served, new_page, key, parameters
):
    page = open_page(new_page(), served, text=ACROSS, **parameters)
    page.evaluate(WATCH, key)
    cell(page, key, 5, 1).click()
    expect(outlined(page, key, 5, 1)).to_have_count(2)
    assert page.evaluate("heights") == [400]


@MAPS
def test_a_click_on_a_maps_cell_opens_its_head_again_and_again(
    served, new_page, key, parameters
):
    page = open_page(new_page(), served, text=ACROSS, **parameters)
    expect(outlined(page, key, 3, 10)).to_have_count(2)
    for layer, head in [(5, 1), (7, 12), (5, 1)]:
        cell(page, key, layer, head).click()
        name = f"Layer {layer}, head {head}"
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        expect(outlined(page, key, layer, head)).to_have_count(2)
        expect_in_url(page, "head", str(head))
