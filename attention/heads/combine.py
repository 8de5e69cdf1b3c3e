"""Several heads as one map: their mean, or attention rollout."""

from collections.abc import Iterable

import numpy as np

from attention.reading import Head, Reading


def mean_of_heads(reading: Reading, heads: Iterable[Head]) -> np.ndarray:
    """Return the mean attention of heads: [query, key].

    Raises ValueError for no heads.
    """
    weights = [reading.attention[head] for head in heads]
    if not weights:
        raise ValueError("A mean needs at least one head. Choose one.")
    return np.mean(weights, axis=0)


def rollout(attention: np.ndarray) -> np.ndarray:
    """Return attention rollout from the input to the last layer: [query, key].

    Abnar and Zuidema 2020, "Quantifying Attention Flow in Transformers": heads are
    averaged, half of each row stands for the residual connection, and layers are
    multiplied. attention: [layers, heads, n, n] with rows that sum to 1; so do the
    result's.
    """
    n_tokens = attention.shape[-1]
    layers = 0.5 * attention.mean(axis=1) + 0.5 * np.eye(n_tokens)
    flow = np.eye(n_tokens)
    for layer in layers:
        flow = layer @ flow
    return flow
