"""What a tested claim amounts to, in plain sentences with their numbers.

A head that was chosen for being the best of all is held to what the best of all would
do by luck; one that somebody named before testing, to what one head would.
"""

import numpy as np

from attention.claims.judgement import judge_head
from attention.claims.measure import Result
from attention.reading import head_name


def describe_best(result: Result) -> tuple[str, str]:
    """Judge the claim by its best head: what comes of it, and the numbers behind."""
    layer, head = best = result.best()
    n_heads = result.hits.size
    chance = result.chance[best]
    judgement, why = judge_head(result, best, chance, n_heads)
    says = [
        f"The best of {n_heads} heads is {describe_hits(result, layer, head)}",
        _ties(result, best),
        describe_guesses(result),
        f"If all {n_heads} chose words at random, each by itself, at least one would "
        f"do as well with a probability of {percent(chance)}.",
        why,
    ]
    return judgement, " ".join(filter(None, says))


def describe_head(result: Result, layer: int, head: int) -> str:
    """Say what one head does, for somebody who named it before testing."""
    alone = result.alone[layer, head]
    judgement, why = judge_head(result, (layer, head), alone, 1)
    says = [
        describe_hits(result, layer, head),
        "Whoever named this head beforehand would see as much by luck with a "
        f"probability of {percent(alone)}.",
        why,
        judgement,
    ]
    return " ".join(filter(None, says))


def describe_hits(result: Result, layer: int, head: int) -> str:
    """Say how often a head hits, without a judgement."""
    at = layer, head
    return (
        f"{head_name(*at)}: it hits {result.hits[at]} of {result.n} "
        f"({_share(result.rate[at])}; with 95% confidence {_share(result.low[at])} to "
        f"{_share(result.high[at])})."
    )


def describe_guesses(result: Result) -> str:
    """Say how far guesses come that know nothing of words, on the same sentences."""
    return (
        f"Words chosen at random hit {_share(result.random_rate)} on average; the best "
        f"fixed guess, {offset_name(result.offset)}, hits {result.offset_hits} "
        f"({_share(result.offset_rate)})."
    )


def _ties(result: Result, best: tuple[int, int]) -> str:
    others = int((result.hits == result.hits[best]).sum()) - 1
    if not others:
        return ""
    return f"{others} other{'s hit' if others > 1 else ' hits'} as often."


def offset_name(offset: int) -> str:
    """Name a fixed offset in words.

    >>> [offset_name(offset) for offset in (-1, 1, 3)]
    ['the word just before', 'the word just after', '3 words further on']
    """
    if abs(offset) == 1:
        return f"the word just {'before' if offset < 0 else 'after'}"
    return f"{abs(offset)} words {'back' if offset < 0 else 'further on'}"


def _share(rate: float) -> str:
    """Write a rate; here, unlike with luck, 0 is 0."""
    return percent(rate) if rate else "0%"


def percent(probability: float) -> str:
    """Write a probability without pretending that a small one is none, a large one all.

    >>> [percent(p) for p in (0.37, 0.012, 1e-9, 0.996, 0.9996, 1)]
    ['37%', '1.2%', 'under 0.1%', '99.6%', 'over 99.9%', '100%']
    """
    if probability < 0.001:
        return "under 0.1%"
    if 0.999 < probability < 1:
        return "over 99.9%"
    digits = 1 if probability < 0.1 or 0.99 < probability < 1 else 0
    return f"{np.round(probability, 4):.{digits}%}"
