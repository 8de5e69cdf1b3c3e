"""The tabs: their names, what each shows, and which are held back."""

from collections.abc import Collection, Mapping

import streamlit as st

from components.session import choices, state, url
from components.session.answer import explain_faults
from components.session.seen import Seen
from components.tabs.all_heads import show_heads
from components.tabs.atlas.atlas import show_atlas
from components.tabs.claim.claim import show_claim
from components.tabs.compare import show_comparison
from components.tabs.head.heatmap import show_head
from components.tabs.one_token import show_one_token
from components.tabs.report import show_report
from components.tabs.several import show_several
from components.tabs.two_words import show_two_words
from components.tabs.what_if import show_what_if

# What would tell what students are to find out.
TELL_TALE: Mapping[str, Collection[str]] = {
    choices.ALL_HEADS: {choices.ROLES},
    choices.WHAT_IF: {choices.WORDS},
    choices.COMPARE: choices.HIDEABLE,
    choices.ATLAS: {choices.ROLES},
}


def explore(
    seen: Seen | None, view: tuple[bool, str], k: int, hidden: Collection[str]
) -> None:
    """Draw the tabs; only the open one is computed.

    seen: None where no sentence could be read.
    view: the page's choice of how tokens are shown, already applied to `seen`.
    hidden: what students are to find out; tabs that would give it away are held back.
    """
    tabs = st.tabs(
        choices.TABS,
        default=state.default(url.TAB),
        key=url.TAB,
        bind="query-params",
        on_change="rerun",
    )
    for name, tab in zip(choices.TABS, tabs, strict=True):
        if tab.open:
            with tab, explain_faults(name):
                if name == choices.REPORT:
                    show_report()
                elif seen is None:
                    st.text("There is no reading to show yet.")
                elif set(TELL_TALE.get(name, ())) & set(hidden):
                    _hold_back(hidden)
                else:
                    _show(name, seen, view, k, choices.ROLES not in hidden)


def _show(
    name: str, seen: Seen, view: tuple[bool, str], k: int, tells_roles: bool
) -> None:
    reading, roles = seen.reading, seen.roles
    shows = {
        choices.ONE_HEAD: lambda: show_head(reading, roles if tells_roles else None),
        choices.ALL_HEADS: lambda: show_heads(reading, roles),
        choices.TWO_WORDS: lambda: show_two_words(reading),
        choices.ONE_TOKEN: lambda: show_one_token(reading),
        choices.SEVERAL: lambda: show_several(reading),
        choices.WHAT_IF: lambda: show_what_if(reading, k),
        choices.COMPARE: lambda: show_comparison(reading, view, k),
        choices.CLAIM: lambda: show_claim(reading, tells_roles),
        choices.ATLAS: lambda: show_atlas(reading),
    }
    shows[name]()


def _hold_back(hidden: Collection[str]) -> None:
    if choices.WORDS in hidden:
        st.text("This would give away BERT's words: guess first.")
    else:
        st.text("This would give away what heads do, which is for you to find out.")
        st.button("Show it", on_click=state.show_roles)
