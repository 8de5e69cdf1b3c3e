"""The tab Report: the findings in their order, files of them, and going on later."""

from dataclasses import replace

import streamlit as st

from attention import report_file
from components import links
from components.report import Entry, add_findings, entries
from components.report_files import offer_files

FILE, FAULT, REMOVED = "report_file", "report_file_fault", "report_removed"
MEGABYTES = 20
WHERE = (
    "Your findings live in this browser tab until you close it. Save them to continue "
    "later; the file opens here again."
)


def show_report() -> None:
    """Draw the list of findings and everything that can be done with it."""
    found = entries()
    if not found:
        st.text(
            "Nothing here yet. “Add to report” stands below each head, claim, "
            "comparison and what-if."
        )
    for place, entry in enumerate(found):
        _show_entry(entry, place, len(found))
    if REMOVED in st.session_state:
        st.button("↩ Put back what was removed", on_click=_put_back)
    if found:
        offer_files(lambda: [entry.finding for entry in entries()])
    st.text(WHERE)
    st.file_uploader(
        "Continue from a saved file",
        ["json"],
        key=FILE,
        max_upload_size=MEGABYTES,
        on_change=_take_file,
    )
    if fault := st.session_state.get(FAULT):
        st.error(fault)


def _show_entry(entry: Entry, place: int, count: int) -> None:
    finding, number = entry.finding, entry.number
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{place + 1}. {finding.title}")
            for label, icon, step in (
                ("Up", ":material/arrow_upward:", -1),
                ("Down", ":material/arrow_downward:", 1),
            ):
                st.button(
                    label,
                    key=f"{label} {number}",
                    icon=icon,
                    type="tertiary",
                    disabled=not 0 <= place + step < count,
                    on_click=_move,
                    args=(number, step),
                )
            st.button(
                "Remove",
                key=f"remove {number}",
                type="tertiary",
                on_click=_remove,
                args=(number,),
            )
        words, picture = st.columns([3, 2])
        with words:
            st.text_area(
                f"Note {place + 1}",
                finding.note,
                key=f"note {number}",
                on_change=_note,
                args=(number,),
            )
            for sentence in (*finding.says, *finding.sentences):
                st.text(sentence)
        with picture:
            for figure in finding.figures:
                st.image(figure.png, width="stretch", alt=figure.alt)


def _place(number: int) -> int:
    return next(i for i, entry in enumerate(entries()) if entry.number == number)


def _move(number: int, step: int) -> None:
    found, here = entries(), _place(number)
    found.insert(here + step, found.pop(here))


def _remove(number: int) -> None:
    here = _place(number)
    st.session_state[REMOVED] = here, entries().pop(here)


def _put_back() -> None:
    here, entry = st.session_state.pop(REMOVED)
    entries().insert(here, entry)


def _note(number: int) -> None:
    entry = entries()[_place(number)]
    entry.finding = replace(entry.finding, note=st.session_state[f"note {number}"])


def _take_file() -> None:
    st.session_state.pop(FAULT, None)
    if (file := st.session_state[FILE]) is None:
        return
    try:
        findings, view = report_file.load(file.getvalue())
    except report_file.BadFile as error:
        st.session_state[FAULT] = str(error)
        return
    add_findings(findings)
    links.open_view(view)
