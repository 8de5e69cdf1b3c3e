"""What changes when heads are silent: their output set to zero, all else as trained.

Michel et al. 2019, "Are Sixteen Heads Really Better than One?", measure heads so.
NumPy alone; effects.py makes tables of it.
"""

from collections.abc import Iterable

import numpy as np

from attention.reading import Head


def gates_without(shape: tuple[int, int], silent: Iterable[Head]) -> np.ndarray:
    """Return gates [layers, heads] of 1, with 0 for the silent heads."""
    gates = np.ones(shape, np.float32)
    for head in silent:
        gates[head] = 0
    return gates


def each_head_ablated(shape: tuple[int, int]) -> np.ndarray:
    """Return gates [layers * heads, layers, heads]: run i lacks head i alone."""
    n_heads = shape[0] * shape[1]
    return 1 - np.eye(n_heads, dtype=np.float32).reshape(n_heads, *shape)


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
