"""One head: which it is, its heatmap, its strongest pair in words, its numbers."""

import json

import altair as alt
import pandas as pd
import streamlit as st

from attention.colors import STOPS
from attention.frames import head_frame, head_table
from attention.reading import Reading, head_name
from attention.roles import HeadRoles
from attention.stability import Spread, describe_spread, spread
from attention.summary import describe_role, describe_strongest, strongest_role
from components import state
from components.frame import HEAD_HEIGHT
from components.large_head import show_large_head
from model_cache import cache

# A heatmap with more tokens is too dense to read and over 2,000 marks.
HEATMAP_TOKENS = 45
PIXELS_PER_TOKEN = 15  # and no less, so that labels do not touch


def show_head(reading: Reading, roles: HeadRoles) -> None:
    """Draw the open head of a reading."""
    layer, head = state.selected_head()
    if reading.n_tokens <= HEATMAP_TOKENS:
        st.altair_chart(
            head_chart(reading, layer, head),
            width="stretch",
            height=max(HEAD_HEIGHT, reading.n_tokens * PIXELS_PER_TOKEN),
            alt=f"Heatmap of {head_name(layer, head)}; the table below has its numbers",
        )
    else:
        show_large_head(reading, layer, head)
    st.text(describe_role(roles, layer, head))
    st.text(describe_strongest(reading, layer, head))
    if st.toggle("Check its role on more sentences", key="check", bind="query-params"):
        _show_spread(reading.model, roles, layer, head)
    if st.toggle("Show as table", key="table", bind="query-params"):
        st.dataframe(head_table(reading, layer, head).round(3))


def _show_spread(model: str, roles: HeadRoles, layer: int, head: int) -> None:
    with st.spinner("Reading 50 sentences …"):
        others = cache.varied_roles(model)
    found = spread(others, layer, head, strongest_role(roles, layer, head))
    st.text(describe_spread(found))
    if found.scores.size:
        st.altair_chart(
            spread_chart(found), height=110, alt="Scores of the sentences as a strip"
        )


def spread_chart(found: Spread) -> alt.Chart:
    """Draw a tick for each sentence's score, from 0 to 1."""
    return (
        alt.Chart(pd.DataFrame({"score": found.scores}))
        .mark_tick(thickness=2)
        .encode(
            alt.X("score:Q", title=f"share of attention to {found.role}")
            .scale(domain=[0, 1])
            .axis(format="%")
        )
    )


def head_chart(reading: Reading, layer: int, head: int) -> alt.Chart:
    """Build the heatmap: a row for each token that attends, a column for each
    token attended to, colours on the page's one scale from 0 to 1.
    """
    says = {
        "expr": "datum.query_token + ' → ' + datum.key_token + ' ' "
        "+ format(datum.score, '.2f')"
    }
    axis = {
        # Positions are the data, so that repeated tokens keep rows of their own;
        # json.dumps keeps any token a plain string inside the expression.
        "labelExpr": f"{json.dumps(reading.tokens)}[datum.value]",
        "labelOverlap": False,
        "labelLimit": 80,
        "labelFontSize": 12 if reading.n_tokens <= 25 else 9,
        "ticks": False,
        "domain": False,
    }
    return (
        alt.Chart(head_frame(reading, layer, head))
        .mark_rect(tooltip=says, description=says)
        .encode(
            alt.X("key:O", sort=None, title="token attended to").axis(
                orient="top", labelAngle=-90, **axis
            ),
            alt.Y("query:O", sort=None, title="token that attends").axis(**axis),
            # One scale for every head and sentence, so that pictures compare.
            alt.Color("score:Q", title="attention")
            .scale(type="sqrt", domain=[0, 1], range=STOPS, interpolate="rgb")
            .legend(
                orient="bottom",
                titleOrient="left",
                gradientLength=200,
                values=[0, 0.1, 0.5, 1],
                format="~",
            ),
        )
    )
