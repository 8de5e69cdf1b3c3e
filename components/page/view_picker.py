"""How tokens are shown: as BERT's pieces or as words, with or without specials."""

import streamlit as st

from attention.views import (
    HIDDEN,
    RENORMALISED,
    SAYS,
    SPECIALS,
)
from components.session import url

AS_READ = "Every token, as BERT reads it."


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
    return join, specials
