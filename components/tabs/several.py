"""The tab Several heads: several heads as one map."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from attention.heads.combine import mean_of_heads, rollout
from attention.heads.frames import head_frame, weights_frame
from attention.pictures.heatmap import HEATMAP_TOKENS, heatmap_height, weights_chart
from attention.pictures.lines import lines_chart
from attention.reading import Head, Reading, heads_named
from components.session import state, url
from components.session.choices import MAPS, MEAN_OF_ALL, MEAN_OF_CHOSEN, ROLLOUT
from components.widgets.chart import show_chart
from components.widgets.several_heads import ask_heads

HOW = {
    MEAN_OF_CHOSEN: "The mean of the chosen heads' weights, cell by cell.",
    MEAN_OF_ALL: "The mean of all heads' weights, cell by cell.",
    ROLLOUT: "Attention rollout (Abnar and Zuidema 2020): each layer's mean over its "
    "heads, half of it replaced by the token itself for the residual connection, "
    "multiplied from the first layer to the last. A row says how much of each input "
    "token may have reached this place, if attention were all that moves it.",
}
# Lines of more heads than these cannot be told apart by colour.
MOST_COLOURS = 8


def show_several(reading: Reading) -> None:
    """Draw a map over several heads, and their lines by colour."""
    kind = st.radio("Map", MAPS, key=url.MAP, bind="query-params", horizontal=True)
    heads: frozenset[Head] = frozenset()
    if kind == MEAN_OF_CHOSEN:
        heads = ask_heads("Heads", url.HEADS, reading.shape)
        if not heads:
            name = f"Layer {state.selected_head().numbers[0]}"
            heads = heads_named([name], reading.shape)
            st.text(f"{name}, the open head's, until you choose others.")
    if reading.n_tokens > HEATMAP_TOKENS:
        st.text(f"A map is drawn for up to {HEATMAP_TOKENS} tokens.")
        return
    maps: dict[str, Callable[[], np.ndarray]] = {
        MEAN_OF_CHOSEN: lambda: mean_of_heads(reading, heads),
        MEAN_OF_ALL: lambda: reading.attention.mean(axis=(0, 1)),
        ROLLOUT: lambda: rollout(reading.attention),
    }
    frame = weights_frame(reading.tokens, maps[kind]())
    alt_text = f"Heatmap of the {kind}"
    height = heatmap_height(reading.n_tokens)
    show_chart(weights_chart(frame, state.colours()), height=height, alt=alt_text)
    if kind == MEAN_OF_CHOSEN and len(heads) <= MOST_COLOURS:
        frames = [
            head_frame(reading, head).assign(name=head.name) for head in sorted(heads)
        ]
        lines = lines_chart(pd.concat(frames), reading.tokens)
        show_chart(lines, height=height, alt="Lines of the chosen heads")
    st.text(HOW[kind])
