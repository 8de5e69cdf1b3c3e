"""The sentence: its field, examples one click away, and what may be wrong with it."""

import re

import streamlit as st

from attention.reading import MASK
from components import state

# A mask somebody meant: "[mask]", "[Mask]", "[ MASK ]", "<mask>".
NEARLY_MASK = re.compile(r"\[\s*mask\s*\]|<mask>", re.IGNORECASE)

# The first four are the sentences of CS50's project; the others surprise.
EXAMPLES = {
    "a narrow lane": "We turned down a narrow lane and passed through a small [MASK].",
    "from the table": state.DEFAULT_TEXT,
    "moved slowly": "The turtle moved slowly across the [MASK].",
    "slowly moved": "The turtle slowly moved across the [MASK].",
    "half a word": "He walked slow[MASK] across the road.",
    "not happy": "The child was not happy; she was [MASK].",
    "two plus two": "Two plus two is [MASK].",
    "keys to the cabinet": "The keys to the cabinet [MASK] on the table.",
}


def ask_sentence() -> str:
    """Draw the field and the examples; return what stands in the field."""
    text = st.text_input(
        "Sentence",
        state.DEFAULT_TEXT,
        key=state.TEXT,
        bind="query-params",
        placeholder="Type a sentence with [MASK] in the place of a word",
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.text("Try:", width="content")
        for label, sentence in EXAMPLES.items():
            st.button(
                label,
                key=f"example {label}",
                help=sentence,
                type="tertiary",
                on_click=state.set_text,
                args=(sentence,),
            )
    return text


def offer_steps(text: str) -> None:
    """Offer the ways on from this text: correct its mask, or put a mask back."""
    corrected = correct_mask(text)
    if corrected != text:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text("BERT knows its mask only as [MASK], in capitals.", width="content")
            st.button("Write [MASK]", on_click=state.set_text, args=(corrected,))
    if (origin := state.origin()) is not None:
        st.button("↩ Put [MASK] back", on_click=state.set_text, args=(origin,))


def correct_mask(text: str) -> str:
    """Write every mask as BERT knows it.

    >>> correct_mask("A [mask] and a <mask>.")
    'A [MASK] and a [MASK].'
    """
    return NEARLY_MASK.sub(MASK, text)
