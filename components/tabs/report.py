"""The tab Report: the findings in their order, files of them, and going on later."""

import streamlit as st
from msgspec.structs import replace

from attention.report import file as report_file
from attention.report.finding import MAX_NOTE
from attention.report.html import report_html
from attention.report.markdown import report_zip
from components.session import url, views
from components.session.findings import (
    Entry,
    add_findings,
    entries,
    findings,
    mark_saved,
)
from components.tabs.claim.lines import keep_own_lines
from components.widgets.files import Kind, offer_files
from components.widgets.pictures import show_png

FILE, FAULT, REMOVED = "report_file", "report_file_fault", "report_removed"
WHERE = (
    "Your findings live in this browser tab until you close or reload it. Save them to "
    "continue later; the file opens here again."
)


def _save() -> bytes:
    file = report_file.save(findings(), views.present_view())
    mark_saved()
    views.mark_saved()
    return file


KINDS = (
    Kind(
        "analysis.md with pictures (ZIP)",
        "analysis.zip",
        "application/zip",
        lambda: report_zip(findings()),
    ),
    Kind(
        "One HTML file",
        "analysis.html",
        "text/html",
        lambda: report_html(findings()).encode(),
    ),
    Kind(
        "Save to continue later",
        "attention-report.json",
        "application/json",
        _save,
    ),
)


def show_report() -> None:
    """Draw the list of findings and everything that can be done with it."""
    found = entries()
    if not found:
        st.text(
            "Nothing here yet. “Add to report” stands beside each head, claim, "
            "comparison and what-if."
        )
    for place, entry in enumerate(found):
        _show_entry(entry, place, len(found))
    if st.session_state.get(REMOVED):
        st.button("↩ Put back what was removed", on_click=_put_back)
    if found:
        offer_files("report files", KINDS)
    st.text(WHERE)
    st.file_uploader(
        "Continue from a saved file, or open a view that somebody saved",
        ["json"],
        key=FILE,
        max_upload_size=report_file.MAX_MEGABYTES,
        on_change=_take_file,
    )
    if (fault := st.session_state.get(FAULT)) and st.session_state[FILE]:
        st.error(fault)


def _show_entry(entry: Entry, place: int, count: int) -> None:
    finding, number = entry.finding, entry.number
    # Under a key of its own, so that focus stays with an entry that moves.
    with st.container(border=True, key=f"entry {number}"):
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
                max_chars=MAX_NOTE,
                key=f"note {number}",
                on_change=_note,
                args=(number,),
            )
            st.text("\n\n".join((*finding.says, *finding.sentences)))
        with picture:
            for figure in finding.figures:
                show_png(figure.png, figure.alt)


# Callbacks may come a second time, from a quick double click: by then there may be
# nothing left to do.


def _place_of(number: int) -> int | None:
    places = (i for i, entry in enumerate(entries()) if entry.number == number)
    return next(places, None)


def _move(number: int, step: int) -> None:
    found, place = entries(), _place_of(number)
    if place is not None and 0 <= place + step < len(found):
        found.insert(place + step, found.pop(place))


def _remove(number: int) -> None:
    if (place := _place_of(number)) is not None:
        removed = st.session_state.setdefault(REMOVED, [])
        removed.append((place, entries().pop(place)))


def _put_back() -> None:
    """Put back the last one removed; the one before it comes with the next click."""
    if removed := st.session_state.get(REMOVED):
        entries().insert(*removed.pop())


def _note(number: int) -> None:
    if (place := _place_of(number)) is not None:
        entry = entries()[place]
        note = st.session_state[f"note {number}"]
        entry.finding = replace(entry.finding, note=note)


def _take_file() -> None:
    st.session_state.pop(FAULT, None)
    if (file := st.session_state[FILE]) is None:
        return
    try:
        loaded, view = report_file.load(file.getvalue())
    except report_file.BadFile as error:
        st.session_state[FAULT] = str(error)
        return
    is_whole = not entries()  # the file has all that the list then has
    add_findings(loaded)
    if is_whole:
        mark_saved()
    view = url.renamed(view, url.OLD_IN_FILE)
    if url.EXAMPLES in view:
        keep_own_lines()
        view = {url.CLAIM_WORDS: ""} | view  # the words here are other lines'
    views.open_view(view)
    if url.EXAMPLES in view:
        views.mark_saved()
