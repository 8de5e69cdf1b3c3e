"""Pictures that travel inside the page's messages."""

import base64
from typing import Literal

import streamlit as st


def data_url(png: bytes) -> str:
    """Return a PNG as an address that holds it."""
    return "data:image/png;base64," + base64.b64encode(png).decode()


def show_png(png: bytes, alt: str, width: int | Literal["stretch"] = "stretch") -> None:
    """Draw a PNG.

    As a file, Streamlit forgets it when the page is drawn again: a browser that asks a
    moment late gets none, and shows none from then on.
    """
    st.image(data_url(png), width=width, alt=alt)
