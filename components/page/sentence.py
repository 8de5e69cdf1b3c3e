"""The sentence: its field, examples one click away, and what may be wrong with it."""

import re

import streamlit as st

from attention.reading import MASK
from attention.showcase import DEFAULT_TEXT, EXAMPLES
from components.session import state, url

# A mask somebody meant: "[mask]", "[Mask]", "[ MASK ]", "<mask>".
NEARLY_MASK = re.compile(r"\[\s*mask\s*\]|<mask>", re.IGNORECASE)

# 512 tokens of ordinary English are about 2,500 characters. A longer text typed on
# the page is answered there, and survives a reload up to this many; a link with more
# is broken or a prank.
MAX_LINK_TEXT = 9_000
REFUSED = "refused_characters"  # how many a link had that were too many


def ask_sentence(is_first_run: bool) -> str:
    """Draw the field; return what stands in it.

    is_first_run: of this visitor's session, when the text may come from a link.
    """
    # A field bound to the URL takes the link's text in its first run, whatever the
    # page says; to refuse it, the page runs again.
    refused = st.session_state.get(REFUSED, 0)
    if refused:
        state.set_text(DEFAULT_TEXT)
    text = st.text_input(
        "Sentence",
        state.default(url.TEXT),
        key=url.TEXT,
        bind="query-params",
        placeholder="Type a sentence with [MASK] in the place of a word",
    )
    if is_first_run and len(text) > MAX_LINK_TEXT:
        st.session_state[REFUSED] = len(text)
        st.rerun()
    return text


def offer_examples() -> None:
    """Draw the examples, each a click away, and the way back from a chosen word."""
    with st.container(
        key="try", horizontal=True, gap="small", vertical_alignment="center"
    ):
        if not offer_way_back():  # which takes the place of this
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


def offer_way_back() -> bool:
    """Offer the mask for the word that was put in its place; return whether one was."""
    if (origin := state.origin()) is None:
        return False
    st.button("↩ Put [MASK] back", on_click=state.set_text, args=(origin,))
    return True


def offer_steps(text: str) -> bool:
    """Offer the ways on from this text; return whether there are any.

    To correct its mask; to type what a link could not carry.
    """
    refused = st.session_state.pop(REFUSED, 0)
    if refused:
        st.info(
            f"The link's text has {refused:,} characters; links carry at most "
            f"{MAX_LINK_TEXT:,}. Type or paste it into the field instead."
        )
    corrected = correct_mask(text)
    if corrected != text:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text("BERT knows its mask only as [MASK], in capitals.", width="content")
            st.button("Write [MASK]", on_click=state.set_text, args=(corrected,))
    return bool(refused or corrected != text)


def correct_mask(text: str) -> str:
    """Write every mask as BERT knows it.

    >>> correct_mask("A [mask] and a <mask>.")
    'A [MASK] and a [MASK].'
    """
    return NEARLY_MASK.sub(MASK, text)
