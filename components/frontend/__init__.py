"""Streamlit components of our own: their .js and .css files are beside this one."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent


def register(
    name: str,
    html: str,
    styles: Sequence[str] | None = None,
    scripts: Sequence[str] = (),
) -> ComponentRenderer:
    """Return the component whose code is {name}.js.

    styles: the names of its .css files, in this order; by default its own alone.
    scripts: the names of .js files whose functions its code uses.
    """
    styles = [name] if styles is None else styles
    return st.components.v2.component(
        name,
        html=html,
        css=_joined(f"{style}.css" for style in styles),
        js=_joined(f"{script}.js" for script in (*scripts, name)),
    )


def _joined(files: Iterable[str]) -> str:
    return "\n".join((HERE / file).read_text(encoding="utf-8") for file in files)
