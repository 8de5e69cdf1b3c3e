"""The tab One token: where it looks and who looks at it, in a head or a layer."""

import numpy as np
import pandas as pd
import streamlit as st

from attention.pictures.bars import bars_chart
from attention.reading import Reading
from components.session import state, url
from components.session.choices import ITS_LAYER, OPEN_HEAD
from components.widgets.chart import show_chart

HOW = (
    "Above: how the token spreads its own attention. Below: how much each token gives "
    "to it; these shares come from different rows and need not sum to 1."
)


def show_one_token(reading: Reading) -> None:
    """Draw where one token looks, and who looks at it."""
    tokens = [f"{i} {token}" for i, token in enumerate(reading.tokens)]
    with st.container(horizontal=True):
        token = st.selectbox(
            "Token",
            tokens,
            min(1, len(tokens) - 1),
            key=url.TOKEN,
            bind="query-params",
        )
        of = st.radio(
            "Of the",
            [OPEN_HEAD, ITS_LAYER],
            key=url.OF,
            bind="query-params",
            horizontal=True,
        )
    head = state.selected_head()
    weights = reading.attention[head.layer]
    weights = weights[head.head] if of == OPEN_HEAD else weights.mean(axis=0)
    position = tokens.index(token)
    for title, shares in (
        ("where it looks", weights[position]),
        ("who looks at it", weights[:, position]),
    ):
        st.text(f"“{reading.tokens[position]}”: {title}")
        show_chart(
            bars_chart(pd.DataFrame({"token": tokens, "share": np.array(shares)})),
            height=220,
            alt=f"Bars: {title}",
        )
    st.text(HOW)
