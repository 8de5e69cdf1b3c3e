"""The page's state: what widgets and the URL hold, and the callbacks that change it.

Most parameters of url.py live in the URL through widgets bound to it, under the table's
names; a few the URL alone has. Callbacks run before the page does, so they may set a
widget's value.
"""

import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import streamlit as st

from attention.pictures.colors import SCALES, ColourScale
from attention.reading import Head
from components.session import url
from components.session.choices import HIDEABLE
from model_cache.catalog import Model

TO_TOP, DEFAULTS, IS_HEAD_CHOSEN = "to_top", "defaults", "is_head_chosen"
ROLES_SHOWN = "roles_shown"


def in_link(name: str) -> Any:
    """Return what the URL says of a parameter, its default where that is nothing valid.

    Of parameters without a widget, and before theirs is drawn.
    """
    parameter = url.PARAMETERS[name]
    link = url.renamed(st.query_params, url.OLD_IN_LINK)
    with suppress(ValueError):
        if name in link:
            return parameter.parse(link[name])
    return parameter.default


def put_in_link(name: str, value: str | None) -> None:
    """Let the URL say this of a parameter without a widget, None for nothing.

    An old link that says it already stays as it is: each change of the URL is a step
    that the browser's Back then goes.
    """
    if in_link(name) == value:
        return
    for old, new in url.OLD_IN_LINK.items():
        if new == name:
            st.query_params.pop(old, None)
    if value is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value


def set_defaults(values: Mapping[str, object]) -> None:
    """Let fields have other values than the page's own where the URL says nothing.

    They have to be the fields' defaults: values set in the session alone would not be
    in the URL, and the browser would later go back to a field's default.
    """
    st.session_state[DEFAULTS] = values


def default(name: str) -> Any:
    """Return what a parameter is where the URL says nothing: the lesson's or ours."""
    values = st.session_state.get(DEFAULTS, {})
    return values.get(name, url.PARAMETERS[name].default)


def default_head() -> Head:
    """Return the head that opens where nobody has named one."""
    return Head.numbered(default(url.LAYER), default(url.HEAD))


def selected_head() -> Head:
    """Return the open head."""
    return Head.numbered(st.session_state[url.LAYER], st.session_state[url.HEAD])


def colours() -> ColourScale:
    """Return the colour scale that was chosen for attention."""
    return SCALES[st.session_state[url.COLOURS]]


def select_head(head: Head) -> None:
    """Open this head."""
    st.session_state[url.LAYER], st.session_state[url.HEAD] = head.numbers
    note_head_choice()


def note_head_choice() -> None:
    """Remember that somebody chose the open head, even if it is the default."""
    st.session_state[IS_HEAD_CHOSEN] = True


def is_head_chosen() -> bool:
    """True if the open head is not just the one that a page or a lesson starts with."""
    return IS_HEAD_CHOSEN in st.session_state or selected_head() != default_head()


def step_head(step: int, shape: tuple[int, int]) -> None:
    """Open the next (1) or previous (-1) head, row after row, round the end."""
    layers, heads = shape
    layer, head = selected_head()
    index = (layer * heads + head + step) % (layers * heads)
    select_head(Head.at(index, shape))


def refuse_endless_numbers() -> None:
    """Rerun the page without what Streamlit's number fields break on: ?layer=1e309.

    They take what the URL held when the run began, whatever the page does to it.
    """
    endless = []
    for name in (url.LAYER, url.HEAD):
        with suppress(ValueError):
            if math.isinf(float(st.query_params.get(name, ""))):
                endless.append(name)
    for name in endless:
        del st.query_params[name]
    if endless:
        st.rerun()


def keep_head_within(shape: tuple[int, int]) -> None:
    """After a change to a smaller model, open the nearest head it has."""
    for key, count in zip((url.LAYER, url.HEAD), shape, strict=True):
        if st.session_state.get(key, 1) > count:
            st.session_state[key] = count


def keep_head_for(chosen: Model, answering: Model, link: Mapping[str, str]) -> None:
    """Open a link's head of a larger model once that model answers.

    Until then the bundled model may not have that head.
    """
    asked = url.values_of(link)
    head = Head.numbered(asked.get(url.LAYER, 0), asked.get(url.HEAD, 0))
    if chosen != answering and head.is_within(chosen.shape):
        st.session_state.head_for = (chosen.id, *head.numbers)
    model_id, *kept = st.session_state.get("head_for", ("",))
    if chosen == answering and chosen.id == model_id:
        del st.session_state.head_for
        st.session_state[url.LAYER], st.session_state[url.HEAD] = kept


def is_first_run() -> bool:
    """True in the first run of a visitor's session, False ever after."""
    if "has_run" in st.session_state:
        return False
    st.session_state.has_run = True
    return True


def role() -> str:
    """Return the role whose heads are shown, the others dimmed; "" shows all."""
    return in_link(url.ROLE)


def toggle_role(name: str) -> None:
    """Show the heads of one role, or all of them again."""
    if role() == name:
        del st.query_params[url.ROLE]
    else:
        st.query_params[url.ROLE] = name


def is_checking() -> bool:
    """True if the open head's role is tried on more sentences, too."""
    return in_link(url.CHECK)


def toggle_checking() -> None:
    if is_checking():
        del st.query_params[url.CHECK]
    else:
        st.query_params[url.CHECK] = "true"


def present_text() -> str:
    """Return the sentence before its field is drawn: the session's or the link's."""
    link = st.query_params.get(url.TEXT, default(url.TEXT))
    return st.session_state.get(url.TEXT) or link


def set_text(text: str) -> None:
    st.session_state[url.TEXT] = text


def show_top() -> None:
    """Let the next run scroll to the top, after something was opened from below."""
    st.session_state[TO_TOP] = times_to_top() + 1


def times_to_top() -> int:
    """Count how often that was asked: the browser is told of changes alone."""
    return st.session_state.get(TO_TOP, 0)


def fill_mask(sentence: str) -> None:
    """Show a completed sentence, remembering the one it came from."""
    origins = st.session_state.setdefault("origins", {})
    origins[sentence] = st.session_state[url.TEXT]
    set_text(sentence)


def origin() -> str | None:
    """Return the sentence with [MASK] that the current one was made from, if any."""
    return st.session_state.get("origins", {}).get(st.session_state[url.TEXT])


def is_teaching() -> bool:
    """True if the teacher's panel is open."""
    return in_link(url.TEACH) == "1"


def hides() -> set[str]:
    """Return what the link hides at first: some of choices.HIDEABLE."""
    # Of a link that names something else too, what can be hidden.
    return set(st.query_params.get(url.HIDE, "").split(",")) & HIDEABLE


def show_roles() -> None:
    """Stop hiding roles, until another lesson hides them."""
    st.session_state[ROLES_SHOWN] = True


def are_roles_shown() -> bool:
    return ROLES_SHOWN in st.session_state


def hide_roles_again() -> None:
    st.session_state.pop(ROLES_SHOWN, None)
