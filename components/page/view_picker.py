"""How a reading is shown: its tokens, and the colours of its attention."""

import streamlit as st

from attention.pictures.colors import GRAY, MAGMA, SCALES
from attention.views import (
    HIDDEN,
    RENORMALISED,
    SAYS,
    SPECIALS,
)
from components.session import url

AS_READ = "Every token, as BERT reads it."
COLOURS_SAY = {
    MAGMA.name: "By the weight's square root, so that small weights show.",
    GRAY.name: "By the weight itself, as in CS50's diagrams: 0 is black, 1 is white.",
}


def ask_view() -> tuple[bool, str]:
    """Draw the choice; return whether pieces are joined, and one of SPECIALS."""
    with st.popover("Tokens", type="tertiary"):
        join = st.toggle("Join word pieces to words", key=url.JOIN, bind="query-params")
        specials = st.radio(
            "[CLS], [SEP] and punctuation",
            SPECIALS,
            key=url.SPECIALS,
            bind="query-params",
            captions=[AS_READ, SAYS[HIDDEN], SAYS[RENORMALISED]],
        )
        st.radio(
            "Colours of attention",
            tuple(SCALES),
            key=url.COLOURS,
            bind="query-params",
            captions=[COLOURS_SAY[name] for name in SCALES],
        )
    return join, specials
