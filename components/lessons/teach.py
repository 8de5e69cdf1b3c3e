"""The teacher's panel (?teach=1): a link for the class, as text and as a QR code."""

import io
from typing import Literal

import streamlit as st

from attention.lessons import lessons
from components.session import choices, state, url, views
from components.widgets.copy_button import copy_button
from components.widgets.pictures import show_png

# What the link may hold of the present page, by what the panel calls it.
PARTS = {
    "this text": (url.TEXT,),
    "the open head": (url.HEAD,),
    "how many predictions": (url.K,),
    "which BERT": (url.MODEL,),
}
HIDDEN = {
    "BERT's words, until a guess is typed": choices.WORDS,
    "what heads do, until a click": choices.ROLES,
}
DEFAULT_PARTS = ["this text", "the open head"]
LESSON_KEY, PARTS_KEY = "teach_lesson", "teach_parts"
FOLLOWED = "teach_followed"  # the page's lesson when the panel last took it over
QR_PIXELS = 640  # about; whole pixels a module
# A code of more modules a side is hard to read from the back row.
COARSE_VERSION = 15
HOW = (
    "Set the page up as your students should find it, then copy the link or show the "
    "code. A lesson brings a sentence and a head of its own; what you add wins."
)
# A longer link is scrolled.
MOST_WHOLE, CODE_HEIGHT = 600, 200  # characters, pixels
TOO_LONG = (
    "Some servers refuse a link this long. Shorten the sentence, or set the page up "
    "and hand out “Save view as a file”, at the top, which students open in the tab "
    "Report."
)
ONLY_HERE = (
    "Only this computer can open this link. For the class, open the page by this "
    "computer's address in the network, such as 192.168.1.20, in place of localhost."
)


def show_teacher_panel() -> None:
    """Draw the choice of what the link holds, the link and its QR code."""
    with st.container(border=True, key="teach"):
        st.header("Teacher's panel", anchor=False)
        st.text(HOW)
        fields, picture = st.columns([3, 2], gap="medium")
        with fields:
            link = _ask_link()
            is_short = len(link) <= MOST_WHOLE
            height: int | Literal["content"] = "content" if is_short else CODE_HEIGHT
            st.code(link, language=None, wrap_lines=True, height=height)
            copy_button("copy class link", "Copy this link", link)
            if len(link) > url.MOST_LINK_BYTES:
                st.warning(TOO_LONG)
            if url.is_own_computer(link):
                st.info(ONLY_HERE)
        with picture:
            _show_code(link)


def _ask_link() -> str:
    _follow_page()
    all_lessons = lessons()
    lesson = st.selectbox(
        "Lesson to open",
        ["", *all_lessons],
        format_func=lambda slug: all_lessons[slug].title if slug else "none",
        key=LESSON_KEY,
        on_change=_suit_lesson,
    )
    parts = st.multiselect("In the link", list(PARTS), DEFAULT_PARTS, key=PARTS_KEY)
    hidden = st.multiselect("Hidden at first", list(HIDDEN), key="teach_hidden")
    page = views.present_view()
    values = {name: page[name] for part in parts for name in PARTS[part]}
    base = (st.context.url or "").replace("/~/+", "")
    values[url.LESSON] = lesson
    values[url.HIDE] = ",".join(HIDDEN[name] for name in hidden)
    return url.compose(base, values)


def _follow_page() -> None:
    """Choose the lesson that was opened on the page, none once it is closed."""
    opened = state.in_link(url.LESSON)
    if st.session_state.get(FOLLOWED, "") != opened:
        st.session_state[FOLLOWED] = st.session_state[LESSON_KEY] = opened
        _suit_lesson()


def _suit_lesson() -> None:
    has_lesson = bool(st.session_state[LESSON_KEY])
    st.session_state[PARTS_KEY] = [] if has_lesson else DEFAULT_PARTS


def _show_code(link: str) -> None:
    import segno  # only teachers need it

    try:
        code = segno.make_qr(link)
    except segno.DataOverflowError:
        st.text("This link is too long for a QR code. Shorten the sentence.")
        return
    file = io.BytesIO()
    code.save(file, kind="png", scale=QR_PIXELS // code.symbol_size()[0], border=4)
    show_png(file.getvalue(), "QR code of the link", width=320)
    with st.container(horizontal=True):
        if st.button("Show it large"):
            _show_large(file.getvalue(), link)
        st.download_button(
            "QR code (PNG)",
            file.getvalue(),
            "attention-link.png",
            "image/png",
            on_click="ignore",
            type="tertiary",
        )
    # A number: `make_qr` makes no micro codes, whose versions have an M.
    if int(code.version) > COARSE_VERSION:
        st.text("A fine code: a shorter sentence is easier to read from afar.")


@st.dialog("Scan to open", width="large")
def _show_large(code: bytes, link: str) -> None:
    with st.container(key="large-code", horizontal_alignment="center"):
        show_png(code, "The QR code, large")
    st.text(link)
