"""The tab "Test a claim" in a real Chromium: its rows, its lines, its long runs."""

import re

import pytest
from playwright.sync_api import Page, expect

from attention.claims.lines import parse
from attention.claims.measure import judge, measure
from attention.claims.ready import ready_claims
from attention.facts import facts
from tests.support.answers import best_head, link_to_best_head
from tests.support.browsing import (
    choose_row,
    head_heading,
    open_page,
    press,
    put_lines,
    settle,
    unfold,
)

pytestmark = pytest.mark.browser
OWN_LINES = "The claim’s sentences"


def chosen_rows(page: Page, table: str):
    # Streamlit draws a table on a canvas, and says it inside.
    return page.locator(f".st-key-{table} canvas tr[aria-selected=true]")


def misses_of(title: str, engine) -> list[str]:
    """Return the sentences that the claim's best head misses, in the file's order."""
    examples, _ = parse(ready_claims()[title].splitlines())
    result = judge([measure(engine.read(one.text), one) for one in examples])
    best = result.best()
    return [one.example.text for one in result.measured if not one.hits[best]]


def test_a_chosen_row_opens_its_sentence_and_is_not_another_heads_row(
    served, new_page, bundled_engine
):
    best, link = best_head("adverb -> verb"), link_to_best_head("adverb -> verb")
    page = open_page(new_page(), served, tab="Test a claim", **link)
    hits = facts()["claims"]["adverb -> verb"]["hits"]
    expect(page.get_by_text(f"{best}: it hits {hits}").last).to_be_visible()
    field = page.get_by_label("Sentence", exact=True)
    for row, sentence in enumerate(misses_of("adverb -> verb", bundled_engine)[:2]):
        choose_row(page, "claim_sentences", row)
        expect(field).to_have_value(sentence)
        expect(page.get_by_role("heading", name=best)).to_be_visible()
        expect(field).to_be_in_viewport()  # from far below, each time
        expect(chosen_rows(page, "claim_sentences")).to_have_count(1)
        settle(page)
    press(page, "Layer 3, head 9")
    expect(page.get_by_text("The open head, Layer 3, head 9")).to_be_visible()
    expect(chosen_rows(page, "claim_sentences")).to_have_count(0)
    expect(field).to_have_value(sentence)


def test_a_chosen_heads_row_is_ticked_while_that_head_is_open(served, new_page):
    best = best_head("adverb -> verb")
    page = open_page(new_page(), served, tab="Test a claim")
    expect(page.get_by_text("misses first")).to_be_visible()
    for _ in range(2):
        choose_row(page, "claim_heads", 0)
        expect(page.get_by_role("heading", name=best)).to_be_visible()
        expect(chosen_rows(page, "claim_heads")).to_have_count(1)
        settle(page)
        press(page, "Layer 3, head 9")
        expect(page.get_by_text("The open head, Layer 3, head 9")).to_be_visible()
        expect(chosen_rows(page, "claim_heads")).to_have_count(0)
        settle(page)


def test_what_is_open_stays_open_when_a_file_takes_the_place_of_own_lines(
    served, new_page
):
    page = open_page(
        new_page(), served, tab="Test a claim", examples="A dog ran. | dog -> ran"
    )
    unfold(page, OWN_LINES)
    unfold(page, "Upload a file")
    table = "sentence;from;to;\nA cat slept.;cat;slept;\n".encode("utf-16")
    file = {"name": "excel.csv", "mimeType": "text/csv", "buffer": table}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_label("Examples")).to_have_value("\nA cat slept. | cat -> slept")
    expect(page.get_by_role("button", name="Put my own lines back")).to_be_visible()
    settle(page)
    expect(page.get_by_text("excel.csv")).to_be_visible()


def test_two_clicked_words_become_an_example(served, new_page):
    page = open_page(
        new_page(),
        served,
        tab="Test a claim",
        text="The dog saw the cat.",
        examples="x",
    )
    unfold(page, OWN_LINES)
    unfold(page, "Add the sentence above by clicking")
    words = page.get_by_role("group", name="Words to choose from")
    words.get_by_role("button", name="the").nth(1).click()
    expect(page.get_by_text("“the” looks at …")).to_be_visible()
    words.get_by_role("button", name="cat").click()
    expect(page.get_by_label("Examples")).to_have_value(
        "x\nThe dog saw the cat. | the#2 -> cat"
    )
    expect(page.get_by_text("1 line is not tested")).to_be_visible()


def test_clicked_words_are_the_sentences_though_a_view_hides_some(served, new_page):
    page = open_page(
        new_page(),
        served,
        tab="Test a claim",
        text="Slowly, the turtle moved.",
        examples="x",
        specials="hidden",
    )
    unfold(page, OWN_LINES)
    unfold(page, "Add the sentence above by clicking")
    words = page.get_by_role("group", name="Words to choose from")
    words.get_by_role("button", name="turtle").click()
    words.get_by_role("button", name="moved").click()
    expect(page.get_by_label("Examples")).to_have_value(
        "x\nSlowly, the turtle moved. | turtle -> moved"
    )


def test_a_long_run_is_stopped_and_goes_on(served, new_page):
    lines = "\n".join(
        f"Turtle {i} swims slowly. | slowly -> swims" for i in range(2000)
    )
    page = open_page(new_page(), served, tab="Test a claim")
    unfold(page, OWN_LINES)
    put_lines(page.get_by_label("Examples"), lines)
    # What the lines before gave stands no more, to be read or added as these lines'.
    expect(page.get_by_text("Stop the test")).to_be_visible()
    expect(page.get_by_text("Promising")).to_have_count(0)
    expect(page.locator(".st-key-add-claim")).to_have_count(0)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    # A click in the tab or on a head is answered at once; the test goes on after it.
    press(page, "Layer 5, head 1")
    expect(head_heading(page, 5, 1)).to_be_visible()
    expect(page.get_by_text("Stop the test")).to_be_visible()
    press(page, "Stop the test")
    expect(page.get_by_text(re.compile("Stopped after .* of 2,000"))).to_be_visible()
    press(page, "Go on")
    whole = page.get_by_text("of 2000 (").first
    expect(whole).to_be_visible(timeout=120_000)
