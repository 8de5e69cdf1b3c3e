"""The report as files: made when they are wanted, with the notes as they are then.

st.download_button cannot do this. A click on it ends the typing of a note, the page
runs for the note, and the file that the click asked for is gone by then.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from attention import report_file
from attention.report import Finding, report_html, report_zip
from components import links
from components.frontend import register

MADE, FAULT = "report_made", "report_made_fault"

_files = register("files", '<div class="files" role="group" aria-label="Files"></div>')


@dataclass(frozen=True)
class Kind:
    """A file that a report can become."""

    label: str
    name: str
    type: str
    make: Callable[[Sequence[Finding]], bytes]


KINDS = (
    Kind(
        "analysis.md with pictures (ZIP)", "analysis.zip", "application/zip", report_zip
    ),
    Kind(
        "One HTML file",
        "analysis.html",
        "text/html",
        lambda findings: report_html(findings).encode(),
    ),
    Kind(
        "Save to continue later",
        "attention-report.json",
        "application/json",
        lambda findings: report_file.save(findings, links.view()),
    ),
)


def offer_files(findings: Callable[[], Sequence[Finding]]) -> None:
    """Draw a button for each kind of file; findings: called when one is wanted."""
    made = st.session_state.pop(MADE, None)
    _files(
        key="files",
        data={"labels": [kind.label for kind in KINDS], "made": made},
        on_wanted_change=lambda: _make(findings()),
    )
    if fault := st.session_state.get(FAULT):
        st.error(fault)


def _make(findings: Sequence[Finding]) -> None:
    kind = KINDS[st.session_state.files.wanted]
    st.session_state.pop(FAULT, None)
    try:
        content = kind.make(findings)
    except ValueError as error:  # too large to be read back
        st.session_state[FAULT] = str(error)
        return
    number = st.session_state.get("files_made", 0) + 1
    st.session_state.files_made = number
    st.session_state[MADE] = {
        "number": number,
        "name": kind.name,
        "type": kind.type,
        "content": base64.b64encode(content).decode(),
    }
