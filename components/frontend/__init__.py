"""Streamlit components of our own: their .js and .css files are beside this one."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent


def register(name: str, html: str, style: str = ""):
    """Return the component whose code is {name}.js.

    style: the name of its .css file, if it shares another's.
    """
    return st.components.v2.component(
        name,
        html=html,
        css=(HERE / f"{style or name}.css").read_text(encoding="utf-8"),
        js=(HERE / f"{name}.js").read_text(encoding="utf-8"),
    )
