"""The words of a sentence without [MASK], each one click from being hidden."""

import streamlit as st

from attention.reading import Reading
from attention.words import hide_word, word_spans
from components import state
from components.frontend import register
from model_cache import cache

_words = register(
    "words",
    '<div class="words" role="group" aria-label="Hide this word" tabindex="-1"></div>',
    styles=("buttons", "words"),
    scripts=("groups",),
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


def _hide(model: str) -> None:
    text, word = st.session_state.words.hidden
    if text != st.session_state[state.TEXT]:
        return  # a second click, or one after typing: that sentence is gone
    reading = cache.read(model, text)
    span = word_spans(reading)[word]
    state.set_text(hide_word(reading.text, span))
