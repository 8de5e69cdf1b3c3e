"""Streamlit components of our own: their .js and .css files are beside this one.

Each .js file is a module that editors and TypeScript read as it is. Two files alone
know Streamlit's own page: streamlit_dom.js and, for its looks, page.css.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js"\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


def register(
    name: str, html: str, styles: Sequence[str] | None = None
) -> ComponentRenderer:
    """Return the component whose code is {name}.js.

    styles: the names of its .css files, in this order; by default its own alone.
    """
    styles = [name] if styles is None else styles
    return st.components.v2.component(
        name,
        html=html,
        css="\n".join(_text(f"{style}.css") for style in styles),
        js=joined(name),
    )


def joined(name: str) -> str:
    """Return a module as one text, behind all that it imports, directly or not.

    Streamlit gives the browser a component's code as a text, which has no files beside
    it to import. Names are those of one module then: no two files may share one.
    """
    texts: dict[str, str] = {}

    def add(name: str) -> None:
        text = _text(f"{name}.js")
        for imported in IMPORT.findall(text):
            if imported not in texts:
                add(imported)
        texts[name] = EXPORT.sub("", IMPORT.sub("", text))

    add(name)
    return "\n".join(texts.values())


def _text(file: str) -> str:
    return (HERE / file).read_text(encoding="utf-8")
