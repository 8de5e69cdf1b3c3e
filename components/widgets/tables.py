"""Tables in which choosing a row opens its head or its sentence."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from attention.claims.frames import sentences_frame
from attention.claims.measure import Result
from attention.evidence import tenths
from attention.exports import safe_cell
from attention.reading import Head
from components.session import state, url

NARROW = 50  # pixels: a table has little more than half of the window
NUMBER = st.column_config.NumberColumn(width=NARROW)
SHARE = st.column_config.ProgressColumn(
    min_value=0, max_value=1, format="percent", width=2 * NARROW
)
PERCENT = st.column_config.NumberColumn(format="percent", width=NARROW + 12)
ABOVE = st.column_config.NumberColumn(
    "above fixed guess", format="percent", width=NARROW + 25
)
Columns = Mapping[str, ColumnConfig | str]
HEIGHT = 320  # pixels


def choose_head(frame: pd.DataFrame, key: str, columns: Columns) -> None:
    """Draw a table with the columns layer and head (from 1); a row opens its head."""
    heads = frame[["layer", "head"]]

    def head_of(row: int) -> Head:
        # Plain numbers: NumPy's are no JSON, in which state goes to the browser.
        return Head.numbered(*heads.iloc[row].tolist())

    def open_head(row: int) -> None:
        state.select_head(head_of(row))

    def is_open(row: int) -> bool:
        return head_of(row) == state.selected_head()

    columns = {"layer": NUMBER, "head": NUMBER} | dict(columns)
    _choose(frame, key, heads, open_head, is_open, columns)


def choose_sentence(
    result: Result, head: Head, key: str, shows_line: bool = True
) -> None:
    """List what a head does in each sentence, misses first; a row opens both.

    shows_line: the number of the sentence's line, where visitors know the lines.
    """
    frame = sentences_frame(result, head)

    def open_both(row: int) -> None:
        state.set_text(frame["sentence"][row])
        state.select_head(head)
        state.show_top()

    def is_open(row: int) -> bool:
        text = st.session_state[url.TEXT]
        return (frame["sentence"][row], head) == (text, state.selected_head())

    shown = frame.assign(hit=frame["hit"].map({True: "hit", False: "miss"}))
    # Streamlit's own button saves a table's cells as they stand.
    for name in ("sentence", "pair", "looked_at"):
        shown[name] = frame[name].map(safe_cell)
    _choose(
        shown if shows_line else shown.drop(columns="line"),
        key,
        frame[["line", "sentence"]],
        open_both,
        is_open,
        {"weight": SHARE, "sentence": {"width": 330}, "looked_at": "looked at"},
    )


def show_words(
    frame: pd.DataFrame, probabilities: Sequence[str], columns: Columns | None = None
) -> None:
    """Draw a table of words, with these columns' probabilities (0-1) as text.

    NaN stands for one too small to be listed. A bar's own number would be 0% of a
    small one.
    """
    write = cast(Callable[[object], str], tenths)  # which only these columns reach
    words = frame.style.format(write, subset=list(probabilities), na_rep="not listed")
    st.dataframe(words, column_config=columns)


def _choose(
    frame: pd.DataFrame,
    key: str,
    about: pd.DataFrame,
    open_row: Callable[[int], None],
    is_open: Callable[[int], bool],
    columns: Columns,
) -> None:
    """Draw a table in which choosing a row calls open_row with its number.

    about: what each row is about. Streamlit keeps the number of the chosen row even if
    another row stands there now, or if what it opened is closed; in both cases a new
    table takes the old one's place.
    """
    name = f"{key} {hash(tuple(about.itertuples(index=False, name=None)))}"
    turn = st.session_state.get(f"turn of {name}", 0)
    row = _chosen_row(f"{name} {turn}")
    if row is not None and not is_open(row):
        turn += 1
        st.session_state[f"turn of {name}"] = turn
    table = f"{name} {turn}"

    def open_chosen() -> None:
        if (row := _chosen_row(table)) is not None:
            open_row(row)

    with st.container(key=key):
        st.dataframe(
            frame,
            key=table,
            hide_index=True,
            column_config=columns,
            on_select=open_chosen,
            selection_mode="single-row",
            height=HEIGHT,
        )


def _chosen_row(table: str) -> int | None:
    state_of_table = st.session_state.get(table)
    rows = state_of_table.selection.rows if state_of_table else []
    return rows[0] if rows else None
