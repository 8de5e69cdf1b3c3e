"""The parts behind tabs in a real Chromium, by mouse, by keyboard and by link."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import ACROSS, expect_in_url, open_page, settle

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 4000}  # all of the page at once


@pytest.fixture
def open_tab(served, new_page):
    def make(tab: str, **parameters: str) -> Page:
        query = {"text": ACROSS, "tab": tab} | parameters
        return open_page(new_page(), served, **query)

    return make


def drawing(page: Page, name: str):
    """A chart by the beginning of its text equivalent."""
    return page.locator(f'[data-testid="stVegaLiteChart"][aria-label^="{name}"]')


def test_tabs_are_walked_by_keyboard_and_kept_in_the_url(open_tab):
    page = open_tab("Heads")
    page.get_by_role("tab", name="Heads", exact=True).focus()
    for tab, field in (
        ("Find heads for two words", "From"),
        ("What if", "Silent heads"),
        ("Compare", "Compare with"),
    ):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_label(field, exact=True)).to_be_visible()
        settle(page)
        expect(page.get_by_role("tab", name=tab, exact=True)).to_be_focused()
        expect_in_url(page, "tab", tab)


def test_the_open_tab_is_in_sight_on_a_phone(served, new_page):
    page = open_page(new_page(viewport=PHONE), served, tab="Report")
    report = page.get_by_role("tab", name="Report", exact=True)
    expect(report).to_be_in_viewport(ratio=1)
    claim = page.get_by_role("tab", name="Test a claim", exact=True)
    claim.click()
    expect(page.get_by_label("Examples")).to_be_visible()
    settle(page)
    expect(claim).to_be_in_viewport(ratio=1)


def test_a_second_sentence_stands_beside_the_first(open_tab):
    page = open_tab("Compare")
    expect(page.get_by_text("Layer 3, head 10: second minus first")).to_be_visible()
    page.get_by_role("button", name="apart").click()
    expect(page.get_by_label("Compare with")).to_have_value(
        "Slowly, the old and tired turtle moved across the [MASK]."
    )
    # Not as many tokens: no difference, but still a ranking.
    expect(page.get_by_text("second minus first", exact=False)).to_have_count(1)
    # For a moment the old one stands beside the new one.
    expect(page.get_by_text("Heads whose habits changed most")).to_have_count(1)


def test_a_second_sentence_that_cannot_be_read_gets_one_sentence(open_tab):
    page = open_tab("Compare")
    page.get_by_label("Compare with").fill("turtle " * 600)
    page.get_by_label("Compare with").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("602 tokens")
    expect(page.get_by_text("Strongest here")).to_be_visible()


def test_chosen_heads_are_drawn_as_a_mean_and_as_coloured_lines(open_tab):
    page = open_tab("Several heads")
    page.get_by_role("button", name="Add the open head").click()
    expect(drawing(page, "Lines of the chosen heads")).to_be_visible()
    expect(drawing(page, "Heatmap of the mean of chosen heads")).to_be_visible()


def test_rollout_is_named_and_explained(open_tab):
    page = open_tab("Several heads", map="attention rollout")
    expect(drawing(page, "Heatmap of the attention rollout")).to_be_visible()
    expect(page.get_by_text("Abnar and Zuidema 2020")).to_be_visible()


def test_one_token_shows_where_it_looks_and_who_looks_at_it(open_tab):
    page = open_tab("One token", token="3 moved")
    expect(page.get_by_text("“moved”: where it looks")).to_be_visible()
    expect(page.get_by_text("“moved”: who looks at it")).to_be_visible()
    expect(drawing(page, "Bars: where it looks")).to_be_visible()


def test_lines_take_the_heatmaps_place(open_tab):
    page = open_tab("Heads")
    page.get_by_text("Lines", exact=True).click()
    expect(drawing(page, "Lines of Layer 3, head 10")).to_be_visible()


def test_joined_words_stand_in_every_picture(open_tab):
    page = open_tab("One token", text="An unbelievably slow turtle.", join="true")
    expect(page.get_by_text("Word pieces are joined")).to_be_visible()
    expect(page.get_by_role("img").get_by_text("unbelievably").first).to_be_visible()
