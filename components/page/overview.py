"""All heads of a reading at once: one picture, one button a head."""

import numpy as np
import streamlit as st

from attention.heads.roles import LEGEND, HeadRoles
from attention.pictures.overview import overview_png
from attention.reading import Head, Reading
from components.frontend import register
from components.session import state
from components.widgets.pictures import data_url

_grid = register(
    "overview",
    '<div class="frame"><div class="columns" aria-hidden="true"></div>'
    '<div class="rows" aria-hidden="true"></div>'
    '<div class="grid" role="group" aria-label="All heads"></div></div>'
    '<div class="legend" role="group" aria-label="Show heads of one role"></div>',
)


def show_overview(reading: Reading, roles: HeadRoles | None) -> None:
    """Draw the grid of heads and the legend of roles.

    roles: None hides them, for who is to find out.
    Choosing a head sets the page's layer and head; choosing a role dims the others.
    """
    _grid(
        key="overview",
        data=overview_data(
            reading.shape,
            data_url(overview_png(reading.attention, state.colours())),
            None if roles is None else roles.labels,
        ),
        on_picked_change=_pick,
        on_role_change=_pick_role,
    )
    st.text(
        "A row is a layer, a column a head; brighter is more attention. Attention is "
        "what a head weighs, not proof of why BERT chose a word."
    )


def show_empty_overview(shape: tuple[int, int], key: str) -> None:
    """Hold the grid's place while there is no reading; key: as for any element."""
    _grid(key=key, data=overview_data(shape))


def overview_data(
    shape: tuple[int, int], sprite: str = "", labels: np.ndarray | None = None
) -> dict[str, object]:
    """Return what the browser draws: numbers from 1, a picture's URL or "".

    labels: [layers, heads], each head's role, BROAD or MIXED.
    """
    layers, heads = shape
    layer, head = state.selected_head().numbers
    names = [] if labels is None else labels.ravel().tolist()
    # Where roles are hidden none can be shown: all heads would be dimmed.
    shown = state.role() if names else ""
    return {
        "layers": layers,
        "heads": heads,
        "layer": layer,
        "head": head,
        "sprite": sprite,
        "labels": names,
        "roles": [
            {
                "name": role.name,
                "symbol": role.symbol,
                "colour": role.colour,
                "count": names.count(role.name),
            }
            for role in LEGEND
            if role.name in names or role.name == shown
        ],
        "role": shown,
    }


def _pick_role() -> None:
    state.toggle_role(st.session_state.overview.role)


def _pick() -> None:
    state.select_head(Head.numbered(*st.session_state.overview.picked))
