"""Streamlit components of our own: each a .js and a .css file beside this one."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent


def register(name: str, html: str):
    """Return the component whose code is {name}.js and {name}.css."""
    return st.components.v2.component(
        name,
        html=html,
        css=(HERE / f"{name}.css").read_text(encoding="utf-8"),
        js=(HERE / f"{name}.js").read_text(encoding="utf-8"),
    )
