"""What each head of a reading does: how much it gives to which kind of token.

Roles follow Clark et al. 2019, "What Does BERT Look At?" (sections 3.1 to 3.3), here
for one sentence: a score is the mean, over the rows of ordinary tokens, of the
attention given to the role's targets. Ordinary are all tokens but [CLS] and [SEP].
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from attention.reading import MASK, Reading
from attention.words import is_punctuation, ordinary

BROAD, MIXED = "broad", "mixed"
# A head has a role if the role takes at least this share of its attention …
LEAST_SHARE = 0.4
# … and this many times what it would get if attention were spread evenly, which in a
# sentence of three tokens is a third without meaning anything.
LEAST_TIMES_CHANCE = 2
# A head without a role is broad if its rows are nearly even (1 = perfectly even).
BROAD_ENTROPY = 0.9

Find = Callable[[Reading], np.ndarray]  # a reading's targets: bool [query, key]


@dataclass(frozen=True)
class Label:
    """What a head may be called."""

    name: str
    symbol: str  # one character, so that colour is never the only sign
    colour: str  # of Okabe and Ito's palette, which reads without colour vision
    says: str  # "each word looks at …"


@dataclass(frozen=True)
class Role(Label):
    """A kind of token that a head may look at."""

    find: Find


def step(places: int) -> Find:
    """Find, for each ordinary token, the ordinary one so many places further on."""

    def find(reading: Reading) -> np.ndarray:
        positions = np.flatnonzero(ordinary(reading))
        found = np.zeros((reading.n_tokens,) * 2, bool)
        queries = positions[max(-places, 0) :]
        keys = positions[max(places, 0) :]
        pairs = min(len(queries), len(keys))
        found[queries[:pairs], keys[:pairs]] = True
        return found

    return find


def itself(reading: Reading) -> np.ndarray:
    return np.eye(reading.n_tokens, dtype=bool)


def tokens(is_target: Callable[[str], bool]) -> Find:
    """Find the tokens of one kind."""

    def find(reading: Reading) -> np.ndarray:
        keys = np.array([is_target(token) for token in reading.tokens])
        return np.tile(keys, (reading.n_tokens, 1))

    return find


def same(field: str) -> Find:
    """Find the tokens that share each one's value; None equals nothing."""

    def find(reading: Reading) -> np.ndarray:
        values = getattr(reading, field)
        keys = np.array([-1 if value is None else value for value in values])
        return (keys[:, None] == keys) & (keys >= 0)

    return find


def other(find: Find) -> Find:
    """Leave out each token itself."""
    return lambda reading: find(reading) & ~itself(reading)


ROLES = (
    Role("previous", "←", "#e69f00", "the word before it", step(-1)),
    Role("next", "→", "#56b4e9", "the next word", step(1)),
    Role("self", "•", "#009e73", "itself", itself),
    Role("cls", "C", "#cc79a7", "[CLS]", tokens("[CLS]".__eq__)),
    Role("sep", "S", "#bbbbbb", "[SEP]", tokens("[SEP]".__eq__)),
    Role("mask", "M", "#f0e442", "[MASK]", other(tokens(MASK.__eq__))),
    Role("punctuation", "P", "#d55e00", "punctuation", other(tokens(is_punctuation))),
    # The palette's blue, lighter: its symbol is black, 4.5:1 or more on each colour.
    Role(
        "word", "W", "#0a7dbe", "the other pieces of its word", other(same("word_ids"))
    ),
    Role("repeat", "R", "#ffffff", "the same word elsewhere", other(same("ids"))),
)
NAMES = tuple(role.name for role in ROLES)
# What a legend lists: the roles, then what heads without one are called.
LEGEND: tuple[Label, ...] = (
    *ROLES,
    Label(BROAD, "○", "", "nearly everything"),
    Label(MIXED, "", "", "no single kind of token"),
)


@dataclass(frozen=True, eq=False)
class HeadRoles:
    """How strongly every head of a reading plays every role."""

    scores: np.ndarray  # [layers, heads, roles], 0-1; NaN where no row has a target
    chance: np.ndarray  # [roles], the same scores of evenly spread attention
    entropy: np.ndarray  # [layers, heads], 0-1; 1 = spread evenly over all tokens
    labels: np.ndarray  # [layers, heads] of str: a role's name, BROAD or MIXED


def head_roles(reading: Reading) -> HeadRoles:
    """Score every head of a reading for every role and label it."""
    is_ordinary = ordinary(reading)
    targets = np.stack([role.find(reading)[is_ordinary] for role in ROLES])
    # Layer by layer: of 512 tokens, each copy of all layers would take 151 MB.
    layers = (layer[None, :, is_ordinary] for layer in reading.attention)
    measured = [(mean_shares(w, targets), mean_entropy(w)) for w in layers]
    scores, entropy = map(np.concatenate, zip(*measured, strict=True))
    even = np.full((1, 1, *targets.shape[1:]), 1 / reading.n_tokens)
    chance = mean_shares(even, targets)[0, 0]
    return HeadRoles(scores, chance, entropy, label(scores, chance, entropy))


def mean_shares(weights: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the mean attention that rows give to each role's targets.

    weights: [layers, heads, rows, keys]; targets: bool [roles, rows, keys].
    Result: [layers, heads, roles]. A row without a target does not count for that
    role; a role without any such row is NaN.
    """
    layers, heads, rows, keys = weights.shape
    flat = weights.reshape(layers * heads, rows * keys)
    totals = flat @ targets.reshape(len(targets), -1).T.astype(weights.dtype)
    n_rows = targets.any(axis=-1).sum(axis=-1)
    with np.errstate(invalid="ignore"):
        means = totals / n_rows
    return means.reshape(layers, heads, len(targets))


def mean_entropy(weights: np.ndarray) -> np.ndarray:
    """Return the mean entropy of rows, divided by that of an even row.

    weights: [layers, heads, rows, keys]. Result: [layers, heads], 0-1. Of rows that
    sum to less than 1, since a view hides the rest, the shares of what is left count.
    """
    # 0 log 0 is 0: float32's smallest normal number stands in for 0 inside the log.
    logs = np.log(np.maximum(weights, np.finfo(np.float32).tiny))
    left = weights.sum(axis=-1)
    left = np.where(left > 0, left, 1)
    rows = np.log(left) - np.einsum("lhqk,lhqk->lhq", weights, logs) / left
    n_rows, n_keys = weights.shape[2:]
    # No rows, or rows of a single key, have no entropy, not an undefined one.
    sums = np.maximum(rows, 0).sum(axis=-1)
    return sums / max(n_rows, 1) / np.log(max(n_keys, 2))


def label(scores: np.ndarray, chance: np.ndarray, entropy: np.ndarray) -> np.ndarray:
    """Name each head's strongest role, if it is strong and clearly above chance.

    scores: [layers, heads, roles]; chance: [roles]; entropy: [layers, heads].
    """
    is_clear = (scores >= LEAST_SHARE) & (scores >= LEAST_TIMES_CHANCE * chance)
    clear_scores = np.where(is_clear, scores, 0)
    strongest = np.array(NAMES)[clear_scores.argmax(axis=-1)]
    without = np.where(entropy > BROAD_ENTROPY, BROAD, MIXED)
    return np.where(is_clear.any(axis=-1), strongest, without)
