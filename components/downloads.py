"""Files to take away: the open head and all heads, each made when it is clicked."""

import mimetypes
from collections.abc import Callable

import streamlit as st

from attention.cs50 import diagram_png
from attention.exports import all_heads_csv, diagrams_zip, file_name, head_csv
from attention.reading import Reading, head_name
from attention.sheet import sheet_png
from components import state
from components.charts import head_chart

# With more tokens a chart takes over 3 s and all diagrams over 100 MB; a head's CSV
# and the sheet stay small. mask.py has no such limit.
MOST_TOKENS = 128


def offer_head(reading: Reading) -> None:
    """Draw the downloads of the open head."""
    head = state.selected_head()
    weights = reading.attention[head]
    with st.popover("Download this head"):
        _offer(reading, "PNG", lambda: draw_head(reading, head, "png"), "png", head)
        _offer(reading, "SVG", lambda: draw_head(reading, head, "svg"), "svg", head)
        _offer(
            reading,
            "PNG in CS50's style",
            lambda: diagram_png(reading.tokens, weights),
            "cs50.png",
            head,
        )
        _offer(
            reading,
            "CSV",
            lambda: head_csv(reading, *head),
            "csv",
            head,
            is_small=True,
        )
        _tell_limit(reading)


def offer_all_heads(reading: Reading) -> None:
    """Draw the downloads of all heads together."""
    with st.popover("Download all heads"):
        _offer(
            reading,
            "Sheet (PNG)",
            lambda: sheet_png(reading),
            "sheet.png",
            is_small=True,
        )
        _offer(
            reading,
            "Diagrams in CS50's style (ZIP)",
            lambda: diagrams_zip(reading),
            "diagrams.zip",
        )
        _offer(reading, "CSV of all heads", lambda: all_heads_csv(reading), "csv")
        _tell_limit(reading)


def draw_head(reading: Reading, head: tuple[int, int], ending: str) -> bytes | str:
    """Draw a head's heatmap for paper: ending is "png" or "svg".

    A click runs this outside the page's script, without the page's state.
    """
    from attention.charts import chart_png, chart_svg  # loads vl-convert

    draw = {"png": chart_png, "svg": chart_svg}[ending]
    subtitle = ", ".join([f"{head_name(*head)} of {reading.model}", *reading.view])
    return draw(head_chart(reading, *head), reading.text, subtitle, reading.n_tokens)


def _offer(
    reading: Reading,
    label: str,
    make: Callable[[], bytes | str],
    ending: str,
    head: tuple[int, int] = (),
    is_small: bool = False,
) -> None:
    name = file_name(reading, ending, *head)
    st.download_button(
        label,
        make,
        name,
        mimetypes.guess_type(name)[0],
        key=f"download {label}",
        on_click="ignore",
        type="tertiary",
        disabled=reading.n_tokens > MOST_TOKENS and not is_small,
    )


def _tell_limit(reading: Reading) -> None:
    if reading.n_tokens > MOST_TOKENS:
        st.text(
            f"With over {MOST_TOKENS} tokens the others are too large for a page. "
            "mask.py writes diagrams (--output) and tables (--csv) of any length."
        )
