"""Reading -> long-format DataFrames, one row for each query and key."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from attention.heads.roles import NAMES, HeadRoles
from attention.reading import Head, Reading


def head_frame(reading: Reading, head: Head) -> pd.DataFrame:
    """Return one head's attention in long format, query by query.

    Columns: layer, head (from 1, as people count), query, key (positions, from 0),
    query_token, key_token, score (0-1; the scores of one query sum to 1).
    """
    frame = weights_frame(reading.tokens, reading.attention[head])
    layer, number = head.numbers
    frame.insert(0, "layer", layer)
    frame.insert(1, "head", number)
    return frame


def weights_frame(tokens: Sequence[str], weights: np.ndarray) -> pd.DataFrame:
    """Return any map of weights [query, key] in long format, query by query.

    Columns: query, key (positions, from 0), query_token, key_token, score.
    """
    n = len(tokens)
    query, key = np.divmod(np.arange(n * n), n)
    names = np.array(tokens, dtype=object)
    return pd.DataFrame(
        {
            "query": query,
            "key": key,
            "query_token": names[query],
            "key_token": names[key],
            "score": weights.ravel(),
        }
    )


def head_table(reading: Reading, head: Head) -> pd.DataFrame:
    """Return one head's attention as a table: a row a query, a column a key.

    Repeated tokens carry their position, since a table's names must differ.
    """
    names = [
        token if reading.tokens.count(token) == 1 else f"{token} ({i})"
        for i, token in enumerate(reading.tokens)
    ]
    return pd.DataFrame(reading.attention[head], index=names, columns=names)


def heads_frame(shape: tuple[int, int], **columns: np.ndarray | float) -> pd.DataFrame:
    """Return a table with a row a head: layer and head (from 1), then these columns.

    columns: arrays [layers, heads] or [layers * heads], or one value for all heads.
    """
    layer, head = np.indices(shape) + 1
    values = {"layer": layer, "head": head} | columns
    return pd.DataFrame(
        {
            name: value.ravel() if isinstance(value, np.ndarray) else value
            for name, value in values.items()
        }
    )


def roles_frame(reading: Reading, roles: HeadRoles) -> pd.DataFrame:
    """Return each head's label and scores, one row a head.

    Columns: layer, head (from 1), label, a score 0-1 for each of roles.NAMES (NaN
    where the reading has no target for it), entropy.
    """
    scores = dict(zip(NAMES, np.moveaxis(roles.scores, -1, 0), strict=True))
    return heads_frame(
        reading.shape, label=roles.labels, **scores, entropy=roles.entropy
    )


def filter_heads(frame: pd.DataFrame, role: str | None, least: float) -> pd.DataFrame:
    """Keep heads labelled `role`, and of these the ones with a large enough share.

    role: a label, None for any. least: 0-1, compared with the role's own score, or
    with the largest of all scores where `role` is not one of the scored roles.
    """
    if role is not None:
        frame = frame[frame["label"] == role]
    scored = [role] if role in NAMES else list(NAMES)
    return frame[frame[scored].max(axis=1).fillna(0) >= least]
