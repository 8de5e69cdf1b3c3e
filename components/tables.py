"""Tables of heads in which choosing a row opens the head."""

import pandas as pd
import streamlit as st

from components import state

SHARE = st.column_config.ProgressColumn(min_value=0, max_value=1, format="percent")
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
