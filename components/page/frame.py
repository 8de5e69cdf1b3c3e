"""The page's frame: its title, its few rules of style, and what holds places."""

import streamlit as st
from streamlit import net_util

from attention.pictures.sizes import HEAD_HEIGHT
from components.frontend import HERE, register
from components.session import state

# When a page of another site tries to connect, Streamlit asks checkip.amazonaws.com
# for this server's address, and all visitors wait for the answer.
net_util.get_external_ip = lambda: None

TITLE_LENGTH = 50  # characters of the sentence
STYLE = HERE / "page.css"

_keyboard = register("keyboard", "<span></span>", styles=())
_to_top = register("to_top", "<span></span>", styles=())


def page_frame(text: str) -> None:
    """Set the page's title and style; comes before anything else.

    text: the sentence, whose first words name the page in tabs, histories and chats.
    """
    words = first_words(text) or "How BERT reads"
    st.set_page_config(f"{words} · Attention", "🔎", layout="wide")
    st.html(STYLE)
    _keyboard(key="keyboard")
    _to_top(key="to-top", data={"times": state.times_to_top()})


def first_words(text: str) -> str:
    """Shorten a text to whole words, or inside a long one: some scripts have no spaces.

    >>> first_words("Slowly, the old and tired turtle moved across the [MASK].")
    'Slowly, the old and tired turtle moved across the …'
    """
    words = " ".join(text.split())
    if len(words) <= TITLE_LENGTH:
        return words
    return words[:TITLE_LENGTH].rsplit(" ", 1)[0] + " …"


def show_heading() -> None:
    with st.container(key="heading", horizontal=True, vertical_alignment="bottom"):
        st.title("Attention", anchor=False, width="content")
        st.text("how BERT reads a sentence", width="content")


def hold_place(words: str) -> None:
    """Take the height of a heatmap, so that nothing jumps when one arrives."""
    with st.container(height=HEAD_HEIGHT, border=False):
        st.text(words)
