"""A claim's sentences: typed, chosen ready made, uploaded, or built by clicking."""

import streamlit as st

from attention.claims.files import NotLines, read_lines
from attention.claims.lines import write_line
from attention.claims.ready import ready_claims
from attention.reading import Reading
from attention.words import word_spans
from components.frontend import register
from components.session import state, url
from model_cache import cache

LINES, CLAIM, FILE = url.EXAMPLES, url.CLAIM_WORDS, "claim_file"
OPEN = "claim_lines_open"  # whether they were empty when the tab first opened
REPLACED = "claim_replaced"  # own lines that others took the place of
UPLOADED = "claim_uploaded"  # the last lines that came from a file
Lines = tuple[str, str]  # and their claim in words
MAX_MEGABYTES = 1  # 2,000 sentences are 0.2
MOST_LETTERS = 200  # of a claim in words
HOW = (
    "One sentence a line; behind a vertical bar the word that looks and the word it "
    "should look at. A repeated word has its number: the#2 is the second “the”."
)

_pair = register(
    "pair",
    '<div class="words" role="group" aria-label="Words to choose from"></div>'
    '<p class="says" role="status"></p>',
    styles=("buttons", "words"),
)


def ask_lines(reading: Reading) -> list[str]:
    """Draw the ways to list sentences; return the lines.

    reading: of the page's sentence, which a click on two of its words adds.
    """
    # With all its words: the page may show a view that hides some.
    reading = cache.read(reading.model, reading.text)
    _take_link()
    with st.container(
        key="ready", horizontal=True, gap="small", vertical_alignment="center"
    ):
        st.text("Ready to test:", width="content")
        for title in ready_claims():
            st.button(title, type="tertiary", on_click=_take_ready, args=(title,))
    # Once there are lines to test, what they say is to be seen, and not they.
    is_open = st.session_state.setdefault(OPEN, not st.session_state[LINES].strip())
    with st.expander("The claim’s sentences: change them, or write your own", is_open):
        text, words = _ask_own(reading)
    _keep_in_link(text, words)
    return text.split("\n")  # as in a file: U+2028 ends no line


def _ask_own(reading: Reading) -> Lines:
    words = st.text_input(
        "Claim",
        key=CLAIM,
        persist_state="session",
        max_chars=MOST_LETTERS,
        placeholder="an adverb looks at its verb",
    )
    text = st.text_area(
        "Examples",
        key=LINES,
        persist_state="session",
        height=240,
        on_change=_drop_old_claim,
        placeholder="The turtle moved slowly across the road. | slowly -> moved",
    )
    st.text(HOW)
    with st.container():  # holds the place, or the expanders below would close
        if st.session_state.get(REPLACED):
            st.button("↩ Put my own lines back", on_click=_put_back)
    with st.expander("Add the sentence above by clicking two of its words"):
        _pair(
            key="pair",
            data={
                "text": reading.text,
                "words": [reading.text[a:b] for a, b in word_spans(reading)],
            },
            on_chosen_change=lambda: _add(reading.model),
        )
    with st.expander("Upload a file"):
        st.file_uploader(
            "Lines as above (.txt), or columns sentence, from, to (.csv)",
            ["txt", "csv"],
            key=FILE,
            max_upload_size=MAX_MEGABYTES,
            on_change=_take_file,
        )
        fault = st.session_state.get("claim_file_fault")
        if fault and st.session_state[FILE]:
            st.error(fault)
    return text, words


def claim_title() -> str:
    """Return the claim in the student's words, "" if there are none."""
    return st.session_state.get(CLAIM, "").strip()


def _take_link() -> None:
    """Fill the fields in a session's first run of this tab, as the link says."""
    if LINES in st.session_state:
        return
    ready = ready_claims()
    wanted = state.in_link(LINES)
    if wanted is None:
        wanted = next(iter(ready))
    words = state.in_link(CLAIM)
    if words is None:
        words = _default_words(wanted)
    st.session_state[LINES] = ready.get(wanted, wanted)
    st.session_state[CLAIM] = words[:MOST_LETTERS]


def _keep_in_link(text: str, words: str) -> None:
    """Let the URL follow the lines, by a ready claim's title where they are one."""
    by_text = {lines: title for title, lines in ready_claims().items()}
    wanted = by_text.get(text, text)
    fits = url.fits_link(wanted, words)
    is_default = words == _default_words(wanted)
    state.put_in_link(LINES, wanted if fits else None)
    state.put_in_link(CLAIM, words if fits and not is_default else None)


def _default_words(wanted: str) -> str:
    """Return the words of a link's claim where the link has none."""
    return wanted if wanted in ready_claims() else ""


def keep_own_lines() -> None:
    """Keep lines that others are about to take the place of, to be put back."""
    if own := _own_lines():
        st.session_state[REPLACED] = own


def _own_lines() -> Lines | None:
    """Return lines that somebody typed, with their claim, or None for others."""
    own = st.session_state.get(LINES, ""), claim_title()
    ready = [(lines, title) for title, lines in ready_claims().items()]
    if not "".join(own).strip() or own in [*ready, st.session_state.get(UPLOADED)]:
        return None
    return own


def _replace(text: str, title: str) -> None:
    keep_own_lines()
    st.session_state[LINES], st.session_state[CLAIM] = text, title


def _drop_old_claim() -> None:
    """Forget a ready claim's title once none of its lines are left."""
    ready = ready_claims().get(st.session_state[CLAIM], "")
    lines = st.session_state[LINES].split("\n")
    if ready and not {*map(str.strip, lines)} & {*ready.split("\n")} - {""}:
        st.session_state[CLAIM] = ""


def _take_ready(title: str) -> None:
    _replace(ready_claims()[title], title)


def _put_back() -> None:
    """Let own lines change places with those here, if these are own ones, too."""
    if replaced := st.session_state.get(REPLACED):
        st.session_state[REPLACED] = _own_lines()
        st.session_state[LINES], st.session_state[CLAIM] = replaced


def _take_file() -> None:
    st.session_state.pop("claim_file_fault", None)
    if (file := st.session_state[FILE]) is None:
        return
    try:
        lines = read_lines(file.getvalue(), file.name.lower().endswith(".csv"))
    except NotLines as error:
        st.session_state.claim_file_fault = str(error)
    else:
        uploaded = "\n".join(lines), ""
        _replace(*uploaded)
        st.session_state[UPLOADED] = uploaded


def _add(model: str) -> None:
    text, query, key = st.session_state.pair.chosen
    if text != st.session_state[url.TEXT]:
        return  # another sentence is there by now
    spans = word_spans(cache.read(model, text))
    line = write_line(text, spans[query], spans[key])
    lines = st.session_state[LINES].rstrip()
    st.session_state[LINES] = f"{lines}\n{line}".lstrip()
