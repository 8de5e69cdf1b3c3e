"""All heads of a reading at once: one picture, one button a head."""

import base64

import streamlit as st

from attention.diagrams import overview_png
from attention.reading import Reading
from components import state
from components.frontend import register

_grid = register(
    "overview",
    '<div class="frame"><div class="columns" aria-hidden="true"></div>'
    '<div class="rows" aria-hidden="true"></div>'
    '<div class="grid" role="group" aria-label="All heads"></div></div>',
)


def show_overview(reading: Reading) -> None:
    """Draw the grid of heads; choosing one sets the page's layer and head."""
    _grid(
        key="overview",
        data=overview_data(reading.shape, _data_url(overview_png(reading.attention))),
        on_picked_change=_pick,
    )
    st.text(
        "A row is a layer, a column a head; brighter is more attention. Attention is "
        "what a head weighs, not proof of why BERT chose a word."
    )


def show_empty_overview(shape: tuple[int, int]) -> None:
    """Hold the grid's place while there is no reading."""
    _grid(key="overview-empty", data=overview_data(shape, ""))


def overview_data(shape: tuple[int, int], sprite: str) -> dict:
    """Return what the browser draws: numbers from 1, a picture's URL or ""."""
    layers, heads = shape
    layer, head = state.selected_head()
    return {
        "layers": layers,
        "heads": heads,
        "layer": layer + 1,
        "head": head + 1,
        "sprite": sprite,
    }


def _data_url(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _pick() -> None:
    layer, head = st.session_state.overview.picked
    state.select_head(layer - 1, head - 1)
