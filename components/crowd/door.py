"""The door: whoever has a seat goes on, the others see the full page."""

import logging
import random

import streamlit as st

from components.crowd import sessions
from components.crowd.counters import Counters, watch
from components.crowd.seats import MOST, Seats
from components.page.frame import page_frame
from model_cache import cache
from model_cache.turns import PAGES

logger = logging.getLogger(__name__)

FULL = "Attention is full"
SETTING = "ATTENTION_SEATS"
AGAIN = 45, 75  # seconds until the full page looks again: not all at once


def admit() -> None:
    """Let a visitor with a seat go on; show others the full page, and stop."""
    if _take_seat():
        return
    page_frame("")
    st.title(FULL, anchor=False)
    st.text(
        "As many visitors as this page can serve are here already. Try again in a "
        "minute: this page does so by itself, and opens as soon as there is room for "
        "you."
    )
    st.fragment(_look_again, run_every=random.uniform(*AGAIN))()
    st.stop()


def _look_again() -> None:
    if _take_seat():
        st.rerun()


def _take_seat() -> bool:
    seats, session = _seats(), sessions.session_id()
    # Reading the browser's cookie takes longer than all the rest.
    return seats.has(session) or seats.take(session, sessions.browser())


@st.cache_resource(show_spinner=False)
def _seats() -> Seats:
    """Return the process's seats, and begin to watch them with the first visitor."""
    number = _number()
    seats = Seats(number, sessions.is_connected)
    if sessions.is_served():
        sessions.keep_sessions(number)
        sessions.send_at_once()
        watch(Counters(seats, PAGES))
    return seats


def _number() -> int:
    asked = cache.setting(SETTING) or str(MOST)
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    logger.error(
        "%s=%r is no number of visitors, such as %d, which holds now",
        SETTING,
        asked,
        MOST,
    )
    return MOST
