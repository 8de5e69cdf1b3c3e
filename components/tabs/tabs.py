"""The tabs: their names, what each shows, and which are held back."""

from collections.abc import Collection

import streamlit as st

from attention.heads.roles import HeadRoles
from attention.reading import Reading
from components.session import state
from components.session import url as links
from components.session.answer import explain_faults
from components.session.findings import entries
from components.tabs.atlas.atlas import ATLAS, show_atlas
from components.tabs.claim.claim import show_claim
from components.tabs.compare import show_comparison
from components.tabs.heads import show_heads
from components.tabs.one_token import show_one_token
from components.tabs.report import show_report
from components.tabs.several import show_several
from components.tabs.two_words import show_two_words
from components.tabs.what_if import show_what_if

TABLE, PAIR = "Heads", "Find heads for two words"
WHAT_IF, COMPARE = "What if", "Compare"
SEVERAL, ONE_TOKEN = "Several heads", "One token"
CLAIM, REPORT = "Test a claim", "Report"


def explore(
    reading: Reading,
    roles: HeadRoles,
    view: tuple[bool, str],
    k: int,
    hidden: Collection[str],
) -> None:
    """Draw the tabs; only the open one is computed.

    view: the page's choice of how tokens are shown, already applied to `reading`.
    hidden: what students are to find out; tabs that would tell are held back.
    """
    tell_tale = {
        TABLE: {links.ROLES},
        WHAT_IF: {links.WORDS},
        COMPARE: links.HIDEABLE,
        ATLAS: {links.ROLES},
    }
    shows = {
        TABLE: lambda: show_heads(reading, roles),
        PAIR: lambda: show_two_words(reading),
        WHAT_IF: lambda: show_what_if(reading, k),
        COMPARE: lambda: show_comparison(reading, view, k),
        SEVERAL: lambda: show_several(reading),
        ONE_TOKEN: lambda: show_one_token(reading),
        CLAIM: lambda: show_claim(reading, links.ROLES not in hidden),
        ATLAS: lambda: show_atlas(reading),
        REPORT: show_report,
    }
    if st.session_state.get(links.TAB, TABLE) not in shows:
        del st.session_state[links.TAB]
    tabs = st.tabs(
        list(shows),
        default=state.usual(links.TAB, TABLE),
        key=links.TAB,
        bind="query-params",
        on_change="rerun",
    )
    for tab, (name, show) in zip(tabs, shows.items(), strict=True):
        if tab.open:
            with tab, explain_faults(name):
                if tell_tale.get(name, set()) & set(hidden):
                    _hold_back(hidden)
                else:
                    show()


def show_kept_report() -> None:
    """Draw the report, if there is one, while no sentence is there for the tabs."""
    if entries():
        st.header(REPORT, anchor=False)
        with explain_faults(REPORT):
            show_report()


def _hold_back(hidden: Collection[str]) -> None:
    if links.WORDS in hidden:
        st.text("This would tell BERT's words: guess first.")
    else:
        st.text("This would tell what heads do, which is for you to find out.")
        st.button("Show it", on_click=links.show_roles)
