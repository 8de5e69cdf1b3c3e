"""The page's state: five bound widgets, and the callbacks that change them.

Text, layer, head, number of predictions and model live in the URL through widgets
bound to it (`bind="query-params"`); the keys below are those widgets' keys and the
URL's names. Callbacks run before the page does, so they may set a widget's value.
"""

import math
from collections.abc import Mapping
from contextlib import suppress
from typing import TypeVar

import streamlit as st

from attention.heads.roles import LEGEND
from attention.reading import MAX_K
from attention.showcase import DEFAULT_TEXT
from model_cache.catalog import Model, UnknownModel, find_model

TEXT, LAYER, HEAD, K, MODEL = "text", "layer", "head", "k", "model"
CHECK = "check"  # a button's; like the role below, the URL alone has it
TO_TOP, USUAL, IS_HEAD_CHOSEN = "to_top", "usual", "is_head_chosen"
SILENT = "silent"  # the heads that "What if" silences
ROLE = "role"  # chosen in the overview's legend: no widget, the URL alone has it
DEFAULT_HEAD = (2, 9)  # layer 3, head 10: each word looks at the next one
DEFAULT_K = 3

Value = TypeVar("Value")


def set_usual(values: Mapping[str, object]) -> None:
    """Let fields have other values than the page's own where the URL says nothing.

    They have to be the fields' defaults. Set in the session alone they would not be in
    the URL, and the browser would sooner or later go back to what a field begins with.
    """
    st.session_state[USUAL] = values


def usual(name: str, otherwise: Value) -> Value:
    return st.session_state.get(USUAL, {}).get(name, otherwise)


def usual_head() -> tuple[int, int]:
    """Return the head that opens where nobody has named one, as array indices."""
    layer, head = DEFAULT_HEAD
    return usual(LAYER, layer + 1) - 1, usual(HEAD, head + 1) - 1


def selected_head() -> tuple[int, int]:
    """Return the open head as array indices, from 0."""
    return st.session_state[LAYER] - 1, st.session_state[HEAD] - 1


def select_head(layer: int, head: int) -> None:
    """Open the head at these array indices."""
    st.session_state[LAYER], st.session_state[HEAD] = layer + 1, head + 1
    note_head_choice()


def note_head_choice() -> None:
    """Remember that the open head is somebody's choice, be it the usual one."""
    st.session_state[IS_HEAD_CHOSEN] = True


def is_head_chosen() -> bool:
    """True if the open head is not just the one that a page or a lesson starts with."""
    return IS_HEAD_CHOSEN in st.session_state or selected_head() != usual_head()


def step_head(step: int, shape: tuple[int, int]) -> None:
    """Open the next (1) or previous (-1) head, row after row, round the end."""
    layers, heads = shape
    layer, head = selected_head()
    index = (layer * heads + head + step) % (layers * heads)
    select_head(*divmod(index, heads))


def refuse_endless_numbers() -> None:
    """Run the page anew without what Streamlit's number fields break on: ?layer=1e309.

    They take what the URL held when the run began, whatever the page does to it.
    """
    endless = []
    for name in (LAYER, HEAD):
        with suppress(ValueError):
            if math.isinf(float(st.query_params.get(name, ""))):
                endless.append(name)
    for name in endless:
        del st.query_params[name]
    if endless:
        st.rerun()


def keep_head_within(shape: tuple[int, int]) -> None:
    """After a change to a smaller model, open the nearest head it has."""
    for key, count in zip((LAYER, HEAD), shape, strict=True):
        if st.session_state.get(key, 1) > count:
            st.session_state[key] = count


def keep_head_for(chosen: Model, answering: Model, link: Mapping[str, str]) -> None:
    """Open a link's head of a larger model once that model answers.

    Until then the bundled model may not have that head.
    """
    layer, head = link.get(LAYER, ""), link.get(HEAD, "")
    has_it = _is_number_to(layer, chosen.layers) and _is_number_to(head, chosen.heads)
    if chosen != answering and has_it:
        st.session_state.head_for = (chosen.id, int(layer), int(head))
    model_id, *kept = st.session_state.get("head_for", ("",))
    if chosen == answering and chosen.id == model_id:
        del st.session_state.head_for
        st.session_state[LAYER], st.session_state[HEAD] = kept


def is_first_run() -> bool:
    """True in the first run of a visitor's session, False ever after."""
    if "has_run" in st.session_state:
        return False
    st.session_state.has_run = True
    return True


def role() -> str:
    """Return the role whose heads are shown, the others dimmed; "" shows all."""
    wanted = st.query_params.get(ROLE, "")
    return wanted if wanted in [role.name for role in LEGEND] else ""


def toggle_role(name: str) -> None:
    """Show the heads of one role, or all of them again."""
    if role() == name:
        del st.query_params[ROLE]
    else:
        st.query_params[ROLE] = name


def is_checking() -> bool:
    """True if the open head's role is tried on more sentences, too."""
    return st.query_params.get(CHECK) == "true"


def toggle_checking() -> None:
    if is_checking():
        del st.query_params[CHECK]
    else:
        st.query_params[CHECK] = "true"


def present_text() -> str:
    """Return the sentence before its field is drawn: the session's or the link's."""
    link = st.query_params.get(TEXT, usual(TEXT, DEFAULT_TEXT))
    return st.session_state.get(TEXT) or link


def set_text(text: str) -> None:
    st.session_state[TEXT] = text


def show_top() -> None:
    """Let the next run show the page's top, for whoever opened something from below."""
    st.session_state[TO_TOP] = times_to_top() + 1


def times_to_top() -> int:
    """Count how often that was asked: the browser is told of changes alone."""
    return st.session_state.get(TO_TOP, 0)


def fill_mask(sentence: str) -> None:
    """Show a completed sentence, remembering the one it came from."""
    origins = st.session_state.setdefault("origins", {})
    origins[sentence] = st.session_state[TEXT]
    set_text(sentence)


def origin() -> str | None:
    """Return the sentence with [MASK] that the current one was made from, if any."""
    return st.session_state.get("origins", {}).get(st.session_state[TEXT])


def odd_values(link: Mapping[str, str], shape: tuple[int, int]) -> list[str]:
    """Say, in a sentence each, which values of a link cannot be shown as asked.

    link: the URL's parameters; shape: (layers, heads) of the model shown.
    """
    limits = {LAYER: shape[0], HEAD: shape[1], K: MAX_K}
    notices = [
        f"The link's {key} is not a number from 1 to {limit}; the usual one is shown."
        for key, limit in limits.items()
        if key in link and not _is_number_to(link[key], limit)
    ]
    if not is_known_model(link.get(MODEL)):
        notices.append("The link names a model that is not on offer here.")
    return notices


def is_known_model(model_id: str | None) -> bool:
    try:
        return model_id is None or bool(find_model(model_id))
    except UnknownModel:
        return False


def _is_number_to(value: str, limit: int) -> bool:
    return value in map(str, range(1, limit + 1))
