"""The parts behind tabs in a real Chromium, by mouse, by keyboard and by link."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import (
    ACROSS,
    drawing,
    expect_in_url,
    open_page,
    open_tab,
    press,
    settle,
    show_sentence,
)

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 4000}  # all of the page at once


@pytest.fixture
def page_on(shared_page):
    """Show a sentence and a tab on the page that other tests have used."""

    def make(tab: str, text: str = ACROSS) -> Page:
        page = shared_page
        show_sentence(page, text)
        open_tab(page, tab)
        expect(page.get_by_role("tabpanel", name=tab, exact=True)).to_be_visible()
        settle(page)
        return page

    return make


def test_tabs_are_walked_by_keyboard_and_kept_in_the_url(page_on):
    page = page_on("Head")
    page.get_by_role("tab", name="Head", exact=True).focus()
    for tab, field in (
        ("All heads", "Show role"),
        ("Two words", "From"),
        ("One token", "Token"),
        ("Several heads", "Map"),
        ("What if", "Silent heads"),
        ("Compare", "Compare with"),
    ):
        page.keyboard.press("ArrowRight")
        panel = page.get_by_role("tabpanel", name=tab, exact=True)
        expect(panel.get_by_text(field, exact=True).first).to_be_visible()
        settle(page)
        expect(page.get_by_role("tab", name=tab, exact=True)).to_be_focused()
        expect_in_url(page, "tab", tab)


def test_the_open_tab_is_in_sight_on_a_phone(served, new_page):
    page = open_page(new_page(viewport=PHONE), served, tab="Report")
    report = page.get_by_role("tab", name="Report", exact=True)
    expect(report).to_be_in_viewport(ratio=1)
    claim = page.get_by_role("tab", name="Test a claim", exact=True)
    claim.click()
    expect(page.get_by_text("misses first")).to_be_visible()
    settle(page)
    expect(claim).to_be_in_viewport(ratio=1)


def test_a_second_sentence_stands_beside_the_first(page_on):
    page = page_on("Compare")
    expect(page.get_by_text("Layer 3, head 10: second minus first")).to_be_visible()
    press(page, "apart")
    expect(page.get_by_label("Compare with")).to_have_value(
        "Slowly, the old and tired turtle moved across the [MASK]."
    )
    # Not as many tokens: no difference, but still a ranking.
    expect(page.get_by_text("second minus first", exact=False)).to_have_count(1)
    # For a moment the old one stands beside the new one.
    expect(page.get_by_text("Heads whose habits changed most")).to_have_count(1)

    page.get_by_label("Compare with").fill("turtle " * 600)
    page.get_by_label("Compare with").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("602 tokens")
    expect(page.get_by_role("alert")).to_have_count(1)
    open_tab(page, "Head")
    expect(page.get_by_text("Strongest here")).to_be_visible()


def test_chosen_heads_are_drawn_as_a_mean_and_as_coloured_lines(page_on):
    page = page_on("Several heads")
    press(page, "Add the open head")
    expect(drawing(page, "Lines of the chosen heads")).to_be_visible()
    expect(drawing(page, "Heatmap of the mean of chosen heads")).to_be_visible()


def test_rollout_is_named_and_explained(page_on):
    page = page_on("Several heads")
    page.get_by_text("attention rollout", exact=True).click()
    expect(drawing(page, "Heatmap of the attention rollout")).to_be_visible()
    expect(page.get_by_text("Abnar and Zuidema 2020")).to_be_visible()
    expect_in_url(page, "map", "attention rollout")


def test_one_token_shows_where_it_looks_and_who_looks_at_it(served, new_page):
    page = open_page(new_page(), served, text=ACROSS, tab="One token", token="3 moved")
    expect(page.get_by_text("“moved”: where it looks")).to_be_visible()
    expect(page.get_by_text("“moved”: who looks at it")).to_be_visible()
    expect(drawing(page, "Bars: where it looks")).to_be_visible()


def test_lines_take_the_heatmaps_place(page_on):
    page = page_on("Head")
    page.get_by_text("Lines", exact=True).click()
    expect(drawing(page, "Lines of Layer 3, head 10")).to_be_visible()
    expect(drawing(page, "Heatmap of Layer 3, head 10")).to_have_count(0)
    page.get_by_text("Lines", exact=True).click()
    expect(drawing(page, "Heatmap of Layer 3, head 10")).to_be_visible()


def test_joined_words_stand_in_every_picture(page_on):
    page = page_on("One token", text="An unbelievably slow turtle.")
    press(page, "Tokens")
    page.get_by_text("Join word pieces").click()
    expect(page.get_by_text("Word pieces are joined")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("img").get_by_text("unbelievably").first).to_be_visible()
