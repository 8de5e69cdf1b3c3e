"""The tab Atlas in a real Chromium, as a student goes through it."""

import re

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from attention.atlas.file import load, save
from attention.atlas.rates import Atlas, held_out, strengths
from attention.atlas.relations import TO_GOVERNOR, relation_name
from corpus.atlas import ATLASES
from model_cache.catalog import BUNDLED
from tests.findings.test_atlas_judgements import small_atlas
from tests.support.browsing import (
    choose_row,
    expect_in_url,
    head_heading,
    open_page,
    open_tab,
    press,
    settle,
    take_home,
    unfold,
    wait_until_drawn,
)

pytestmark = pytest.mark.browser
OBJECTS = "direct object → its verb"
WIDTHS = pytest.mark.parametrize(
    "viewport", [{"width": 1280, "height": 800}, {"width": 390, "height": 844}]
)


def choose_relation(page: Page, name: str) -> None:
    """Choose by keyboard alone: type some of it, and press Enter."""
    page.get_by_role("combobox", name="Relation").focus()
    page.keyboard.type(name)
    expect(page.get_by_role("option", name=name, exact=True)).to_be_visible()
    wait_until_drawn(page)
    page.keyboard.press("Enter")


def shipped_atlas() -> Atlas:
    return load((ATLASES / f"{BUNDLED}.npz").read_bytes())


@WIDTHS
def test_a_relation_leads_to_its_head_and_to_a_sentence_where_it_misses(
    served, new_page, viewport
):
    relation = shipped_atlas().relations["obj"]
    best = held_out(relation, TO_GOVERNOR)
    head, numbers = best.head.name, best.head.numbers
    hits = re.compile(f"{head} hits {best.rate:.0%}")
    page = open_page(new_page(viewport=viewport), served)
    open_tab(page, "Atlas")
    choose_relation(page, OBJECTS)
    expect(page.get_by_text(hits)).to_be_visible()
    press(page, f"Open {head.lower()}")
    expect(head_heading(page, *numbers)).to_be_visible()
    rate = relation.rates(TO_GOVERNOR)[best.head]
    line = f"points from a direct object to its verb {rate:.0%} of the time"
    open_tab(page, "Head")
    expect(page.get_by_text(line)).to_be_visible()
    open_tab(page, "Atlas")
    expect(page.get_by_text(hits)).to_be_visible()
    expect(page.get_by_role("button", name=f"Open {head.lower()}")).to_have_count(0)
    says = page.get_by_text("the open head hits")
    n_hits, n = re.search(r"hits (\d+) of (\d+)", says.text_content()).groups()
    assert 0 < int(n_hits) < int(n)  # so that the first row is a miss
    expect_in_url(page, "head", best.head.short)
    url = page.url
    choose_row(page, "atlas_sentences")
    sentence = page.get_by_label("Sentence")
    expect(sentence).not_to_have_value(re.compile("Then I picked up"))
    expect(sentence).to_have_value(re.compile(r"\w+ \w+"))
    expect(head_heading(page, *numbers)).to_be_visible()
    settle(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= viewport["width"]
    # The link opens the relation in a fresh browser.
    fresh = open_page(new_page(viewport=viewport, is_fresh=True), url)
    expect(fresh.get_by_text(hits)).to_be_visible()


def test_a_row_of_the_ranking_opens_its_head_and_a_row_of_the_head_its_relation(
    served, new_page
):
    page = open_page(new_page(), served, tab="Atlas", relation=OBJECTS)
    atlas = shipped_atlas()
    best = atlas.relations["obj"].best(TO_GOVERNOR)
    choose_row(page, "atlas_heads")
    expect(head_heading(page, *best.numbers)).to_be_visible()
    settle(page)
    page.get_by_text("open head", exact=True).click()
    expect(page.get_by_text("What it is called most")).to_be_visible()
    settle(page)
    choose_row(page, "atlas_relations", 1)
    follows = strengths(atlas, best)[1]
    n = atlas.relations[follows.relation].n
    expect(page.get_by_text(re.compile(f"of {n:,} in all"))).to_be_visible()
    name = relation_name(follows.relation, follows.direction)
    expect_in_url(page, "relation", name)


def test_a_claim_opens_its_relation_and_other_tabs_open_after_that(served, new_page):
    page = open_page(new_page(), served, tab="Test a claim", examples="object -> verb")
    expect(page.get_by_text("The atlas, over 4,078 sentences.")).to_be_visible()
    press(page, "Open it in the tab Atlas")
    atlas = page.get_by_role("tabpanel", name="Atlas")  # both tabs may say it at once
    expect(atlas.get_by_text(re.compile("of 2,361 in all"))).to_be_visible()
    expect_in_url(page, "tab", "Atlas")
    open_tab(page, "All heads")
    expect(page.get_by_text("Choose a row to open its head")).to_be_visible()


def test_an_atlas_is_taken_home_and_brought_back(served, new_page, tmp_path):
    page = open_page(new_page(), served, tab="Atlas")
    unfold(page, "Where this atlas is from")
    download = take_home(page, "This atlas (.npz)")
    file = tmp_path / download.suggested_filename
    download.save_as(file)
    assert file.read_bytes() == (ATLASES / f"{BUNDLED}.npz").read_bytes()
    rates = tmp_path / "rates.csv"
    take_home(page, "All rates (CSV)").save_as(rates)
    table = pd.read_csv(rates)
    best = table[(table.relation == "obj") & (table.direction == "to governor")].iloc[0]
    head = shipped_atlas().relations["obj"].best(TO_GOVERNOR)
    assert (best["layer"], best["head"]) == head.numbers
    unfold(page, "Upload an atlas of your own")
    page.locator("input[type=file]").set_input_files(file)
    chosen = page.get_by_role("combobox", name="Atlas file")
    expect(chosen).to_have_value("your own")
    settle(page)
    # One of another BERT's takes its place, and waits.
    other = tmp_path / "other.npz"
    other.write_bytes(save(small_atlas()))
    page.locator("input[type=file]").set_input_files(other)
    expect(page.get_by_text("Your atlas is of made by hand")).to_be_visible()
    expect(chosen).to_have_count(0)
    settle(page)
    # What is none leaves the page with a sentence.
    none = tmp_path / "none.npz"
    none.write_bytes(b"PK nothing")
    page.locator("input[type=file]").set_input_files(none)
    expect(page.get_by_role("alert")).to_contain_text("This file is no atlas")
    expect(page.get_by_text("Chosen on one half")).to_be_visible()
