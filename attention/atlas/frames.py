"""An atlas as tables: heads ranked for a relation, one head's relations and habits.

And all of its rates in one table, to take away.
"""

import numpy as np
import pandas as pd

from attention.atlas.rates import DEV, LABELS, Atlas, Habits, Relation, strengths
from attention.atlas.relations import DIRECTIONS, relation_name
from attention.exports import safe_cell
from attention.heads.frames import heads_frame
from attention.reading import Head


def ranked_heads(relation: Relation, direction: int) -> pd.DataFrame:
    """Rank all heads, most hits over all sentences first.

    Columns: layer, head (from 1), rate, low, high (0-1, the rate and its 95%
    interval), above (-1 to 1: rate minus that of the best fixed offset).
    """
    rates = relation.rates(direction)
    low, high = relation.intervals(direction)
    above = rates - relation.baseline(direction)[1]
    frame = heads_frame(rates.shape, rate=rates, low=low, high=high, above=above)
    return frame.sort_values("rate", ascending=False, kind="stable", ignore_index=True)


def relations_frame(atlas: Atlas, head: Head) -> pd.DataFrame:
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


def rates_csv(atlas: Atlas) -> bytes:
    """Return every head's rate for every relation; docs/atlas.md lists the columns."""
    frames = {
        (safe_cell(name), direction): _rates_frame(relation, number)
        for name, relation in atlas.relations.items()
        for number, direction in enumerate(DIRECTIONS)
    }
    table = pd.concat(frames, names=["relation", "direction"]).reset_index(level=[0, 1])
    return table.to_csv(index=False, float_format="%.4f").encode()


def _rates_frame(relation: Relation, direction: int) -> pd.DataFrame:
    """Return ranked_heads with the counts behind it, and those of the dev split."""
    hits = relation.hits[:, direction]
    offset, offset_rate = relation.baseline(direction)
    counts = heads_frame(
        hits[DEV].shape,
        offset=offset,
        offset_rate=offset_rate,
        hits=hits.sum(axis=0),
        instances=relation.n,
        hits_dev=hits[DEV],
        instances_dev=relation.instances[DEV],
    )
    ranked = ranked_heads(relation, direction).drop(columns="above")
    return ranked.merge(counts, on=["layer", "head"])


def habits_frame(habits: Habits, head: Head) -> pd.DataFrame:
    """List one head's roles, what it is called most first.

    Columns: role, called (0-1, share of all sentences), mean and spread (0-1, of its
    score over the sentences that have a target; NaN where a role has no score),
    sentences (with a target). Of a role that the atlas is older than, there are no
    numbers; one that is no role any more is left out.
    """
    n = int(habits.labels[head].sum())
    called = pd.DataFrame(
        {"called": habits.labels[head] / max(n, 1), "sentences": n},
        index=list(habits.called),
    )
    scores = pd.DataFrame(
        {
            "mean": habits.mean[head],
            "spread": habits.spread[head],
            "sentences": habits.sentences,
        },
        index=list(habits.roles),
    )
    scores.loc[scores["sentences"] == 0, ["mean", "spread"]] = np.nan
    frame = scores.combine_first(called).reindex(list(LABELS))
    is_measured = frame["called"].notna()
    return (
        frame.assign(
            role=np.where(is_measured, frame.index, frame.index + " (not measured)"),
            sentences=frame["sentences"].astype("Int64"),
        )[["role", "called", "mean", "spread", "sentences"]]
        .sort_values(
            ["called", "mean"], ascending=False, kind="stable", na_position="last"
        )
        .reset_index(drop=True)
    )
