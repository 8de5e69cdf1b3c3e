"""How much a count of hits says: intervals, p-values, and their words."""

from collections.abc import Mapping, Sequence

import numpy as np

Z_95 = 1.959963984540054  # the normal distribution's 97.5% point
SURE = 0.05  # p-values below this count as significant


def wilson(hits: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95% interval of hit rates, low and high ends, 0-1.

    hits: of n tries each, n at least 1. Wilson 1927, "Probable Inference, the Law of
    Succession, and Statistical Inference": unlike the textbook interval it stays
    within 0-1 and says something for few tries.
    """
    rate = np.asarray(hits) / n
    middle = rate + Z_95**2 / (2 * n)
    reach = Z_95 * np.sqrt(rate * (1 - rate) / n + Z_95**2 / (4 * n**2))
    share = 1 + Z_95**2 / n
    # Rounding would leave 1e-17 where the ends are exactly 0 and 1.
    low = np.where(rate == 0, 0, (middle - reach) / share)
    return low, np.where(rate == 1, 1, (middle + reach) / share)


def survival(probabilities: Sequence[float]) -> np.ndarray:
    """Return the chance of at least k hits, for k from 0 to the number of tries.

    probabilities: of a hit in each try (the Poisson binomial distribution).

    >>> survival([0.5, 0.5]).tolist()
    [1.0, 0.75, 0.25]
    """
    exactly = np.ones(1)
    for p in probabilities:
        exactly = np.convolve(exactly, [1 - p, p])
    at_least = np.minimum(exactly[::-1].cumsum()[::-1], 1)
    at_least[0] = 1  # none is certain, which rounding would make nearly so
    return at_least


def sign_test(ahead: int, behind: int) -> float:
    """Return the p-value of a head's lead over a guess: as likely, or more, by chance.

    ahead, behind: tries that only the head hits, and tries that only the guess hits.
    Where both hit or both miss, neither is better, and of the other tries either
    would win half (the sign test; McNemar 1947, exact and one-sided). Two rates with
    an interval each would not do, since both are of the same tries.

    >>> sign_test(3, 1)  # at least 3 heads in 4 tosses: 5 of 16 ways
    0.3125
    """
    return float(survival([0.5] * (ahead + behind))[ahead])


def sidak(alone: np.ndarray | float, n_heads: int) -> np.ndarray:
    """Return how likely at least one of n independent heads does what one does alone.

    Heads that are alike, as a model's are, do well together: then it is less likely.
    Šidák 1967, "Rectangular Confidence Regions for the Means of Multivariate Normal
    Distributions", gives this correction.

    >>> float(sidak(np.array(0.5), 2))
    0.75
    """
    with np.errstate(divide="ignore"):  # log(0): a head that always does, so -inf
        return -np.expm1(n_heads * np.log1p(-np.asarray(alone)))


def sample_size(probabilities: Sequence[float], n_heads: int) -> int | None:
    """Return the sample size from which a head that always hits is significant.

    probabilities: of a hit by chance, in tries like those to come. None if no number
    of tries would do, since chance always hits.
    """
    p = float(np.exp(np.mean(np.log(probabilities))))
    if p == 1:
        return None
    # One head's chance that makes that of any of n_heads just SURE.
    allowed = -np.expm1(np.log1p(-SURE) / n_heads)
    return int(np.floor(np.log(allowed) / np.log(p))) + 1


def best_offset(counts: Mapping[int, int]) -> int:
    """Return the fixed offset that hits most; of equals the nearest, then the left one.

    counts: how often each offset hits.

    >>> best_offset({2: 1, 1: 2, -1: 2})
    -1
    """
    return min(counts, key=lambda offset: (-counts[offset], abs(offset), offset))


def offset_name(offset: int) -> str:
    """Name a fixed offset in words.

    >>> [offset_name(offset) for offset in (-1, 1, 3)]
    ['the word just before', 'the word just after', '3 words further on']
    """
    if abs(offset) == 1:
        return f"the word just {'before' if offset < 0 else 'after'}"
    return f"{abs(offset)} words {'back' if offset < 0 else 'further on'}"


def tenths(probability: float) -> str:
    """Write a probability to a tenth of a percent, never a small one as none.

    frontend/predictions.js writes BERT's words' alike.

    >>> [tenths(p) for p in (0.37, 0.012, 1e-9, 0.996, 0.9996, 1)]
    ['37.0%', '1.2%', 'under 0.1%', '99.6%', 'over 99.9%', '100.0%']
    """
    if probability < 0.001:
        return "under 0.1%"
    if 0.999 < probability < 1:
        return "over 99.9%"
    return f"{probability:.1%}"


def percent(probability: float) -> str:
    """Write a probability in whole percent, near none and all to a tenth.

    >>> [percent(p) for p in (0.37, 0.012, 1e-9, 0.996, 0.9996, 1)]
    ['37%', '1.2%', 'under 0.1%', '99.6%', 'over 99.9%', '100%']
    """
    if probability < 0.1 or 0.99 < probability < 1:
        return tenths(probability)
    return f"{np.round(probability, 4):.0%}"
