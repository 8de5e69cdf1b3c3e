"""Files that are made when they are wanted, of the page as it is then.

st.download_button cannot do this. A click on it ends the typing in a field, the page
runs for that field, and the file that the click asked for is gone by then.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from components.frontend import register

_files = register(
    "files",
    '<div class="files" role="group" aria-label="Files"></div>',
    styles=("buttons", "files"),
)


@dataclass(frozen=True)
class Kind:
    """A file to take home."""

    label: str
    name: str
    type: str
    make: Callable[[], bytes]  # raises ValueError with a sentence for the visitor


def offer_files(key: str, kinds: Sequence[Kind]) -> None:
    """Draw a button for each kind of file; key: as for any element."""
    made = st.session_state.pop(_made(key), None)
    _files(
        key=key,
        data={"labels": [kind.label for kind in kinds], "made": made},
        on_wanted_change=lambda: _make(key, kinds),
    )
    if fault := st.session_state.get(_fault(key)):
        st.error(fault)


def _make(key: str, kinds: Sequence[Kind]) -> None:
    kind = kinds[st.session_state[key].wanted]
    st.session_state.pop(_fault(key), None)
    try:
        content = kind.make()
    except ValueError as error:
        st.session_state[_fault(key)] = str(error)
        return
    number = st.session_state.get("files_made", 0) + 1
    st.session_state.files_made = number
    st.session_state[_made(key)] = {
        "number": number,
        "name": kind.name,
        "type": kind.type,
        "content": base64.b64encode(content).decode(),
    }


def _made(key: str) -> str:
    return f"made {key}"


def _fault(key: str) -> str:
    return f"fault {key}"
