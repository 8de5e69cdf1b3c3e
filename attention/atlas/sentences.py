"""What an atlas says, in plain sentences with their numbers.

A rate says where a head points, over many sentences. That is no proof that it knows
grammar: no sentence here says so.
"""

from functools import lru_cache

from attention.atlas.frames import habits_frame
from attention.atlas.rates import Atlas, Habits, Relation, Strength, held_out, strengths
from attention.atlas.relations import LAYOUT, ends, with_article
from attention.evidence import offset_name
from attention.reading import Head

CLEAR = 0.10  # so far above the best fixed guess, and a head's line says so


def describe_held_out(relation: Relation, direction: int) -> str:
    """Say what the best head does on sentences that it was not chosen on."""
    found = held_out(relation, direction)
    if found is None:
        return (
            "All its instances stand in one half of the sentences, so nothing is held "
            "out: the ranking chose and measured on the same ones."
        )
    if found.is_clear:
        conclusion = "The head is clearly better."
    elif found.rate > found.offset_rate:
        conclusion = "The head is better by less than so many can tell for certain."
    else:
        conclusion = (
            "The head is no better: it may know the place and not the word, or neither."
        )
    return (
        "Chosen on one half of the sentences, measured on the other: "
        f"{found.head.name} hits {found.rate:.0%} (with 95% confidence "
        f"{found.low:.0%} to {found.high:.0%}) of {found.n:,}; the best fixed guess, "
        f"{offset_name(found.offset)}, {found.offset_rate:.0%}. {conclusion}"
    )


def describe_rate(relation: Relation, direction: int, head: Head) -> str:
    """Say how often one head hits, over all sentences."""
    low, high = relation.intervals(direction)
    offset, offset_rate = relation.baseline(direction)
    return (
        f"{head.name} hits {relation.rates(direction)[head]:.0%} (with 95% "
        f"confidence {low[head]:.0%} to {high[head]:.0%}) of {relation.n:,} in all "
        f"sentences; {offset_name(offset)}, {offset_rate:.0%}."
    )


def clearest(atlas: Atlas, head: Head) -> Strength | None:
    """Return the relation that a head follows most clearly, but LAYOUT, or None."""
    for one in strengths(atlas, head):
        if one.above >= CLEAR and one.is_clear and one.relation not in LAYOUT:
            return one
    return None


@lru_cache(maxsize=288)  # asked for with each head that opens
def describe_clearest(atlas: Atlas, head: Head) -> str:
    """Say in one line what a head points to most clearly; "" if nothing is clear."""
    if (one := clearest(atlas, head)) is None:
        return ""
    looking, looked_at = ends(one.relation, one.direction)
    return (
        f"Over {atlas.source.sentences:,} sentences: points from "
        f"{with_article(looking)} to its {looked_at} {one.rate:.0%} of the time (best "
        f"fixed offset: {one.offset_rate:.0%})."
    )


def describe_habits(habits: Habits, head: Head) -> str:
    """Say how steady a head's habit is: how often it is called the same."""
    first = habits_frame(habits, head).iloc[0]
    n = int(habits.labels[head].sum())
    return (
        f"What it is called most: {first['role']}, in {first['called']:.0%} of {n:,} "
        "sentences."
    )
