"""A tested claim as tables: every head ranked, and one head's sentences."""

import numpy as np
import pandas as pd

from attention.claims.measure import Measured, Result


def claim_frame(result: Result) -> pd.DataFrame:
    """Rank all heads, most hits first.

    Columns: layer, head (from 1), sentences, hits, rate, low, high (0-1, the rate and
    its 95% interval), mean_weight (0-1), offset (in words; the fixed guess that hits
    most), offset_rate (0-1), chance (0-1, the p-value
    for the best of all heads).
    """
    order = result.ranking()
    layer, head = np.unravel_index(order, result.hits.shape)

    def ranked(values: np.ndarray) -> np.ndarray:
        return values.ravel()[order]

    return pd.DataFrame(
        {
            "layer": layer + 1,
            "head": head + 1,
            "sentences": result.n,
            "hits": ranked(result.hits),
            "rate": ranked(result.rate),
            "low": ranked(result.low),
            "high": ranked(result.high),
            "mean_weight": ranked(result.mean_weight),
            "offset": result.offset,
            "offset_rate": result.offset_rate,
            "chance": ranked(result.family_p_value),
        }
    )


def sentences_frame(result: Result, layer: int, head: int) -> pd.DataFrame:
    """List what one head does in each sentence, misses first.

    layer, head: array indices. Columns: line, hit (bool), sentence, pair, looked_at
    (the other word that gets most), weight (0-1, what the pair's second word gets).
    """
    rows = [_row(one, layer, head) for one in result.measured]
    frame = pd.DataFrame(
        rows, columns=["line", "hit", "sentence", "pair", "looked_at", "weight"]
    )
    return frame.sort_values("hit", kind="stable").reset_index(drop=True)


def _row(one: Measured, layer: int, head: int) -> tuple[object, ...]:
    example = one.example
    return (
        example.line,
        bool(one.hits[layer, head]),
        example.text,
        example.pair,
        one.words[one.looked[layer, head]],
        float(one.weight[layer, head]),
    )
