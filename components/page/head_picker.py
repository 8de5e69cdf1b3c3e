"""Which head is open: its name, its selectors, and the steps to its neighbours."""

import streamlit as st

from components.session import state, url

STEPS = (
    ("Previous", ":material/arrow_back:", -1),
    ("Next", ":material/arrow_forward:", 1),
)


def ask_head(shape: tuple[int, int]) -> None:
    """Draw the open head's name, steps to its neighbours, and the selectors."""
    layers, heads = shape
    layer, head = state.default_head().numbers
    state.keep_head_within(shape)
    if {url.LAYER, url.HEAD} & {*st.query_params}:  # which leave out defaults
        state.note_head_choice()
    with st.container(key="steps", horizontal=True, vertical_alignment="center"):
        heading = st.container()
        for label, icon, step in STEPS:
            st.button(
                label,
                icon=icon,
                type="tertiary",
                on_click=state.step_head,
                args=(step, shape),
            )
    with st.container(horizontal=True):
        st.number_input(
            "Layer",
            1,
            layers,
            layer,
            key=url.LAYER,
            on_change=state.note_head_choice,
            bind="query-params",
        )
        st.number_input(
            "Head",
            1,
            heads,
            head,
            key=url.HEAD,
            on_change=state.note_head_choice,
            bind="query-params",
        )
    heading.header(state.selected_head().name, anchor=False)
