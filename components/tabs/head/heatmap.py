"""One head: which it is, its heatmap, its strongest pair in words, its numbers."""

import streamlit as st

from attention.atlas.sentences import describe_clearest
from attention.heads.frames import head_frame, head_table
from attention.heads.roles import HeadRoles
from attention.heads.stability import describe_spread, spread
from attention.heads.summary import describe_role, describe_strongest, strongest_role
from attention.pictures.bars import spread_chart
from attention.pictures.heatmap import HEATMAP_TOKENS, head_chart, heatmap_height
from attention.pictures.lines import lines_chart
from attention.reading import Head, Reading
from attention.report.findings import head_finding
from components.session import state, url
from components.session.atlases import chosen_atlas
from components.tabs.head.long_head import show_long_head
from components.widgets.add_to_report import offer_finding
from components.widgets.chart import show_chart
from components.widgets.downloads import offer_head
from model_cache import cache


def show_head(reading: Reading, roles: HeadRoles | None) -> None:
    """Draw the open head of a reading: its picture, its words, its numbers.

    roles: None hides what the head does, for who is to find out.
    """
    head = state.selected_head()
    with st.container(key="picture"):
        # Before its switch below: a place that is filled later would move the words.
        as_lines = st.session_state.get(url.LINES, state.in_link(url.LINES))
        _draw_head(reading, head, as_lines)
    if roles:
        st.text(describe_role(roles, head))
    else:
        st.button("Say what this head does", type="tertiary", on_click=state.show_roles)
    st.text(describe_strongest(reading, head))
    if roles and (says := _over_many_sentences(reading, head)):
        st.text(says)
    with st.container(key="tools", horizontal=True, vertical_alignment="center"):
        st.toggle("Lines", key=url.LINES, bind="query-params")
        as_table = st.toggle("Show as table", key=url.TABLE, bind="query-params")
        if roles:
            st.button(
                "Check on more sentences",
                type="tertiary",
                on_click=state.toggle_checking,
            )
        colours = state.colours()
        offer_finding("head", lambda: head_finding(reading, roles, head, colours))
        offer_head(reading)
    if as_table:
        st.dataframe(head_table(reading, head).round(3))
    if roles and state.is_checking():
        _show_spread(reading.model, roles, head)


def _over_many_sentences(reading: Reading, head: Head) -> str:
    """Return what an atlas says of the head; "" without one, or if nothing clear."""
    found = chosen_atlas(reading)
    return describe_clearest(found.atlas, head) if found else ""


def _draw_head(reading: Reading, head: Head, as_lines: bool) -> None:
    if reading.n_tokens > HEATMAP_TOKENS:
        show_long_head(reading, head)
        return
    if as_lines:
        kind = "Lines"
        chart = lines_chart(head_frame(reading, head), reading.tokens)
    else:
        kind, chart = "Heatmap", head_chart(reading, head, state.colours())
    show_chart(
        chart,
        height=heatmap_height(reading.n_tokens),
        alt=f"{kind} of {head.name}; “Show as table” has its numbers",
    )


def _show_spread(model: str, roles: HeadRoles, head: Head) -> None:
    with st.spinner("Reading 50 sentences …"):
        others = cache.varied_roles(model)
    found = spread(others, head, strongest_role(roles, head))
    st.text(describe_spread(found))
    if found.scores.size:
        show_chart(
            spread_chart(found), height=110, alt="Scores of the sentences as a strip"
        )
