"""Views of the page: what a file saves and restores, where a link is too short.

The page's own link may be too short, too: whether what was typed is in it, or in a
file, or would be lost.
"""

from collections.abc import Mapping

import streamlit as st

from components.session import state, url

TYPED_SAVED = "typed_saved"


def present_view() -> dict[str, str]:
    """Return what a file needs to restore the page."""
    values = {name: st.session_state.get(name) for name in url.KEPT_IN_VIEW}
    values[url.HEAD] = state.selected_head().short
    return {
        name: str(value) for name, value in values.items() if value not in (None, "")
    }


def open_view(wanted: Mapping[str, str]) -> None:
    """Restore a view, in a callback; invalid values are left out."""
    values = url.values_of(wanted)
    st.session_state.update(values)
    if url.HEAD in values:
        st.query_params.pop(url.LAYER, None)  # an old link's, whose head it closes


def keep_view() -> None:
    """Set each field to what it holds, in a callback.

    The URL leaves out defaults; before they change, it has to hear.
    """
    for name in url.KEPT_IN_VIEW:
        if name in st.session_state:
            st.session_state[name] = st.session_state[name]


def typed() -> list[str]:
    """Return the texts that somebody typed or opened."""
    names = url.TEXT, url.CLAIM_WORDS, url.EXAMPLES, url.WITH
    return [st.session_state.get(name, "") for name in names]


def fits_page() -> bool:
    """True if the page's own link may carry all that was typed."""
    return url.fits_link(*typed())


def mark_saved() -> None:
    """Remember that a file has what was typed."""
    st.session_state[TYPED_SAVED] = typed()


def is_unsaved() -> bool:
    """True if a reload would lose what was typed: neither link nor file has it."""
    return not fits_page() and typed() != st.session_state.get(TYPED_SAVED)
