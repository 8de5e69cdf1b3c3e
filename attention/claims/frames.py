"""A tested claim as tables: every head ranked, and one head's sentences."""

import pandas as pd

from attention.claims.measure import Measured, Result
from attention.heads.frames import heads_frame
from attention.reading import Head


def claim_frame(result: Result) -> pd.DataFrame:
    """Rank all heads, most hits first.

    Columns: layer, head (from 1), sentences, hits, rate, low, high (0-1, the rate and
    its 95% interval), mean_weight (0-1), offset (in words; the fixed guess that hits
    most), offset_rate (0-1), chance (0-1, the p-value
    for the best of all heads).
    """
    frame = heads_frame(
        result.hits.shape,
        sentences=result.n,
        hits=result.hits,
        rate=result.rate,
        low=result.low,
        high=result.high,
        mean_weight=result.mean_weight,
        offset=result.offset,
        offset_rate=result.offset_rate,
        chance=result.family_p_value,
    )
    return frame.iloc[result.ranking()].reset_index(drop=True)


def sentences_frame(result: Result, head: Head) -> pd.DataFrame:
    """List what one head does in each sentence, misses first.

    Columns: line, hit (bool), sentence, pair, looked_at (the other word that gets
    most), weight (0-1, what the pair's second word gets).
    """
    rows = [_row(one, head) for one in result.measured]
    frame = pd.DataFrame(
        rows, columns=["line", "hit", "sentence", "pair", "looked_at", "weight"]
    )
    return frame.sort_values("hit", kind="stable").reset_index(drop=True)


def _row(one: Measured, head: Head) -> tuple[object, ...]:
    example = one.example
    return (
        example.line,
        bool(one.hits[head]),
        example.text,
        example.pair,
        one.words[one.looked[head]],
        float(one.weight[head]),
    )
