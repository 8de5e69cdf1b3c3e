"""What depends on the open head: when another one opens, this alone runs anew."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attention.lessons import Lesson
from attention.reading import Reading
from components.crowd.turn import page_turn
from components.detail.head_picker import ask_head
from components.detail.overview import show_empty_overview, show_overview
from components.detail.share import show_share
from components.lessons.lesson import asks_for_head, hidden_parts, show_answer
from components.session import choices, state
from components.session.answer import explain_faults
from components.session.findings import warn_before_leaving
from components.session.seen import Seen, see
from components.tabs.tabs import explore
from components.widgets.downloads import offer_all_heads
from model_cache import cache

HOW = (
    "A row is a layer, a column a head. In each, bright is much attention and dark is "
    "none. Attention is what a head weighs, not proof of why BERT chose a word."
)


@dataclass(frozen=True)
class Asked:
    """What the page answers, the open head and the tabs apart."""

    fields: tuple[object, ...]  # what state.asked() returned when the page ran
    model: str  # the one that answers
    shape: tuple[int, int]  # its layers and heads
    text: str | None  # None: it cannot be read
    view: tuple[bool, str]  # how tokens are shown: see session.seen
    k: int
    lesson: Lesson | None
    is_guessed: bool  # nothing of BERT's words is to be hidden any more


@dataclass(frozen=True)
class Places:
    """Where the detail stands, apart from its own column."""

    share: DeltaGenerator
    teacher: DeltaGenerator
    answer: DeltaGenerator
    heads: DeltaGenerator


def show_below_heads(seen: Seen) -> None:
    """Say how to read the picture of all heads, and offer files of it.

    The same for each head that opens, so the page draws it.
    """
    st.text(HOW)
    if seen.about:
        st.text(seen.about)
    offer_all_heads(seen.reading)


@st.fragment
def show_detail(asked: Asked, places: Places) -> None:
    """Draw the picture of all heads, the open one's line, the tabs, and what links."""
    # Something here may have changed a field of the page, which only the page draws.
    if state.asked() != asked.fields:
        st.rerun()
    with page_turn("detail"), explain_faults("One head"):
        ask_head(asked.shape)
        # From the cache, which bounds what readings take: this closure lives long.
        reading = None if asked.text is None else cache.read(asked.model, asked.text)
        _show_around(asked, places, reading)


def _show_around(asked: Asked, places: Places, reading: Reading | None) -> None:
    hidden = hidden_parts(asked.lesson)
    if asked.is_guessed:
        hidden.discard(choices.WORDS)
    seen = see(reading, asked.view, state.colours()) if reading else None
    with places.heads, explain_faults("All heads"):
        if seen is None:
            show_empty_overview(asked.shape, state.selected_head(), "overview-empty")
        else:
            show_overview(seen, choices.ROLES not in hidden)
    with places.share:
        show_share()
    if reading and asked.lesson and asks_for_head(asked.lesson):
        with places.answer:
            show_answer(asked.lesson, reading)
    if state.is_teaching():
        from components.lessons.teach import show_teacher_panel

        with places.teacher:
            show_teacher_panel()
    warn_before_leaving()  # before a claim's test, which may take minutes
    explore(seen, asked.view, asked.k, hidden)
