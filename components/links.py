"""What a link or a saved file says of the page, beyond the five bound widgets.

A lesson, the teacher's panel and what is hidden at first are in the URL alone. A file
takes over where a text is too long for a URL.
"""

from collections.abc import Callable, Mapping
from urllib.parse import quote_plus

import streamlit as st

from attention.lessons import lessons
from attention.reading import MAX_K
from components import state

LESSON, TEACH, HIDE = "lesson", "teach", "hide"
WORDS, ROLES = "words", "roles"
HIDEABLE = {WORDS, ROLES}  # until a student has guessed, or found out
TAB, WITH = "tab", "with"
CLAIM, CLAIM_LINES = "claim", "claim_lines"
# Of one parameter; proxies in front of servers refuse URLs over 8 kB.
MOST_LINK_BYTES = 6_000


def _is_number(value: str) -> bool:
    # The field for a head that the model lacks shows the usual one.
    return value.isdecimal() and len(value) < 4 and int(value) >= 1


# What a file restores, by the widgets' keys; and which values it may have.
VIEW: Mapping[str, Callable[[str], bool]] = {
    state.TEXT: bool,
    state.LAYER: _is_number,
    state.HEAD: _is_number,
    state.K: lambda value: _is_number(value) and int(value) <= MAX_K,
    state.MODEL: state.is_known_model,
    TAB: bool,  # explore() knows its tabs
    WITH: bool,
    CLAIM: bool,
    CLAIM_LINES: bool,
}
NUMBERS = (state.LAYER, state.HEAD, state.K)


def fits_link(text: str) -> bool:
    """Tell whether a link may carry this text."""
    return len(quote_plus(text, errors="replace")) <= MOST_LINK_BYTES


def view() -> dict[str, str]:
    """Return what a file needs to restore the page."""
    values = {name: st.session_state.get(name) for name in VIEW}
    return {name: str(value) for name, value in values.items() if value}


def open_view(wanted: Mapping[str, str]) -> None:
    """Restore a view, in a callback or before the widgets; odd values are left out."""
    for name, value in wanted.items():
        if name in VIEW and VIEW[name](value):
            st.session_state[name] = int(value) if name in NUMBERS else value


def is_teaching() -> bool:
    """True if the teacher's panel is open."""
    return st.query_params.get(TEACH) == "1"


def hides() -> set[str]:
    """Return what the link hides at first: some of WORDS and ROLES."""
    return HIDEABLE & set(st.query_params.get(HIDE, "").split(","))


def odd_values(link: Mapping[str, str]) -> list[str]:
    """Say, in a sentence each, which of a link's values mean nothing here.

    link: the URL's parameters.
    """
    notices = []
    if LESSON in link and link[LESSON] not in lessons():
        notices.append("The link names a lesson that is not here; see “Lessons”.")
    if set(link.get(HIDE, WORDS).split(",")) - HIDEABLE:
        notices.append("The link hides something that this page does not know.")
    return notices


def show_roles() -> None:
    """Stop hiding roles, until another lesson hides them."""
    st.session_state.roles_shown = True


def are_roles_shown() -> bool:
    return "roles_shown" in st.session_state


def hide_roles_again() -> None:
    st.session_state.pop("roles_shown", None)
