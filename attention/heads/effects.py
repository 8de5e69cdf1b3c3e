"""Tables of what silent heads change; silence.py computes it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from attention.heads.frames import heads_frame
from attention.reading import Prediction, Reading

NEW, LOST = "new", "lost"


def compare_words(
    before: Sequence[Prediction], after: Sequence[Prediction], k: int
) -> pd.DataFrame:
    """Set one mask's k likeliest words beside those with heads silent.

    before, after: predictions, likeliest first, at least k where there are as many.
    Columns: word, before, after (0-1; NaN where the word is not among those given),
    points (the difference in percentage points), note (NEW, LOST or "").
    Words stand in their order before, new ones after them.
    """
    was = {p.token: p.probability for p in before}
    now = {p.token: p.probability for p in after}
    top_before = [p.token for p in before[:k]]
    top_after = [p.token for p in after[:k]]
    words = list(dict.fromkeys(top_before + top_after))
    frame = pd.DataFrame(
        {
            "word": words,
            "before": [was.get(word, np.nan) for word in words],
            "after": [now.get(word, np.nan) for word in words],
        }
    )
    frame["points"] = 100 * (frame["after"] - frame["before"])
    frame["note"] = [
        NEW if word not in top_before else LOST if word not in top_after else ""
        for word in words
    ]
    return frame


def effects_frame(
    shape: tuple[int, int], change: np.ndarray, divergence: np.ndarray
) -> pd.DataFrame:
    """Return each head's effect, largest divergence first.

    change, divergence: [layers * heads]. Columns: layer, head (from 1), points (the
    likeliest word's change in percentage points), divergence (nats).
    """
    frame = heads_frame(shape, points=100 * change, divergence=divergence)
    return frame.sort_values("divergence", ascending=False, kind="stable")


def words_frame(reading: Reading, k: int) -> pd.DataFrame:
    """Return the first k words of each mask: mask (from 1), word, probability."""
    rows = [
        (number, prediction.token, prediction.probability)
        for number, predictions in enumerate(reading.predictions, start=1)
        for prediction in predictions[:k]
    ]
    return pd.DataFrame(rows, columns=["mask", "word", "probability"]).set_index("mask")
