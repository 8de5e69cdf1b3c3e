"""What changes when heads are silent: their output set to zero, all else as trained.

Michel et al. 2019, "Are Sixteen Heads Really Better than One?", measure heads so.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from attention.reading import Prediction

NEW, LOST = "new", "lost"


def gates_without(
    shape: tuple[int, int], silent: Iterable[tuple[int, int]]
) -> np.ndarray:
    """Return gates [layers, heads] of 1, with 0 for the silent heads (from 0)."""
    gates = np.ones(shape, np.float32)
    for head in silent:
        gates[head] = 0
    return gates


def each_head_silent(shape: tuple[int, int]) -> np.ndarray:
    """Return gates [layers * heads, layers, heads]: run i lacks head i alone."""
    n_heads = shape[0] * shape[1]
    return 1 - np.eye(n_heads, dtype=np.float32).reshape(n_heads, *shape)


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


def top_word_change(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return how much the probability of the likeliest word changes, -1 to 1.

    before: [vocabulary]; after: [runs, vocabulary]. Result: [runs].
    """
    top = before.argmax()
    return after[:, top] - before[top]


def divergence(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return KL(before || after) in nats: how far the whole distribution moves.

    before: [vocabulary]; after: [runs, vocabulary]; all above 0. Result: [runs].
    """
    # float32's smallest normal number: a probability may round to 0.
    tiny = np.finfo(np.float32).tiny
    was, now = np.maximum(before, tiny), np.maximum(after, tiny)
    return (was * (np.log(was) - np.log(now))).sum(axis=-1)


def effects_frame(
    shape: tuple[int, int], change: np.ndarray, divergence: np.ndarray
) -> pd.DataFrame:
    """Return each head's effect, largest divergence first.

    change, divergence: [layers * heads]. Columns: layer, head (from 1), points (the
    likeliest word's change in percentage points), divergence (nats).
    """
    layer, head = np.indices(shape)
    frame = pd.DataFrame(
        {
            "layer": layer.ravel() + 1,
            "head": head.ravel() + 1,
            "points": 100 * change,
            "divergence": divergence,
        }
    )
    return frame.sort_values("divergence", ascending=False, kind="stable")
