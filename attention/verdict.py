"""What a tested claim amounts to, in plain sentences with their numbers.

A head that was chosen for being the best of all is held to what the best of all would
do by luck; one that somebody named before testing, to what one head would.
"""

import numpy as np

from attention.claims import Result
from attention.evidence import SURE, chance_of_any, luck_of_lead, tries_needed
from attention.reading import head_name


def describe_best(result: Result) -> tuple[str, str]:
    """Judge the claim by its best head: what comes of it, and the numbers behind."""
    layer, head = best = result.best()
    n_heads = result.hits.size
    chance = result.chance[best]
    judgement, why = _judge(result, best, chance, n_heads)
    says = [
        f"The best of {n_heads} heads is {_hits(result, layer, head)}",
        _ties(result, best),
        describe_offset(result),
        f"If all {n_heads} chose words at random, each by itself, at least one would "
        f"do as well with a probability of {percent(chance)}.",
        why,
    ]
    return judgement, " ".join(filter(None, says))


def describe_head(result: Result, layer: int, head: int) -> str:
    """Say what one head does, for somebody who named it before testing."""
    alone = result.alone[layer, head]
    judgement, why = _judge(result, (layer, head), alone, 1)
    says = [
        _hits(result, layer, head),
        "Whoever named this head beforehand would see as much by luck with a "
        f"probability of {percent(alone)}.",
        why,
        judgement,
    ]
    return " ".join(filter(None, says))


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
        f"{result.high[at]:.0%}).{_repeats(result)}"
    )


def _repeats(result: Result) -> str:
    """Warn of sentences that are there again, since luck is told as if none were."""
    examples = (one.example for one in result.measured)
    n = result.n - len({(one.text, one.query, one.key) for one in examples})
    if not n:
        return ""
    return f" Of these, {n} repeat{'s' * (n == 1)} an earlier one: no new evidence."


def _ties(result: Result, best: tuple[int, int]) -> str:
    others = int((result.hits == result.hits[best]).sum()) - 1
    if not others:
        return ""
    return f"{others} other{'s hit' if others > 1 else ' hits'} as often."


def _judge(
    result: Result, at: tuple[int, int], chance: float, n_heads: int
) -> tuple[str, str]:
    """Return what comes of a head's hits, and why as far as the guess tells.

    chance: 0-1, of as many hits by luck. n_heads: how many it was chosen from, for
    its hits.
    """
    if not result.hits[at]:
        return "Nothing here speaks for the claim.", ""
    if chance >= SURE:
        return f"This may be luck: {_more(result, n_heads)}", ""
    if result.hits[at] <= result.offset_hits:
        return (
            "The head may know the place and not the word: test sentences in which the "
            "places vary.",
            "The fixed guess does at least as well.",
        )
    ahead, behind = result.lead(*at)
    lead = f"The head alone hits {ahead}, the fixed guess alone {behind}:"
    luck = luck_of_lead(ahead, behind)
    if luck >= SURE:
        return (
            "Too few sentences to tell the head from the fixed guess: test more.",
            f"{lead} so small a lead may be luck.",
        )
    if chance_of_any(luck, n_heads) >= SURE:
        return (
            "Promising: now test this very head on new sentences.",
            f"{lead} enough for a head that was named beforehand, too few for the best "
            f"of {n_heads}, since of so many some are always lucky.",
        )
    whose = f", even for the best of {n_heads}" if n_heads > 1 else " for a named head"
    return (
        "The evidence carries: better than luck, and than the fixed guess.",
        f"{lead} a clear lead{whose}.",
    )


def _more(result: Result, n_heads: int) -> str:
    by_luck = [1 / (len(one.words) - 1) for one in result.measured]
    needed = tries_needed(by_luck, n_heads)
    if needed is None:
        return "of two words it always hits the other. Test longer sentences."
    if needed > result.n:
        return (
            f"even a head that always hits stands out only with {needed} such "
            "sentences. Test more."
        )
    return "test more sentences."


def offset_name(offset: int) -> str:
    """Name a fixed offset in words.

    >>> [offset_name(offset) for offset in (-1, 1, 3)]
    ['the word just before', 'the word just after', '3 words further on']
    """
    if abs(offset) == 1:
        return f"the word just {'before' if offset < 0 else 'after'}"
    return f"{abs(offset)} words {'back' if offset < 0 else 'further on'}"


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
