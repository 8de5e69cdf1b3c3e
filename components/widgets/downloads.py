"""Files to take away: the open head and all heads, each made when it is clicked."""

import mimetypes
from collections.abc import Callable

import streamlit as st

from attention.exports import (
    all_heads_csv,
    diagrams_zip,
    file_name,
    fitting_diagram,
    head_csv,
)
from attention.pictures.head import head_png, head_svg
from attention.pictures.sheet import sheet_png
from attention.reading import Head, Reading
from components.session import state

# Of a CSV that a page makes: 80 MB. 144 heads of 128 tokens have 2.36 million, those
# of 512 tokens 37.7 million, 1.3 GB.
MOST_ROWS = 2_400_000


# A click makes a file outside the page's script, without the page's state.


def offer_head(reading: Reading) -> None:
    """Draw the downloads of the open head."""
    head, colours = state.selected_head(), state.colours()
    with st.popover("Download this head"):
        _offer(reading, "PNG", lambda: head_png(reading, head, colours), "png", head)
        _offer(reading, "SVG", lambda: head_svg(reading, head, colours), "svg", head)
        _offer(
            reading,
            "PNG in CS50's style",
            lambda: fitting_diagram(reading, head),
            "cs50.png",
            head,
        )
        _offer(reading, "CSV", lambda: head_csv(reading, head), "csv", head)


def offer_all_heads(reading: Reading) -> None:
    """Draw the downloads of all heads together."""
    n_rows, colours = reading.attention.size, state.colours()
    with st.popover("Download all heads"):
        _offer(reading, "Sheet (PNG)", lambda: sheet_png(reading, colours), "sheet.png")
        _offer(
            reading,
            "Diagrams in CS50's style (ZIP)",
            lambda: diagrams_zip(reading),
            "diagrams.zip",
        )
        _offer(
            reading,
            "CSV of all heads",
            lambda: all_heads_csv(reading),
            "csv",
            is_too_large=n_rows > MOST_ROWS,
        )
        if n_rows > MOST_ROWS:
            st.text(
                f"A CSV of all heads would have {n_rows:,} rows, and the page writes "
                f"up to {MOST_ROWS:,}. “Download this head” has a CSV of the open "
                "head; mask.py --csv writes any number of rows."
            )


def _offer(
    reading: Reading,
    label: str,
    make: Callable[[], bytes | str],
    ending: str,
    head: Head | None = None,
    is_too_large: bool = False,
) -> None:
    name = file_name(reading, ending, head)
    st.download_button(
        label,
        make,
        name,
        mimetypes.guess_type(name)[0],
        key=f"download {label}",
        on_click="ignore",
        type="tertiary",
        disabled=is_too_large,
    )
