"""What a tested claim amounts to, in plain sentences with their numbers."""

import numpy as np

from attention.claims import Result
from attention.evidence import SURE, tries_needed
from attention.reading import head_name


def describe_best(result: Result) -> str:
    """Say what the best head does, and whether that is evidence."""
    layer, head = best = result.best()
    n_heads = result.hits.size
    return " ".join(
        [
            f"The best of {n_heads} heads is {_hits(result, layer, head)}",
            describe_offset(result),
            f"If all {n_heads} chose a word at random, at least one would do as well "
            f"with a probability of {percent(result.chance[best])}:",
            _conclusion(result, best, result.chance[best]),
        ]
    )


def describe_head(result: Result, layer: int, head: int) -> str:
    """Say what one head does, for somebody who named it before testing."""
    is_better = result.hits[layer, head] > result.offset_hits
    return (
        f"{_hits(result, layer, head)} That is "
        f"{'more than' if is_better else 'no more than'} the best fixed guess, and "
        "whoever named this head beforehand would see as much by luck with a "
        f"probability of {percent(result.alone[layer, head])}."
    )


def describe_offset(result: Result) -> str:
    """Say how far the best fixed guess comes on the same sentences."""
    return (
        f"The best fixed guess, {offset_name(result.offset)}, hits "
        f"{result.offset_hits} ({result.offset_rate:.0%})."
    )


def _hits(result: Result, layer: int, head: int) -> str:
    at = layer, head
    return (
        f"{head_name(*at)}: it hits {result.hits[at]} of {result.n} "
        f"({result.rate[at]:.0%}; with 95% confidence {result.low[at]:.0%} to "
        f"{result.high[at]:.0%})."
    )


def _conclusion(result: Result, best: tuple[int, int], chance: float) -> str:
    if chance >= SURE:
        return f"this may be luck. {_more(result)}"
    if result.hits[best] <= result.offset_hits:
        return (
            "hardly luck, but the fixed guess does as well, so the head may know the "
            "place and not the word. Test sentences in which the places vary."
        )
    if result.low[best] <= result.offset_rate:
        return (
            "hardly luck. It beats the fixed guess, though by less than so few "
            "sentences can tell for certain: test more."
        )
    return "hardly luck, and clearly better than the fixed guess. The evidence carries."


def _more(result: Result) -> str:
    by_luck = [1 / (len(one.words) - 1) for one in result.measured]
    needed = tries_needed(by_luck, result.hits.size)
    if needed is not None and needed > result.n:
        return (
            "Even a head that always hits stands out from so many only with "
            f"{needed} such sentences: test more."
        )
    return "Test more sentences."


def offset_name(offset: int) -> str:
    """Name a fixed offset in words.

    >>> [offset_name(offset) for offset in (-1, 1, 3)]
    ['the word just before', 'the word just after', '3 words further on']
    """
    if abs(offset) == 1:
        return f"the word just {'before' if offset < 0 else 'after'}"
    return f"{abs(offset)} words {'back' if offset < 0 else 'further on'}"


def percent(probability: float) -> str:
    """Write a probability without pretending that a small one is none.

    >>> [percent(p) for p in (0.37, 0.012, 1e-9, 1)]
    ['37%', '1.2%', 'under 0.1%', '100%']
    """
    if probability < 0.001:
        return "under 0.1%"
    digits = 1 if probability < 0.1 else 0
    return f"{np.round(probability, 4):.{digits}%}"
