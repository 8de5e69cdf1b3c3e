"""All heads of a reading at once: one picture, one button a head."""

import numpy as np
import streamlit as st

from attention.heads.roles import LEGEND
from attention.reading import Head
from components.frontend import register
from components.session import state
from components.session.seen import Seen
from components.widgets.pictures import data_url

_grid = register(
    "overview",
    "<details><summary>The picture of all heads</summary>"
    '<div class="frame"><div class="columns" aria-hidden="true"></div>'
    '<div class="rows" aria-hidden="true"></div>'
    '<div class="grid" role="group" aria-label="All heads"></div></div>'
    '<div class="legend" role="group" aria-label="Show heads of one role"></div>'
    "</details>",
)


def show_overview(seen: Seen, tells_roles: bool) -> None:
    """Draw the grid of heads and the legend of roles.

    tells_roles: False hides them, for who is to find out.
    Choosing a head opens it; choosing a role dims the others.
    """
    _grid(
        key="overview",
        data=overview_data(
            seen.reading.shape,
            state.selected_head(),
            data_url(seen.picture),
            seen.roles.labels if tells_roles else None,
        ),
        on_picked_change=_pick,
        on_role_change=_pick_role,
    )


def show_empty_overview(shape: tuple[int, int], head: Head, key: str) -> None:
    """Hold the grid's place while there is no reading; key: as for any element."""
    _grid(key=key, data=overview_data(shape, head))


def overview_data(
    shape: tuple[int, int],
    open_head: Head,
    sprite: str = "",
    labels: np.ndarray | None = None,
) -> dict[str, object]:
    """Return what the browser draws: numbers from 1, a picture's URL or "".

    labels: [layers, heads], each head's role, BROAD or MIXED.
    """
    layers, heads = shape
    layer, head = open_head.numbers
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
        # On a phone the picture would stand before what the link is about.
        "folded": state.names_tab(),
    }


def _pick_role() -> None:
    state.toggle_role(st.session_state.overview.role)


def _pick() -> None:
    state.select_head(Head.numbered(*st.session_state.overview.picked))
