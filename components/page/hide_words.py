"""The words of a sentence without [MASK], each one click from being hidden."""

import streamlit as st

from attention.reading import UNKNOWN, Reading
from attention.words import hide_word, unknown_words, word_spans
from components.frontend import register
from components.session import state, url
from model_cache import cache

MOST_NAMED, MOST_LETTERS = 5, 30  # of the words that stand as [UNK]

_words = register(
    "words",
    '<div class="words" role="group" aria-label="Hide this word" tabindex="-1"></div>',
    styles=("buttons", "words"),
)


def show_words_to_hide(reading: Reading) -> None:
    """Draw a button "hide this word" for each word of the sentence."""
    st.write("There is no [MASK] to guess. Hide a word, and BERT says what fits there:")
    _words(
        key="words",
        data={
            "text": reading.text,
            "words": [reading.text[a:b] for a, b in word_spans(reading)],
        },
        on_hidden_change=lambda: _hide(reading.model),
    )


def explain_unknown(reading: Reading) -> None:
    """Say what [UNK] stands for, if it stands anywhere."""
    if not (words := unknown_words(reading)):
        return
    named = ", ".join(f"“{_shortened(word)}”" for word in words[:MOST_NAMED])
    more = f" and {n} more" if (n := len(words) - MOST_NAMED) > 0 else ""
    st.text(
        f"{UNKNOWN}, unknown, stands for what BERT's vocabulary has no pieces for: "
        f"{named}{more}."
    )


def _shortened(word: str) -> str:
    return word if len(word) <= MOST_LETTERS else word[:MOST_LETTERS] + "…"


def _hide(model: str) -> None:
    text, word = st.session_state.words.hidden
    if text != st.session_state[url.TEXT]:
        return  # a second click, or one after typing: that sentence is gone
    reading = cache.read(model, text)
    span = word_spans(reading)[word]
    state.set_text(hide_word(reading.text, span))
