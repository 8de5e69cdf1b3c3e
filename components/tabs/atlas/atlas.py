"""The tab Atlas: what heads do over the sentences of a treebank."""

import streamlit as st

from attention.atlas.rates import Atlas
from attention.atlas.relations import DIRECTIONS, LAYOUT, relation_name
from attention.reading import Reading
from components.session import url
from components.session.atlases import CHOICE, atlases_of, chosen_atlas, count_broken
from components.session.choices import ATLAS, BY_RELATION, OPEN_HEAD
from components.tabs.atlas.head import show_head
from components.tabs.atlas.relation import show_relation
from components.tabs.atlas.source import ask_upload, show_source, tell_none


def show_atlas(reading: Reading) -> None:
    """Draw the atlas of the model that read, by relation or for the open head."""
    if n_broken := count_broken():
        plural = "s" * (n_broken > 1)
        st.text(
            f"{n_broken} file{plural} in corpus/atlases cannot be read; the server's "
            "log says why."
        )
    _drop_stale_choice(reading)
    names = [one.name for one in atlases_of(reading)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(names) > 1:
            st.selectbox("Atlas file", names, key=CHOICE, persist_state="session")
        found = chosen_atlas(reading)
        if found:
            by = st.radio(
                "Look up by",
                [BY_RELATION, OPEN_HEAD],
                key=url.BY,
                bind="query-params",
                horizontal=True,
                width="content",
            )
            if by == BY_RELATION:
                relation, direction = _ask_relation(found.atlas)
    if found is None:
        tell_none(reading)
    elif by == BY_RELATION:
        show_relation(found.atlas, relation, direction, reading.model)
    else:
        show_head(found.atlas, open_relation)
    if found:
        with st.expander("Where this atlas is from"):
            show_source(found)
    with st.expander("Upload an atlas of your own"):
        ask_upload(reading)


def open_relation(name: str) -> None:
    """Open the tab at a relation, as it is listed there; for callbacks."""
    st.session_state[url.TAB] = ATLAS
    st.session_state[url.BY] = BY_RELATION
    st.session_state[url.RELATION] = name


def relations_by_name(atlas: Atlas) -> dict[str, tuple[str, int]]:
    """Return relations and directions by their plain-words names, most frequent first.

    The first of two with the same name, which an edited file may have.
    """
    named: dict[str, tuple[str, int]] = {}
    for relation in sorted(atlas.relations, key=lambda r: -atlas.relations[r].n):
        for direction in range(len(DIRECTIONS)):
            named.setdefault(relation_name(relation, direction), (relation, direction))
    return named


def _drop_stale_choice(reading: Reading) -> None:
    # Another model has other files.
    if st.session_state.get(CHOICE) not in [one.name for one in atlases_of(reading)]:
        st.session_state.pop(CHOICE, None)


def _ask_relation(atlas: Atlas) -> tuple[str, int]:
    named = relations_by_name(atlas)
    names = list(named)
    if st.session_state.get(url.RELATION) not in names:
        st.session_state.pop(url.RELATION, None)  # of another atlas
    grammar = (i for i, name in enumerate(names) if named[name][0] not in LAYOUT)
    default = next(grammar, 0)
    return named[
        st.selectbox("Relation", names, default, key=url.RELATION, bind="query-params")
    ]
