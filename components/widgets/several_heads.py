"""Choosing several heads by name: single ones, or a whole layer."""

import streamlit as st

from attention.reading import Head, heads_named
from components.session import state


def ask_heads(label: str, key: str, shape: tuple[int, int]) -> frozenset[Head]:
    """Draw a choice of heads; return the chosen ones.

    key: the choice's key in session state and its name in the URL.
    """
    layers, heads = shape
    options = [f"Layer {layer + 1}" for layer in range(layers)]
    options += [Head.at(i, shape).name for i in range(layers * heads)]
    # A smaller model has fewer to choose from.
    if key in st.session_state:
        kept = [name for name in st.session_state[key] if name in options]
        st.session_state[key] = kept
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = st.multiselect(
            label,
            options,
            key=key,
            bind="query-params",
            # Of "layer 8" all matches would be every layer's head 8, too.
            select_all=False,
            placeholder="Heads, or a whole layer",
        )
        st.button("Add the open head", key=f"add {key}", on_click=_add, args=(key,))
    return heads_named(names, shape)


def _add(key: str) -> None:
    name = state.selected_head().name
    chosen = st.session_state.get(key, [])
    st.session_state[key] = [*chosen, *([name] if name not in chosen else [])]
