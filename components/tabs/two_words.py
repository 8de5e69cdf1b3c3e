"""The tab Two words: every head's weight from one to the other."""

import streamlit as st

from attention.heads.search import heads_for_pair
from attention.reading import Reading
from components.session import url
from components.widgets.tables import NARROW, SHARE, choose_head

HOW = (
    "The share of attention that the first token gives to the second, in every head. "
    "Times chance compares it with attention spread evenly over all tokens; the check "
    "says whether no other token gets more."
)
TIMES = st.column_config.NumberColumn(
    "times chance", format="%.1f x", width=NARROW + 10
)
IS_MOST = st.column_config.CheckboxColumn("most", width=NARROW)


def show_two_words(reading: Reading) -> None:
    """Draw the choice of two tokens and the heads for them, there and back."""
    tokens = [f"{i} {token}" for i, token in enumerate(reading.tokens)]
    with st.container(horizontal=True):
        query = st.selectbox("From", tokens, 1, key=url.FROM, bind="query-params")
        key = st.selectbox("To", tokens, 2, key=url.TO, bind="query-params")
    here, there = tokens.index(query), tokens.index(key)
    for column, (a, b) in zip(
        st.columns(2), ((here, there), (there, here)), strict=True
    ):
        with column:
            st.text(f"From “{reading.tokens[a]}” to “{reading.tokens[b]}”")
            choose_head(
                heads_for_pair(reading, a, b),
                f"pair {'there' if a == here else 'back'}",
                {
                    "weight": SHARE,
                    "times_chance": TIMES,
                    "is_most": IS_MOST,
                },
            )
    st.text(HOW)
