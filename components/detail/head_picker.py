"""Which head is open: its name, steps to its neighbours, and two fields."""

import streamlit as st

from attention.reading import Head
from components.session import state

LAYER, HEAD = "layer_field", "head_field"
WIDTH = 150  # pixels, of a label and its field
STEPS = (
    ("Previous", ":material/arrow_back:", -1),
    ("Next", ":material/arrow_forward:", 1),
)


def ask_head(shape: tuple[int, int]) -> None:
    """Draw the one line with the open head's name, above all that is about it.

    shape: (layers, heads) of the model that answers.
    """
    with st.container(key="steps", horizontal=True, vertical_alignment="center"):
        state.hold_head()
        head = state.selected_head()
        st.header(head.name, anchor=False, width="content")
        for label, icon, step in STEPS:
            st.button(
                label,
                icon=icon,
                type="tertiary",
                on_click=state.step_head,
                args=(step,),
            )
        st.session_state[LAYER], st.session_state[HEAD] = head.numbers
        for label, key, count in zip(
            ("Layer", "Head"), (LAYER, HEAD), shape, strict=True
        ):
            st.number_input(label, 1, count, key=key, on_change=_open, width=WIDTH)


def show_name(head: Head) -> None:
    """Hold the line's place while there is nothing to step through yet."""
    with st.container(key="steps-held"):
        st.header(head.name, anchor=False)


def _open() -> None:
    numbers = st.session_state[LAYER], st.session_state[HEAD]
    state.select_head(Head.numbered(*numbers))
