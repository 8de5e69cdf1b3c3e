"""Predict, then reveal: a student's own word for each mask before BERT's."""

import streamlit as st

from attention.picks import describe_guess
from attention.reading import MASK, MAX_MASKS, UNKNOWN, Reading
from model_cache import cache
from model_cache.unreadable import UnreadableText

MOST_LETTERS = 50
GUESSES = "guesses"  # text -> the words typed for its masks


def ask_guess(reading: Reading) -> bool:
    """Draw a field for each mask; return whether each has a guess.

    Of a text without masks there is nothing to guess: True.
    """
    guessed = st.session_state.setdefault(GUESSES, {})
    count = min(len(reading.mask_positions), MAX_MASKS)
    if not count:
        return True
    with st.form(f"guess {reading.text}", border=False):
        for number in range(1, count + 1):
            st.text_input(
                f"Your guess for {MASK}" + f" {number}" * (count > 1),
                key=_key(reading.text, number),
                placeholder="One word",
                max_chars=MOST_LETTERS,
            )
        st.form_submit_button(
            "Show BERT's words", on_click=_take, args=(reading.text, count)
        )
    words = guessed.get(reading.text)
    if words is None:
        st.text("BERT's words appear once you have guessed.")
        return False
    answers = [_answer(reading, mask, word) for mask, word in enumerate(words)]
    for number, (says, _) in enumerate(answers, start=1):
        st.text((f"Mask {number}: " if count > 1 else "") + says)
    return all(is_guess for _, is_guess in answers)


def _answer(reading: Reading, mask: int, word: str) -> tuple[str, bool]:
    """Answer the guess for a mask (from 0); also return whether it was one."""
    if not word:
        return "Type a word first: a guess costs nothing.", False
    try:
        found = cache.guess(reading.model, reading.text, word)[mask]
    except UnreadableText as error:
        return str(error), False
    return describe_guess(found, word), found.token != UNKNOWN


def _key(text: str, number: int) -> str:
    return f"guess {number} for {text}"


def _take(text: str, count: int) -> None:
    typed = [st.session_state[_key(text, number + 1)] for number in range(count)]
    st.session_state[GUESSES][text] = [word.strip() for word in typed]
