"""The report: findings with the student's notes, in their order, to take home."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from msgspec.structs import replace

from attention.report.finding import MAX_NOTE, Finding, fitted
from components.frontend import register
from components.session import url as links

ADDED, SAVED = "report_added", "report_saved"
FAILED = "This could not be added. The server's log says why; try another head."

logger = logging.getLogger(__name__)

_leaving = register("leaving", "<span></span>", styles=())


@dataclass
class Entry:
    """A finding in the list, under a number that stays its own."""

    number: int
    finding: Finding


def entries() -> list[Entry]:
    """Return the session's list, always the same object: downloads look at it later."""
    return st.session_state.setdefault("report", [])


def findings() -> list[Finding]:
    return [entry.finding for entry in entries()]


def mark_saved() -> None:
    """Remember that a file to go on with has the findings as they are."""
    st.session_state[SAVED] = findings()


def warn_before_leaving() -> None:
    """Let the browser ask before a reload or a closed tab takes what is not saved."""
    is_unsaved = findings() != st.session_state.get(SAVED, []) or links.is_unsaved()
    _leaving(key="leaving", data={"is_unsaved": is_unsaved})


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


def add_findings(findings: tuple[Finding, ...]) -> None:
    """Put findings at the end of the list."""
    for finding in findings:
        number = st.session_state.get("report_numbers", 0) + 1
        st.session_state.report_numbers = number
        entries().append(Entry(number, finding))


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
