"""A click on a head draws the detail alone; what it must not lose by that."""

import re

import pytest
from playwright.sync_api import Page, expect

from attention.report import file as report_file
from tests.support.browsing import (
    ACROSS,
    add_to_report,
    choose_row,
    expect_head,
    expect_in_url,
    head_button,
    open_head,
    open_page,
    open_tab,
    press,
    settle,
    show_sentence,
)

pytestmark = pytest.mark.browser
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
ELSEWHERE = {"model": "bert-base-uncased"}  # on no server of the tests


@pytest.fixture
def page(shared_page) -> Page:
    """The page that other tests have used, on a sentence and its first tab."""
    show_sentence(shared_page, ACROSS)
    open_tab(shared_page, "Head")
    expect(shared_page.get_by_text("Strongest here")).to_be_visible()
    open_head(shared_page, 4, 4)
    return shared_page


# What a part of the detail sets outside of it.


@pytest.mark.parametrize(
    ("tab", "says", "table"),
    [
        ("Test a claim", "misses first", "claim_sentences"),
        ("Atlas", "Misses first", "atlas_sentences"),
    ],
)
def test_a_sentence_chosen_in_a_tab_becomes_the_pages(page, tab, says, table):
    open_tab(page, tab)
    expect(page.get_by_text(says)).to_be_visible()
    settle(page)
    choose_row(page, table)
    field = page.get_by_label("Sentence", exact=True)
    expect(field).not_to_have_value(ACROSS)
    expect(field).to_have_value(re.compile(r"\w+ \w+"))
    text = field.input_value()
    expect(page).to_have_title(re.compile(re.escape(text[:20])))
    expect_in_url(page, "text", text)


def test_a_saved_view_opened_in_the_report_sets_the_pages_fields(page):
    view = {"text": "The [MASK] barked.", "k": "5", "head": "5-2", **ELSEWHERE}
    file = report_file.save((), view)
    open_tab(page, "Report")
    page.locator("input[type=file]").set_input_files(
        {"name": "view.json", "mimeType": "application/json", "buffer": file}
    )
    expect(page.get_by_label("Sentence", exact=True)).to_have_value(view["text"])
    expect(page.locator("button.word")).to_have_count(5)
    expect_head(page, 5, 2)
    model = page.get_by_role("combobox", name="Model")
    expect(model).to_have_value(view["model"])
    expect(page.get_by_text("is not on this computer yet")).to_be_visible()
    for name in ("text", "k", "model"):
        expect_in_url(page, name, view[name])
    model.click()
    page.get_by_role("option", name="attention-small-12x12").click()
    expect(page.get_by_text("is not on this computer yet")).to_have_count(0)


# What stands outside and follows the open head.


def test_links_and_a_lessons_answer_follow_the_open_head_at_once(served, new_page):
    page = open_page(new_page(**CLIPBOARD), served, teach="1")
    head_button(page, 5, 3).click()
    expect(page.get_by_test_id("stCode")).to_contain_text("head=5-3")
    press(page, "Copy link")
    expect(page.get_by_text("Copied")).to_be_visible()
    assert "head=5-3" in page.evaluate("navigator.clipboard.readText()")
    open_page(page, served, lesson="adverb-verb")
    for head in (3, 4):
        head_button(page, 5, head).click()
        expect(
            page.get_by_text(re.compile(f"Layer 5, head {head} gives"))
        ).to_be_visible()


def test_the_warning_before_leaving_follows_a_finding(page):
    assert not page.evaluate("window.onbeforeunload?.()")
    add_to_report(page, "head", "It looks somewhere.")
    page.wait_for_function("window.onbeforeunload?.()")
    open_tab(page, "Report")
    press(page, "Remove")
    page.wait_for_function("!window.onbeforeunload?.()")


@pytest.mark.parametrize("way", ["row", "cell"])
def test_a_row_and_a_cell_of_a_map_mark_their_head_in_the_picture(page, way):
    if way == "row":
        open_tab(page, "All heads")
        expect(page.get_by_text("144 of 144 heads")).to_be_visible()
        settle(page)
        choose_row(page, "heads_table", 1)
        expect_head(page, 1, 2)
    else:
        open_tab(page, "Atlas")
        cell = page.locator(
            "[class*=st-key-atlas_map] path"
            '[aria-label*="head: 2;"][aria-label*="layer: 9;"]'
        )
        cell.first.click()
        expect_head(page, 9, 2)


# Links, and the browser's history.

# Which heads a page names or marks, from its first paint on.
HEADS_SHOWN = """{
  window.shown = new Set()
  const look = () => {
    for (const heading of document.querySelectorAll("h2"))
      if (heading.innerText.startsWith("Layer")) shown.add(heading.innerText)
    for (const part of document.querySelectorAll("[class*=st-key-overview] *"))
      for (const cell of part.shadowRoot?.querySelectorAll("[aria-pressed=true]") ?? [])
        if (cell.ariaLabel) shown.add(cell.ariaLabel)
    requestAnimationFrame(look)
  }
  look()
}"""


def test_the_head_of_a_link_is_there_in_the_first_paint(served, new_page):
    page = new_page()
    page.add_init_script(HEADS_SHOWN)
    open_page(page, served, head="5-2")
    assert page.evaluate("[...shown]") == ["Layer 5, head 2"]


def test_one_click_is_one_step_back_and_head_and_tab_are_restored(page):
    open_head(page, 5, 1)
    open_tab(page, "One token")
    expect(page.get_by_text("who looks at it")).to_be_visible()
    settle(page)
    open_head(page, 6, 2)
    # A tab that is opened takes its entry's place, as a typed sentence does.
    steps = [((4, 4), "Head"), ((5, 1), "One token")]

    def expect_state(head: tuple[int, int], tab: str) -> None:
        expect_head(page, *head)
        opened = page.get_by_role("tab", name=tab, exact=True)
        expect(opened).to_have_attribute("aria-selected", "true")
        says = "Strongest here" if tab == "Head" else "who looks at it"
        expect(page.get_by_text(says).last).to_be_visible()
        settle(page)

    for head, tab in reversed(steps):
        page.go_back()
        expect_state(head, tab)
    for head, tab in [*steps[1:], ((6, 2), "One token")]:
        page.go_forward()
        expect_state(head, tab)
    page.reload()
    expect_state((6, 2), "One token")


def test_eight_quick_clicks_end_on_the_eighth(page):
    for layer in range(1, 9):
        head_button(page, layer, 2).click()
    expect_head(page, 8, 2)
    settle(page)
    expect_head(page, 8, 2)
