"""The page's state: what widgets and the URL hold, and the callbacks that change it.

Most parameters of url.py live in the URL through widgets bound to it, under the table's
names; a few the URL alone has. Callbacks run before the page does, so they may set a
widget's value.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import streamlit as st

from attention.pictures.colors import SCALES, ColourScale
from attention.reading import Head
from components.session import url
from components.session.choices import ALL_HEADS, HIDEABLE, OLD_TABS

TO_TOP, DEFAULTS, IS_HEAD_CHOSEN = "to_top", "defaults", "is_head_chosen"
ROLES_SHOWN, SHAPE = "roles_shown", "shape"


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
    return Head.from_short(default(url.HEAD))


def set_shape(shape: tuple[int, int]) -> None:
    """Let heads be those of the model that answers: (layers, heads)."""
    st.session_state[SHAPE] = shape


def hold_head() -> None:
    """Draw the field that holds the open head for the URL; page.css hides it.

    One parameter, so that a click on a head is one step of the browser's Back. It keeps
    what a link says of another model's head: that one opens once its model answers.
    """
    st.text_input(
        "Open head", default(url.HEAD), key=url.HEAD, bind="query-params", width=1
    )
    if {url.LAYER, url.HEAD} & {*st.query_params}:  # which leave out defaults
        note_head_choice()


def selected_head() -> Head:
    """Return the open head: the one asked for, or the nearest that the model has."""
    asked = st.query_params.to_dict()
    if url.LAYER not in asked and url.HEAD in st.session_state:
        asked[url.HEAD] = st.session_state[url.HEAD]
    try:
        link = url.renamed(asked, {}, default_head())
        head = Head.from_short(link[url.HEAD])
    except (KeyError, ValueError):
        head = default_head()
    return head.nearest(st.session_state[SHAPE])


def colours() -> ColourScale:
    """Return the colour scale that was chosen for attention."""
    return SCALES[st.session_state[url.COLOURS]]


def select_head(head: Head) -> None:
    """Open this head."""
    st.session_state[url.HEAD] = head.short
    st.query_params.pop(url.LAYER, None)
    note_head_choice()


def note_head_choice() -> None:
    """Remember that somebody chose the open head, even if it is the default."""
    st.session_state[IS_HEAD_CHOSEN] = True


def is_head_chosen() -> bool:
    """True if the open head is not just the one that a page or a lesson starts with."""
    return IS_HEAD_CHOSEN in st.session_state or selected_head() != default_head()


def step_head(step: int) -> None:
    """Open the next (1) or previous (-1) head, row after row, round the end."""
    layers, heads = shape = st.session_state[SHAPE]
    layer, head = selected_head()
    index = (layer * heads + head + step) % (layers * heads)
    select_head(Head.at(index, shape))


def is_first_run() -> bool:
    """True in the first run of a visitor's session, False ever after."""
    if "has_run" in st.session_state:
        return False
    st.session_state.has_run = True
    return True


def asked() -> tuple[object, ...]:
    """Return what the whole page depends on, and not its detail alone."""
    names = (url.TEXT, url.K, url.MODEL, url.JOIN, url.SPECIALS, url.COLOURS)
    return tuple(st.session_state.get(name) for name in names)


def open_old_tab() -> None:
    """Open the tab that an old link means, in a session's first run.

    Streamlit drops a name that is no tab's any more, and then leaves this one in place.
    """
    link = st.query_params
    is_nameless = url.TAB not in link and {url.SHOW_ROLE, url.LEAST} & {*link}
    if link.get(url.TAB) in OLD_TABS or is_nameless:
        # The first of version 0.2's tabs, which links did not name.
        st.session_state[url.TAB] = OLD_TABS.get(link.get(url.TAB, ""), ALL_HEADS)


def names_tab() -> bool:
    """True if the link that began this session opened another tab than the first."""
    return st.session_state.setdefault("names_tab", url.TAB in st.query_params)


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
