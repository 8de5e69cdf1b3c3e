"""What the tabs begin with, and how they tell probabilities."""

import io

import numpy as np
import pyarrow as pa
import pytest

from attention.evidence import tenths
from attention.facts import facts
from components.tabs.compare import TURTLES
from components.tabs.what_if import RANKED_AT_ONCE
from tests.page.test_page import component
from tests.support.on_the_page import (
    ACROSS,
    errors,
    findings,
    in_tab,
    labels,
    open_head,
    press,
    texts,
)

SURE = "He is one [MASK] the best."  # the bundled model gives one word nearly all


# Several heads


def test_several_heads_begin_with_the_open_heads_layer_and_follow_it(open_page):
    page = in_tab(open_page(text=ACROSS), "Several heads")
    assert "Layer 3, the open head's, until you choose others." in texts(page)
    page = open_head(page, 7, 2)
    assert "Layer 7, the open head's, until you choose others." in texts(page)
    lines = page.get("vega_lite_chart")
    assert len(lines) == 1  # lines of twelve heads could not be told apart
    page = press(page, "Add the open head")
    assert page.multiselect(key="heads").value == ["Layer 7, head 2"]
    assert "until you choose others" not in texts(page)
    page = open_head(page, 1, 1)
    assert page.multiselect(key="heads").value == ["Layer 7, head 2"]


# What if


def test_a_short_sentences_heads_are_ranked_at_once(open_page):
    page = open_page(text=ACROSS, tab="What if")
    assert "Rank all heads by effect" not in labels(page)
    (ranking,) = [frame.value for frame in page.dataframe]
    assert len(ranking) == 144
    assert ranking["divergence"].is_monotonic_decreasing
    assert "rank" not in page.query_params


def test_a_long_sentences_heads_are_ranked_at_a_click(open_page):
    tokens = RANKED_AT_ONCE // 144
    short, long = ("turtle " * n + "[MASK]" for n in (tokens - 3, tokens - 2))
    assert len(open_page(text=short, tab="What if").dataframe) == 1
    page = open_page(text=long, tab="What if")
    assert not page.dataframe
    assert "Silencing each of 144 heads takes a while here." in texts(page)
    page = press(page, "Rank all heads by effect")
    assert len(page.dataframe[0].value) == 144
    assert "Rank all heads by effect" not in labels(page)


# Compare


def compared_with(page) -> str:
    return page.text_input(key="with").value


def test_a_sentence_is_compared_with_itself_once_its_word_is_there(open_page):
    page = in_tab(open_page(text=ACROSS), "Compare")
    filled = ACROSS.replace("[MASK]", facts()["words"][ACROSS][0])
    assert compared_with(page) == filled
    assert "with" not in page.query_params
    other = "She drank a cup of [MASK]."
    page.text_input(key="text").set_value(other).run()
    assert compared_with(page).startswith("She drank a cup of ")
    assert compared_with(page) != other
    page.text_input(key="text").set_value("The dog ran.").run()
    assert compared_with(page) == next(iter(TURTLES.values()))


def test_a_sentence_that_somebody_typed_stays_to_be_compared_with(open_page):
    page = in_tab(open_page(text=ACROSS), "Compare")
    page.text_input(key="with").set_value("A cat [MASK].").run()
    page.text_input(key="text").set_value("A dog [MASK].").run()
    assert compared_with(page) == "A cat [MASK]."
    page = press(page, "apart")
    assert compared_with(page) == TURTLES["apart"]
    assert page.query_params["with"] in (TURTLES["apart"], [TURTLES["apart"]])


def test_an_emptied_field_asks_for_a_sentence_and_shows_no_old_one(open_page):
    page = in_tab(open_page(text=ACROSS), "Compare")
    assert len(page.dataframe) == 2
    page.text_input(key="with").set_value("").run()
    assert errors(page) == ["Type a sentence: there is nothing to read yet."]
    assert not page.dataframe
    assert compared_with(page) == ""
    assert component(page, "masks")  # the sentence above is answered


# Probabilities


def shown_shares(page, column: str) -> list[str]:
    """Return how the first table writes a column: its texts in place of its numbers."""
    values = page.dataframe[0].proto.arrow_data.styler.display_values
    return pa.ipc.open_stream(io.BytesIO(values)).read_all().column(column).to_pylist()


def test_a_comparison_tells_a_small_probability_as_small(open_page, bundled_engine):
    page = open_page(text=SURE, tab="Compare", k="20")
    shares = [p.probability for p in bundled_engine.read(SURE, 20).predictions[0]]
    shown = page.dataframe[0].value["probability"].tolist()
    assert shown == pytest.approx(shares, abs=1e-6)
    assert shown_shares(page, "probability") == [tenths(share) for share in shown]
    assert "under 0.1%" in shown_shares(page, "probability")
    page.button(key="add finding comparison").click().run()
    says = findings(page)[0].says[0]
    assert "under 0.1%" in says
    assert " 0.0%" not in says


def test_what_if_tells_small_and_unlisted_probabilities_as_such(open_page):
    page = open_page(text=SURE, tab="What if", k="20", silent="Layer 3")
    frame = page.dataframe[0].value
    for name in ("before", "after"):
        assert shown_shares(page, name) == [
            "not listed" if np.isnan(share) else tenths(share) for share in frame[name]
        ]
    assert "under 0.1%" in shown_shares(page, "before")
    page.button(key="add finding what if").click().run()
    says = findings(page)[0].says[0]
    assert "under 0.1%" in says
    assert " 0.0%" not in says
