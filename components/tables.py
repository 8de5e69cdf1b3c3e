"""Tables in which choosing a row opens its head or its sentence."""

import pandas as pd
import streamlit as st

from attention.claim_frames import sentences_frame
from attention.claims import Result
from attention.exports import safe_cell
from components import state

SHARE = st.column_config.ProgressColumn(min_value=0, max_value=1, format="percent")
PERCENT = st.column_config.NumberColumn(format="percent")
ABOVE = st.column_config.NumberColumn("above fixed guess", format="percent")
HEIGHT = 320  # pixels


def choose_head(frame: pd.DataFrame, key: str, columns: dict) -> None:
    """Draw a table with the columns layer and head (from 1); a row opens its head."""

    def open_chosen() -> None:
        if rows := st.session_state[key].selection.rows:
            head = frame.iloc[rows[0]]
            state.select_head(int(head["layer"]) - 1, int(head["head"]) - 1)

    st.dataframe(
        frame,
        key=key,
        hide_index=True,
        column_config=columns,
        on_select=open_chosen,
        selection_mode="single-row",
        height=HEIGHT,
    )


def choose_sentence(result: Result, key: str, shows_line: bool = True) -> None:
    """List what the open head does in each sentence, misses first; a row opens it.

    shows_line: the number of the sentence's line, where visitors know the lines.
    """
    frame = sentences_frame(result, *state.selected_head())

    def open_sentence() -> None:
        if rows := st.session_state[key].selection.rows:
            state.set_text(frame["sentence"][rows[0]])

    shown = frame.assign(hit=frame["hit"].map({True: "hit", False: "miss"}))
    # Streamlit's own button saves a table's cells as they stand.
    for name in ("sentence", "pair", "looked_at"):
        shown[name] = frame[name].map(safe_cell)
    st.dataframe(
        shown if shows_line else shown.drop(columns="line"),
        key=key,
        hide_index=True,
        column_config={"weight": SHARE, "sentence": {"width": "large"}},
        on_select=open_sentence,
        selection_mode="single-row",
        height=HEIGHT,
    )
