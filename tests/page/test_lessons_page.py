"""Lessons and guesses without a browser: what the page asks, hides and answers."""

import pytest
from streamlit.testing.v1 import AppTest

from attention.facts import facts
from attention.lessons import lessons
from tests.page.test_page import component, headings
from tests.support.answers import best_word
from tests.support.on_the_page import (
    ACROSS,
    findings,
    in_tab,
    labels,
    open_head,
    press,
    texts,
)


def test_every_lesson_opens_from_its_link_without_a_fault(open_page):
    for slug, lesson in lessons().items():
        page = open_page(lesson=slug)
        assert not page.exception, slug
        assert not page.error, slug
        assert lesson.title in headings(page)
        assert page.text_input(key="text").value == lesson.sentence


# An old link left out the half that was the lesson's own.
@pytest.mark.parametrize("head", [{"head": "2-1"}, {"layer": "2"}])
def test_a_lessons_link_may_bring_its_own_sentence_and_head(open_page, head):
    page = open_page(lesson="next-word", text=ACROSS, **head)
    assert page.text_input(key="text").value == ACROSS
    assert "Layer 2, head 1" in headings(page)
    page = press(page, "↩ Back to the lesson's sentence")
    assert page.text_input(key="text").value == lessons()["next-word"].sentence


def test_a_pick_is_answered_with_its_share_and_rank(open_page):
    page = open_page(lesson="next-word")
    assert "Layer 1, head 1 gives" in texts(page)
    page = open_head(page, 3, 10)
    share = facts()["lessons"]["next-word"]["share"]
    assert f"gives {share} of its attention to the next word" in texts(page)
    assert "You found it" in texts(page)


def test_what_heads_do_is_hidden_until_the_solution_is_shown(open_page):
    page = open_page(lesson="next-word", layer="3", head="10")
    assert component(page, "sprite")["labels"] == []
    assert "Each word looks at the next word" not in texts(page)
    page = press(page, "Show the solution")
    assert component(page, "sprite")["labels"] != []
    assert "Each word looks at the next word" in texts(page)


def test_a_lesson_starts_without_heads_silenced_and_words_asked_for_before(open_page):
    page = open_page(tab="What if", k="10", silent="Layer 11, head 8")
    assert page.session_state["silent"] == ["Layer 11, head 8"]
    page = page.button(key="lesson silence-a-head").click().run()
    assert page.session_state["silent"] == []
    assert page.slider(key="k").value == 3


def test_a_pair_lesson_with_another_sentence_says_where_to_go(open_page):
    page = open_page(lesson="adverb-verb", text="Nothing of the kind.")
    assert "go back to the lesson's own" in texts(page)
    assert not page.exception


def test_an_unknown_lesson_is_noticed_and_the_page_answers(open_page):
    page = open_page(lesson="../../etc/passwd", hide="everything")
    assert len(page.info) == 2
    assert component(page, "masks")


def test_closing_a_lesson_keeps_the_sentence(open_page):
    page = press(open_page(lesson="bias"), "Close lesson")
    assert page.text_input(key="text").value == lessons()["bias"].sentence
    assert lessons()["bias"].title not in headings(page)


# Guesses


def guess(page: AppTest, *words: str) -> AppTest:
    fields = [
        field for field in page.text_input if field.label.startswith("Your guess")
    ]
    for field, word in zip(fields, words, strict=True):
        field.set_value(word)
    return press(page, "Show BERT's words")


def test_words_stay_hidden_until_a_guess_is_typed(open_page):
    page = open_page(text=ACROSS, hide="words")
    assert component(page, "masks") is None
    page = guess(page, "  ")
    assert component(page, "masks") is None
    assert "Type a word first" in texts(page)
    best = best_word(ACROSS)
    page = guess(page, best.capitalize())
    assert component(page, "masks")["masks"][0]["rows"][0]["token"] == best
    assert f"Your guess “{best.capitalize()}”" in texts(page)
    assert "BERT's word number 1." in texts(page)


def test_each_mask_gets_a_guess_of_its_own(open_page):
    page = open_page(text="The [MASK] ate the [MASK].", hide="words")
    page = guess(page, "cat", "")
    assert "Mask 1: Your guess “cat”" in texts(page)
    assert "Mask 2: Type a word first" in texts(page)
    assert component(page, "masks") is None
    page = guess(page, "cat", "mouse")
    assert len(component(page, "masks")["masks"]) == 2


@pytest.mark.parametrize("word", ["unbelievably", "hot coffee", "☃"])
def test_a_guess_that_has_no_answer_says_why_and_reveals_nothing(open_page, word):
    page = guess(open_page(text=ACROSS, hide="words"), word)
    assert "Guess a" in texts(page)
    assert component(page, "masks") is None


@pytest.mark.parametrize("tab", ["What if", "Compare"])
def test_no_tab_tells_the_words_before_a_guess(open_page, tab):
    page = in_tab(open_page(text=ACROSS, hide="words"), tab)
    assert "guess first" in texts(page)
    assert not page.dataframe
    page = guess(page, "river")
    assert "guess first" not in texts(page)


@pytest.mark.parametrize("tab", ["All heads", "Compare"])
def test_no_tab_and_no_finding_tells_what_heads_do_while_that_is_hidden(open_page, tab):
    page = open_page(text=ACROSS, hide="roles", check="true")
    assert "Check on more sentences" not in labels(page)
    assert "Each word looks" not in texts(page)
    page.button(key="add finding head").click().run()
    assert "Each word looks" not in " ".join(findings(page)[0].says)
    page = in_tab(page, tab)
    assert "for you to find out" in texts(page)
    assert not page.dataframe
    page = press(page, "Show it")
    assert "for you to find out" not in texts(page)
    assert page.dataframe
    page = in_tab(page, "Head")
    assert "Check on more sentences" in labels(page)
    assert "Each word looks at the next word" in texts(page)


def test_the_heads_own_button_says_what_it_does(open_page):
    page = press(open_page(text=ACROSS, hide="roles"), "Say what this head does")
    assert "Each word looks at the next word" in texts(page)


def test_a_hint_is_there_before_the_solution(open_page):
    page = open_page(lesson="next-word")
    shown = [words.value for words in page.markdown]
    assert lessons()["next-word"].hint in shown
    assert not any(words.startswith("**Solution.**") for words in shown)


def test_another_sentence_asks_for_another_guess(open_page):
    page = guess(open_page(text=ACROSS, hide="words"), "road")
    page.text_input(key="text").set_value("A [MASK] ran.").run()
    assert component(page, "masks") is None
