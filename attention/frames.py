"""Reading -> long-format DataFrames, one row for each query and key."""

import numpy as np
import pandas as pd

from attention.reading import Reading


def head_frame(reading: Reading, layer: int, head: int) -> pd.DataFrame:
    """Return one head's attention in long format, query by query.

    layer, head: array indices, from 0.
    Columns: layer, head (from 1, as people count), query, key (positions, from 0),
    query_token, key_token, score (0-1; the scores of one query sum to 1).
    """
    n = reading.n_tokens
    query, key = np.divmod(np.arange(n * n), n)
    tokens = np.array(reading.tokens, dtype=object)
    return pd.DataFrame(
        {
            "layer": layer + 1,
            "head": head + 1,
            "query": query,
            "key": key,
            "query_token": tokens[query],
            "key_token": tokens[key],
            "score": reading.attention[layer, head].ravel(),
        }
    )


def head_table(reading: Reading, layer: int, head: int) -> pd.DataFrame:
    """Return one head's attention as a table: a row a query, a column a key.

    Repeated tokens carry their position, since a table's names must differ.
    """
    names = [
        token if reading.tokens.count(token) == 1 else f"{token} ({i})"
        for i, token in enumerate(reading.tokens)
    ]
    return pd.DataFrame(reading.attention[layer, head], index=names, columns=names)
