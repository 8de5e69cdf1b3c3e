"""The tab All heads: the heads of one role in a table, with their scores."""

import streamlit as st

from attention.heads.frames import filter_heads, roles_frame
from attention.heads.roles import (
    BROAD_ENTROPY,
    LEAST_SHARE,
    LEAST_TIMES_CHANCE,
    NAMES,
    HeadRoles,
)
from attention.reading import Reading
from components.session import choices, url
from components.widgets.tables import PERCENT, choose_head

HOW = (
    "A score is the mean share of attention that ordinary tokens (all but [CLS] and "
    "[SEP]) give to the role's targets; tokens without a target do not count. A head "
    f"is named after its strongest role if that takes at least {LEAST_SHARE:.0%} and "
    f"{LEAST_TIMES_CHANCE} times what evenly spread attention would give. Otherwise "
    f"it is broad (entropy over {BROAD_ENTROPY:.0%} of the most possible) or mixed. "
    "After Clark et al. 2019, “What Does BERT Look At?”."
)


def show_heads(reading: Reading, roles: HeadRoles) -> None:
    """Draw the choice of a role and the table of its heads."""
    with st.container(horizontal=True):
        role = st.selectbox(
            "Show role",
            [choices.ALL_ROLES, *choices.ROLE_NAMES],
            key=url.SHOW_ROLE,
            bind="query-params",
        )
        least = st.slider(
            "At least this share (%)",
            0,
            100,
            0,
            step=5,
            key=url.LEAST,
            bind="query-params",
            help="Of the chosen role's attention, or of any role's",
        )
    frame = roles_frame(reading, roles)
    label = None if role == choices.ALL_ROLES else role
    frame = filter_heads(frame, label, least / 100)
    st.text(
        f"{len(frame)} of {roles.labels.size} heads. Choose a row to open its head."
    )
    choose_head(frame, "heads_table", dict.fromkeys((*NAMES, "entropy"), PERCENT))
    st.text(HOW)
