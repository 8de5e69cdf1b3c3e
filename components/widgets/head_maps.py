"""Maps with a cell for each head: a click opens it, and the open one is outlined."""

import pandas as pd
import streamlit as st

from attention.pictures.map_of_heads import CLICKED, Scheme, head_map
from attention.reading import Head
from components.session import state
from components.widgets.chart import show_chart

# Pixels of a map's row, and of what stands above and below the rows.
ROW, BESIDE_ROWS = 20, 160


def choose_on_map(
    frame: pd.DataFrame,
    key: str,
    field: str,
    title: str,
    scheme: Scheme,
    limit: float = 0,
) -> None:
    """Draw `head_map`; a click on a cell opens its head. key: as for any element."""
    opened = state.selected_head()
    # Another element for another head: a cell that was clicked before can be again.
    key = f"{key} {opened.layer}-{opened.head}"

    def open_clicked() -> None:
        if cells := st.session_state[key].selection[CLICKED]:
            state.select_head(Head.numbered(cells[0]["layer"], cells[0]["head"]))

    show_chart(
        head_map(frame, field, title, scheme, limit, opened),
        key=key,
        on_select=open_clicked,
        selection_mode=CLICKED,
        # Said beforehand, or all below moves up until the browser has drawn.
        height=BESIDE_ROWS + ROW * int(frame["layer"].max()),
        alt=f"Map of every head's {title}; a click opens a head. The table has the "
        "numbers, and opens heads too",
    )
