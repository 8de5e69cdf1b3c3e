"""Maps with a cell for each head: a click opens it, and the open one is outlined."""

import altair as alt
import pandas as pd
import streamlit as st

from attention.pictures.charts import Scheme, head_map
from attention.reading import Head
from components.session import state

CLICKED = "clicked"
# Pixels of a map's row, and of what stands above and below the rows.
ROW, BESIDE_ROWS = 20, 160
# One of the two can be seen on any colour.
OUTLINES = (("white", 4), ("black", 1.5))


def choose_on_map(
    frame: pd.DataFrame,
    key: str,
    field: str,
    title: str,
    scheme: Scheme,
    limit: float = 0,
) -> None:
    """Draw `head_map`; a click on a cell opens its head. key: as for any element."""
    layer, head = state.selected_head().numbers
    # Another element for another head: a cell that was clicked before can be again.
    key = f"{key} {layer}-{head}"

    def open_clicked() -> None:
        if cells := st.session_state[key].selection[CLICKED]:
            state.select_head(Head.numbered(cells[0]["layer"], cells[0]["head"]))

    cells = head_map(frame, field, title, scheme, limit)
    open_cell = frame[(frame["layer"] == layer) & (frame["head"] == head)]
    outlines = [
        alt.Chart(open_cell)
        .mark_rect(filled=False, stroke=stroke, strokeWidth=width)
        .encode(cells.encoding.x, cells.encoding.y)
        for stroke, width in OUTLINES
    ]
    clicked = alt.selection_point(name=CLICKED, fields=["layer", "head"])
    st.altair_chart(
        alt.layer(cells.add_params(clicked), *outlines),
        key=key,
        on_select=open_clicked,
        selection_mode=CLICKED,
        # Said beforehand, or all below moves up until the browser has drawn.
        height=BESIDE_ROWS + ROW * int(frame["layer"].max()),
        alt=f"Map of every head's {title}; a click opens a head. The table has the "
        "numbers, and opens heads too",
    )
