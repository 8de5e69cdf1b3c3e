"""What a tested claim amounts to, in plain sentences with their numbers.

First chance, then the fixed guess, then whether the head hits more often than not. A
head that was chosen for being the best of all is held to what the best of all would do
by chance; one that somebody named before testing, to what one head would.
"""

from attention.claims.lines import MAX_EXAMPLES
from attention.claims.measure import Result
from attention.evidence import (
    SURE,
    offset_name,
    percent,
    sample_size,
    sidak,
    sign_test,
)
from attention.reading import Head

HALF = 0.5  # a head of which this is too high a rate misses more often than it hits
VARY = "test sentences in which the places vary."


def describe_claim(result: Result, judged: Head | None) -> tuple[str, str]:
    """Judge the claim by one head that was chosen beforehand, or by the best of all.

    Returns what comes of it, and the numbers behind.
    """
    if judged is None:
        return describe_best(result)
    judgement, numbers = describe_head(result, judged)
    return judgement, f"{numbers} {describe_guesses(result)}"


def describe_best(result: Result) -> tuple[str, str]:
    """Judge the claim by its best head, as `describe_claim` does."""
    best = result.best()
    n_heads = result.hits.size
    p_value = result.family_p_value[best]
    judgement, why = _judge(result, best, p_value, n_heads)
    says = [
        f"The best of {n_heads} heads is {describe_hits(result, best)}",
        _ties(result, best),
        describe_guesses(result),
        f"If all {n_heads} chose words at random, each by itself, at least one would "
        f"do as well with a probability of {percent(p_value)}.",
        why,
    ]
    return judgement, " ".join(filter(None, says))


def describe_head(result: Result, head: Head) -> tuple[str, str]:
    """Judge one head alone, for somebody who named it before testing."""
    p_value = result.p_value[head]
    judgement, why = _judge(result, head, p_value, 1)
    says = [
        describe_hits(result, head),
        "A head named beforehand would do as well by chance with a probability of "
        f"{percent(p_value)}.",
        why,
    ]
    return judgement, " ".join(filter(None, says))


def describe_hits(result: Result, head: Head) -> str:
    """Say how often a head hits, without a judgement."""
    return (
        f"{head.name}: it hits {result.hits[head]} of {result.n} "
        f"({_share(result.rate[head])}; with 95% confidence "
        f"{_share(result.low[head])} to {_share(result.high[head])})."
    )


def describe_guesses(result: Result) -> str:
    """Say how far guesses come that know nothing of words, on the same sentences."""
    return (
        f"Words chosen at random hit {_share(result.random_rate)} on average; the best "
        f"fixed guess, {offset_name(result.offset)}, hits {result.offset_hits} "
        f"({_share(result.offset_rate)})."
    )


def _ties(result: Result, best: Head) -> str:
    others = int((result.hits == result.hits[best]).sum()) - 1
    if not others:
        return ""
    return f"{others} other{'s hit' if others > 1 else ' hits'} as often."


def _share(rate: float) -> str:
    """Write a rate; unlike a p-value, 0 is 0."""
    return percent(rate) if rate else "0%"


def _judge(result: Result, at: Head, p_value: float, n_heads: int) -> tuple[str, str]:
    """Return what comes of a head's hits, and why as far as the guesses tell.

    p_value: of as many hits by chance. n_heads: how many it was chosen from, for
    its hits.
    """
    if p_value >= SURE:
        return _by_chance(result, at, n_heads)
    ahead, behind = result.lead(at)
    lead = f"The head alone hits {ahead}, the fixed guess alone {behind}:"
    if ahead <= behind:
        return _by_place(result, ahead, behind, lead)
    p_value = sign_test(ahead, behind)
    if p_value >= SURE:
        if result.n == MAX_EXAMPLES:
            return (
                f"The fixed guess does about as well: {VARY}",
                f"{lead} no clear lead.",
            )
        return (
            "Too few sentences to tell the head from the fixed guess: test more.",
            f"{lead} so small a lead may be chance.",
        )
    is_rule = result.high[at] >= HALF
    if sidak(p_value, n_heads) >= SURE:
        return (
            f"{'Promising' if is_rule else 'A tendency at most'}: now test this very "
            "head on new sentences.",
            f"{lead} enough for a head that was named beforehand, too few for the best "
            f"of {n_heads}, since of so many some always do well by chance.",
        )
    whose = f", even for the best of {n_heads}" if n_heads > 1 else " for a named head"
    return (
        "The evidence holds up: better than chance, and than the fixed guess."
        if is_rule
        else "A tendency, no rule: better than chance and than the fixed guess, but it "
        "misses more often than it hits.",
        f"{lead} a clear lead{whose}.",
    )


def _by_chance(result: Result, at: Head, n_heads: int) -> tuple[str, str]:
    """Judge a head that hits no more often than chance might."""
    if result.high[at] < HALF:
        what, who = ("the claim", "Even the best head")
        if n_heads == 1:
            what, who = ("this head", "It")
        return (
            f"These sentences speak against {what}.",
            f"{who} misses more often than it hits, and chance may bring as many hits: "
            "a tendency may hide in them, but no rule.",
        )
    if not result.hits[at]:
        return "Nothing here speaks for the claim.", ""
    return f"This may be chance: {_more(result, n_heads)}", ""


def _by_place(result: Result, ahead: int, behind: int, lead: str) -> tuple[str, str]:
    """Judge a head that the fixed guess equals or beats."""
    shared = result.offset_hits - behind
    if shared >= ahead and shared >= behind:
        return (
            f"The head may know the place and not the word: {VARY}",
            "The fixed guess does at least as well, on mostly the same sentences.",
        )
    is_worse = sign_test(behind, ahead) < SURE
    return (
        f"Better than chance, but not than the fixed guess: {VARY}",
        f"{lead} it does {'worse' if is_worse else 'as well'}, on other sentences.",
    )


def _more(result: Result, n_heads: int) -> str:
    needed = sample_size([one.chance_level for one in result.measured], n_heads)
    if needed is None:
        return "of two words it always hits the other. Test longer sentences."
    if max(needed, result.n + 1) > MAX_EXAMPLES:
        return "of so few words it often hits the right one. Test longer sentences."
    if needed > result.n:
        return (
            f"even a head that always hits stands out only with {needed} such "
            "sentences. Test more."
        )
    return "test more sentences."
