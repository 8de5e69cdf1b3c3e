"""The present view for somebody else: a link, or a file where a link is too short."""

import streamlit as st

from attention.report import file as report_file
from components.session import state, url, views
from components.widgets.copy_button import copy_button
from components.widgets.files import Kind, offer_files

TOO_LONG = "Too long for a link: others open the file in the tab Report."


def _view_file() -> bytes:
    views.mark_saved()
    return report_file.save((), views.present_view())


VIEW_FILE = Kind(
    "Save view as a file", "attention-view.json", "application/json", _view_file
)


def show_share() -> None:
    """Draw "Copy link", or the file that takes its place."""
    if views.fits_page():
        # Named even where they are the defaults: another server may have others.
        named = (url.TEXT, url.MODEL)
        parameters = {name: str(st.session_state[name]) for name in named}
        parameters[url.HEAD] = state.selected_head().short
        copy_button("copy link", "Copy link", parameters=parameters)
    else:
        offer_files("view file", [VIEW_FILE])
        st.text(TOO_LONG)
