"""The tabs: their names, what each shows, and which are held back."""

from collections.abc import Collection

import streamlit as st

from attention.heads.roles import HeadRoles
from attention.reading import Reading
from components.session import choices, state, url
from components.session.answer import explain_faults
from components.session.findings import entries
from components.tabs.atlas.atlas import show_atlas
from components.tabs.claim.claim import show_claim
from components.tabs.compare import show_comparison
from components.tabs.heads import show_heads
from components.tabs.one_token import show_one_token
from components.tabs.report import show_report
from components.tabs.several import show_several
from components.tabs.two_words import show_two_words
from components.tabs.what_if import show_what_if


def explore(
    reading: Reading,
    roles: HeadRoles,
    view: tuple[bool, str],
    k: int,
    hidden: Collection[str],
) -> None:
    """Draw the tabs; only the open one is computed.

    view: the page's choice of how tokens are shown, already applied to `reading`.
    hidden: what students are to find out; tabs that would give it away are held back.
    """
    tell_tale = {
        choices.HEADS: {choices.ROLES},
        choices.WHAT_IF: {choices.WORDS},
        choices.COMPARE: choices.HIDEABLE,
        choices.ATLAS: {choices.ROLES},
    }
    shows = {
        choices.HEADS: lambda: show_heads(reading, roles),
        choices.TWO_WORDS: lambda: show_two_words(reading),
        choices.WHAT_IF: lambda: show_what_if(reading, k),
        choices.COMPARE: lambda: show_comparison(reading, view, k),
        choices.SEVERAL: lambda: show_several(reading),
        choices.ONE_TOKEN: lambda: show_one_token(reading),
        choices.CLAIM: lambda: show_claim(reading, choices.ROLES not in hidden),
        choices.ATLAS: lambda: show_atlas(reading),
        choices.REPORT: show_report,
    }
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
                if tell_tale.get(name, set()) & set(hidden):
                    _hold_back(hidden)
                else:
                    shows[name]()


def show_kept_report() -> None:
    """Draw the report, if there is one, while no sentence is there for the tabs."""
    if entries():
        st.header(choices.REPORT, anchor=False)
        with explain_faults(choices.REPORT):
            show_report()


def _hold_back(hidden: Collection[str]) -> None:
    if choices.WORDS in hidden:
        st.text("This would give away BERT's words: guess first.")
    else:
        st.text("This would give away what heads do, which is for you to find out.")
        st.button("Show it", on_click=state.show_roles)
