"""The popover “Add to report”: what stands here becomes a finding, with a note."""

import logging
from collections.abc import Callable

import streamlit as st
from msgspec.structs import replace

from attention.report.finding import MAX_NOTE, Finding, fitted
from components.session.findings import add_findings, entries

ADDED = "report_added"
FAILED = "This could not be added. The server's log says why; try another head."

logger = logging.getLogger(__name__)


def offer_finding(key: str, make: Callable[[], Finding]) -> None:
    """Draw "Add to report" with a note; make: returns the finding without the note."""
    with st.popover("Add to report", key=f"add {key}"):
        st.text_area(
            "Your note",
            key=_note_key(key),
            max_chars=MAX_NOTE,
            persist_state="session",  # another tab loses no words
            placeholder="What does this head seem to do, and what speaks against it?",
        )
        st.button("Add", key=f"add finding {key}", on_click=_add, args=(key, make))
        where, says = st.session_state.get(ADDED, ("", ""))
        if where == key:
            del st.session_state[ADDED]
            st.text(says)


def _note_key(key: str) -> str:
    return f"note for {key}"


def _add(key: str, make: Callable[[], Finding]) -> None:
    try:
        finding = replace(make(), note=st.session_state[_note_key(key)].strip())
    except Exception:
        logger.exception("cannot add to the report")
        st.session_state[ADDED] = key, FAILED
        return
    add_findings((fitted(finding),))
    st.session_state[_note_key(key)] = ""
    count = len(entries())
    says = f"Added: the tab Report has {count} finding{'s' * (count > 1)} now."
    st.session_state[ADDED] = key, says
