"""The report's findings, in their order, for the session; saved or still to save."""

from dataclasses import dataclass

import streamlit as st

from attention.report.finding import Finding
from components.frontend import register
from components.session import views

SAVED = "report_saved"

_leaving = register("leaving", "<span></span>", styles=())


@dataclass
class Entry:
    """A finding in the list, under a number that stays its own."""

    number: int
    finding: Finding


def entries() -> list[Entry]:
    """Return the session's list: always the same object, which downloads read later."""
    return st.session_state.setdefault("report", [])


def findings() -> list[Finding]:
    return [entry.finding for entry in entries()]


def mark_saved() -> None:
    """Remember that a file to go on with has the findings as they are."""
    st.session_state[SAVED] = findings()


def add_findings(findings: tuple[Finding, ...]) -> None:
    """Put findings at the end of the list."""
    for finding in findings:
        number = st.session_state.get("report_numbers", 0) + 1
        st.session_state.report_numbers = number
        entries().append(Entry(number, finding))


def warn_before_leaving() -> None:
    """Let the browser ask before a reload or a closed tab takes what is not saved."""
    is_unsaved = findings() != st.session_state.get(SAVED, []) or views.is_unsaved()
    _leaving(key="leaving", data={"is_unsaved": is_unsaved})
