"""The tab Atlas for the open head: its relations, its habits."""

from collections.abc import Callable

import streamlit as st

from attention.atlas.frames import habits_frame, relations_frame
from attention.atlas.rates import Atlas, strengths
from attention.atlas.relations import relation_name
from attention.atlas.sentences import describe_clearest, describe_habits
from components.session import state
from components.widgets.tables import ABOVE, HEIGHT, PERCENT, SHARE

HOW = (
    "Above: how often the head points along each relation, and how much more often "
    "than the best fixed guess; the clearest of so many flatters itself a little. "
    "Below: its roles, as the tab All heads has them for one sentence: in which share "
    "of the sentences it is called so, and its score's mean and standard deviation "
    "over the sentences that have a target."
)


def show_head(atlas: Atlas, open_relation: Callable[[str], None]) -> None:
    """Draw what the open head does; a chosen row opens its relation by name."""
    head = state.selected_head()
    says = describe_clearest(atlas, head) or (
        f"Over {atlas.source.sentences:,} sentences: no relation clearly more often "
        "than a fixed guess."
    )
    st.text(f"{head.name}. {says} Choose a row to open that relation.")
    found = strengths(atlas, head)

    def open_chosen() -> None:
        if rows := st.session_state.atlas_relations.selection.rows:
            one = found[rows[0]]
            open_relation(relation_name(one.relation, one.direction))

    st.dataframe(
        relations_frame(atlas, head),
        key="atlas_relations",
        hide_index=True,
        column_config={
            "relation": {"width": "medium"},
            "rate": SHARE,
            "low": PERCENT,
            "high": PERCENT,
            "offset": st.column_config.NumberColumn(format="%+d"),
            "offset_rate": PERCENT,
            "above": ABOVE,
        },
        on_select=open_chosen,
        selection_mode="single-row",
        height=HEIGHT,
    )
    st.text(describe_habits(atlas.habits, head))
    st.dataframe(
        habits_frame(atlas.habits, head),
        hide_index=True,
        column_config={"called": SHARE, "mean": SHARE, "spread": PERCENT},
    )
    st.text(HOW)
