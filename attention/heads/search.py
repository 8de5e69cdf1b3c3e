"""Which heads look from one token at another, strongest first."""

import pandas as pd

from attention.heads.frames import heads_frame
from attention.reading import Reading


def heads_for_pair(reading: Reading, query: int, key: int) -> pd.DataFrame:
    """Rank all heads by the attention that one token gives to another.

    query, key: positions, from 0. Columns: layer, head (from 1), weight (0-1),
    times_chance (1 = as much as if attention were spread evenly), is_most (whether
    the key gets the most of that row).
    """
    weights = reading.attention[:, :, query, key]
    largest = reading.attention[:, :, query].max(axis=-1)
    frame = heads_frame(
        reading.shape,
        weight=weights,
        times_chance=weights * reading.n_tokens,
        is_most=weights == largest,
    )
    return frame.sort_values(
        "weight", ascending=False, kind="stable", ignore_index=True
    )
