"""Two readings side by side: what a head does in one and in the other."""

import numpy as np
import pandas as pd

from attention.heads.frames import head_frame, heads_frame
from attention.heads.roles import HeadRoles
from attention.reading import Head, Reading


def role_change(one: HeadRoles, other: HeadRoles) -> np.ndarray:
    """Return how far apart each head's role scores are: [layers, heads], 0-1.

    The mean absolute difference over the roles that both readings have targets for;
    0 where they share none.
    """
    apart = np.abs(one.scores - other.scores)
    n_shared = (~np.isnan(apart)).sum(axis=-1)
    return np.nansum(apart, axis=-1) / np.maximum(n_shared, 1)


def changed_heads(one: HeadRoles, other: HeadRoles) -> pd.DataFrame:
    """Rank heads by how much their behaviour changed, most first.

    Columns: layer, head (from 1), change (0-1, see role_change), here, there (labels).
    """
    change = role_change(one, other)
    frame = heads_frame(
        change.shape, change=change, here=one.labels, there=other.labels
    )
    return frame.sort_values("change", ascending=False, kind="stable")


def difference_frame(one: Reading, other: Reading, head: Head) -> pd.DataFrame:
    """Return a head's second reading minus its first, in long format.

    Columns as head_frame's; a token that differs is written "slowly / moved"; score
    is -1 to 1.
    Raises ValueError if the readings differ in their number of tokens.
    """
    if one.n_tokens != other.n_tokens:
        raise ValueError(
            f"A difference needs equally many tokens, got {one.n_tokens} and "
            f"{other.n_tokens}."
        )
    frame, second = (head_frame(reading, head) for reading in (one, other))
    for column in ("query_token", "key_token"):
        both = frame[column] + " / " + second[column]
        frame[column] = frame[column].where(frame[column] == second[column], both)
    frame["score"] = second["score"] - frame["score"]
    return frame
