"""The parts behind tabs, and the two smaller ones: heads in a table, two words."""

from collections.abc import Collection

import streamlit as st

from attention.heads.frames import ALL_ROLES, filter_heads, roles_frame
from attention.heads.roles import (
    BROAD_ENTROPY,
    LEAST_SHARE,
    LEAST_TIMES_CHANCE,
    LEGEND,
    NAMES,
    HeadRoles,
)
from attention.heads.search import heads_for_pair
from attention.reading import Reading
from components.session import state
from components.session import url as links
from components.session.answer import explain_faults
from components.tabs.atlas.atlas import ATLAS, show_atlas
from components.tabs.claim.claim import show_claim
from components.tabs.compare import show_comparison
from components.tabs.report import show_report
from components.tabs.several import show_one_token, show_several
from components.tabs.what_if import show_what_if
from components.widgets.add_to_report import entries
from components.widgets.tables import SHARE, choose_head

TABLE, PAIR = "Heads", "Find heads for two words"
WHAT_IF, COMPARE = "What if", "Compare"
SEVERAL, ONE_TOKEN = "Several heads", "One token"
CLAIM, REPORT = "Test a claim", "Report"
HOW_ROLES = (
    "A score is the mean share of attention that ordinary tokens (all but [CLS] and "
    "[SEP]) give to the role's targets; tokens without a target do not count. A head "
    f"is named after its strongest role if that takes at least {LEAST_SHARE:.0%} and "
    f"{LEAST_TIMES_CHANCE} times what evenly spread attention would give. Otherwise "
    f"it is broad (entropy over {BROAD_ENTROPY:.0%} of the most possible) or mixed. "
    "After Clark et al. 2019, “What Does BERT Look At?”."
)
HOW_PAIR = (
    "The share of attention that the first token gives to the second, in every head. "
    "Times chance compares it with attention spread evenly over all tokens; the check "
    "tells whether no other token gets more."
)


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
        TABLE: lambda: _show_heads(reading, roles),
        PAIR: lambda: _show_pair(reading),
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


def _show_heads(reading: Reading, roles: HeadRoles) -> None:
    with st.container(horizontal=True):
        role = st.selectbox(
            "Show role",
            [ALL_ROLES, *(role.name for role in LEGEND)],
            key="show_role",
            bind="query-params",
        )
        least = st.slider(
            "At least this share (%)",
            0,
            100,
            0,
            step=5,
            key="least",
            bind="query-params",
            help="Of the chosen role's attention, or of any role's",
        )
    frame = filter_heads(roles_frame(reading, roles), role, least / 100)
    st.text(
        f"{len(frame)} of {roles.labels.size} heads. Choose a row to open its head."
    )
    choose_head(frame, "heads_table", dict.fromkeys((*NAMES, "entropy"), SHARE))
    st.text(HOW_ROLES)


def _show_pair(reading: Reading) -> None:
    tokens = [f"{i} {token}" for i, token in enumerate(reading.tokens)]
    with st.container(horizontal=True):
        query = st.selectbox("From", tokens, 1, key="from", bind="query-params")
        key = st.selectbox("To", tokens, 2, key="to", bind="query-params")
    here, there = tokens.index(query), tokens.index(key)
    for column, (a, b) in zip(
        st.columns(2), ((here, there), (there, here)), strict=True
    ):
        with column:
            st.text(f"From “{reading.tokens[a]}” to “{reading.tokens[b]}”")
            choose_head(
                heads_for_pair(reading, a, b),
                f"pair {'there' if a == here else 'back'}",
                {
                    "weight": SHARE,
                    "times_chance": st.column_config.NumberColumn(format="%.1f x"),
                    "is_most": "gets the most",
                },
            )
    st.text(HOW_PAIR)
