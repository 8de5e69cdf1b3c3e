"""An atlas as tables: heads ranked for a relation, one head's relations and habits."""

import numpy as np
import pandas as pd

from attention.atlas.rates import LABELS, Atlas, Habits, Relation, strengths
from attention.atlas.relations import relation_name
from attention.exports import safe_cell
from attention.heads.roles import NAMES


def heads_frame(relation: Relation, direction: int) -> pd.DataFrame:
    """Rank all heads, most hits over all sentences first.

    Columns: layer, head (from 1), rate, low, high (0-1, the rate and its 95%
    interval), above (-1 to 1: rate minus that of the best fixed offset).
    """
    rates = relation.rates(direction)
    order = np.argsort(-rates, axis=None, kind="stable")
    layer, head = np.unravel_index(order, rates.shape)
    low, high = relation.intervals(direction)
    return pd.DataFrame(
        {
            "layer": layer + 1,
            "head": head + 1,
            "rate": rates.ravel()[order],
            "low": low.ravel()[order],
            "high": high.ravel()[order],
            "above": rates.ravel()[order] - relation.baseline(direction)[1],
        }
    )


def relations_frame(atlas: Atlas, head: tuple[int, int]) -> pd.DataFrame:
    """List what one head does with every relation, the clearest first.

    Columns: relation (in plain words), instances, rate, low, high (0-1), offset (in
    words; the best fixed one), offset_rate (0-1), above (-1 to 1).
    """
    return pd.DataFrame(
        [
            {
                # An uploaded atlas may have any name.
                "relation": safe_cell(relation_name(one.relation, one.direction)),
                "instances": atlas.relations[one.relation].n,
                "rate": one.rate,
                "low": one.low,
                "high": one.high,
                "offset": one.offset,
                "offset_rate": one.offset_rate,
                "above": one.above,
            }
            for one in strengths(atlas, head)
        ]
    )


def habits_frame(habits: Habits, head: tuple[int, int]) -> pd.DataFrame:
    """List one head's roles, what it is called most first.

    Columns: role, called (0-1, share of all sentences), mean and spread (0-1, of its
    score over the sentences that have a target; NaN where a role has no score),
    sentences (with a target).
    """
    called = habits.labels[head] / max(int(habits.labels[head].sum()), 1)
    has_score = np.array([name in NAMES for name in LABELS])

    def scores(values: np.ndarray) -> np.ndarray:
        found = np.full(len(LABELS), np.nan)
        found[has_score] = np.where(habits.sentences > 0, values[head], np.nan)
        return found

    sentences = np.full(len(LABELS), int(habits.labels[head].sum()))
    sentences[has_score] = habits.sentences
    frame = pd.DataFrame(
        {
            "role": list(LABELS),
            "called": called,
            "mean": scores(habits.mean),
            "spread": scores(habits.spread),
            "sentences": sentences,
        }
    )
    return frame.sort_values(
        ["called", "mean"], ascending=False, kind="stable", na_position="last"
    ).reset_index(drop=True)
