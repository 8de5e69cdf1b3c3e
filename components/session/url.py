"""What a link or a saved file says of the page, beyond the five bound widgets.

A lesson, the teacher's panel and what is hidden at first are in the URL alone. A file
takes over where a text is too long for a URL.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from urllib.parse import quote_plus

import streamlit as st

from attention.lessons import lessons
from attention.reading import MAX_K
from attention.views import SPECIALS
from components.session import state
from model_cache.catalog import find_model

LESSON, TEACH, HIDE = "lesson", "teach", "hide"
WORDS, ROLES = "words", "roles"
HIDEABLE = {WORDS, ROLES}  # until a student has guessed, or found out
JOIN, SPECIAL = "join", "specials"
TAB, WITH = "tab", "with"
# Of a claim: the URL's name of its lines and the file's of its words; the file's of its
# lines; and the URL's of its words.
CLAIM, CLAIM_LINES, CLAIM_WORDS = "claim", "claim_lines", "claim_words"
JUDGE = "judge"  # of a claim: which head
JUDGES = "the best of all heads", "the open head, chosen beforehand"
# Of what people type; proxies in front of servers refuse URLs over 8 kB.
MOST_LINK_BYTES = 6_000


def _text(value: str) -> str:
    if not value:
        raise ValueError("empty")
    return value


def _number(value: str) -> int:
    # The field for a head that the model lacks shows the usual one.
    if not (value.isdecimal() and len(value) < 4 and int(value) >= 1):
        raise ValueError(value)
    return int(value)


def _one_of(*values: str) -> Callable[[str], str]:
    return lambda value: values[values.index(value)]


# What a file restores, by the widgets' keys, and how each value is read; ValueError
# says that it means nothing. A lesson and silent heads stay out.
VIEW: Mapping[str, Callable[[str], object]] = {
    state.TEXT: _text,
    state.LAYER: _number,
    state.HEAD: _number,
    state.K: lambda value: min(_number(value), MAX_K),
    state.MODEL: lambda value: find_model(value).id,
    JOIN: lambda value: _one_of("True", "False")(value) == "True",
    SPECIAL: _one_of(*SPECIALS),
    TAB: _text,  # explore() knows its tabs
    WITH: _text,
    CLAIM: str,  # not every claim has words
    CLAIM_LINES: _text,
    JUDGE: _one_of(*JUDGES),
}


def fits_link(*texts: str) -> bool:
    """Tell whether a link may carry these texts together."""
    length = sum(len(quote_plus(text, errors="replace")) for text in texts)
    return length <= MOST_LINK_BYTES


def typed() -> list[str]:
    """Return the texts that somebody typed or opened."""
    names = state.TEXT, CLAIM, CLAIM_LINES, WITH
    return [st.session_state.get(name, "") for name in names]


def fits_page() -> bool:
    """Tell whether the page's own link may carry all that was typed."""
    return fits_link(*typed())


def mark_saved() -> None:
    """Remember that a file has what was typed."""
    st.session_state.typed_saved = typed()


def is_unsaved() -> bool:
    """True if a reload would lose what was typed: neither link nor file has it."""
    return not fits_page() and typed() != st.session_state.get("typed_saved")


def view() -> dict[str, str]:
    """Return what a file needs to restore the page."""
    values = {name: st.session_state.get(name) for name in VIEW}
    return {
        name: str(value) for name, value in values.items() if value not in (None, "")
    }


def open_view(wanted: Mapping[str, str]) -> None:
    """Restore a view, in a callback; odd values are left out."""
    st.session_state.update(values_of(wanted))


def values_of(wanted: Mapping[str, str]) -> dict[str, object]:
    """Return a view as its widgets have it; odd values are left out."""
    values = {}
    for name in VIEW.keys() & wanted.keys():
        with suppress(ValueError):
            values[name] = VIEW[name](wanted[name])
    return values


def keep_view() -> None:
    """Set each field to what it holds, in a callback.

    The URL leaves out what is usual; before something else is, it has to hear.
    """
    for name in VIEW.keys() & st.session_state.keys():
        st.session_state[name] = st.session_state[name]


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
