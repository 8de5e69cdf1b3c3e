"""An atlas: what every head of a model does over the sentences of a treebank.

After Clark et al. 2019, "What Does BERT Look At?", section 4.2: how often the word
that a head looks at most is the one that grammar points to, beside how often a word
at a fixed distance is. `corpus.measure` counts; here is what the counts say. Unlike
there, the head is chosen on one half of the sentences and its rate measured on the
other: the best of 144 heads flatters itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from attention.atlas.relations import DIRECTIONS, TO_GOVERNOR
from attention.evidence import best_offset, wilson
from attention.heads.roles import LEGEND, NAMES
from attention.reading import Head

LEAST_INSTANCES = 50  # fewer say little
LABELS = tuple(label.name for label in LEGEND)  # what a head is called in a sentence
SPLITS = ("dev", "test")  # heads are chosen on the first, measured on the other
DEV, TEST = range(len(SPLITS))
# Words; no fixed guess goes further.
FARTHEST = 30


@dataclass(frozen=True, eq=False)
class Relation:
    """How often heads point along one relation, in both halves of the sentences."""

    instances: np.ndarray  # int [halves]
    hits: np.ndarray  # int [halves, directions, layers, heads]
    # int [halves, 2 FARTHEST + 1]: governors that stand -FARTHEST … FARTHEST words on
    # from their dependents.
    offsets: np.ndarray

    @property
    def n(self) -> int:
        return int(self.instances.sum())

    def rates(self, direction: int) -> np.ndarray:
        """Return how often each head hits, over all sentences: [layers, heads], 0-1."""
        return self.hits[:, direction].sum(axis=0) / self.n

    def intervals(self, direction: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends of the rates' 95% intervals, each [layers, heads]."""
        return wilson(self.hits[:, direction].sum(axis=0), self.n)

    def baseline(self, direction: int) -> tuple[int, float]:
        """Return the fixed offset that hits most over all sentences, and its rate."""
        offset, at = _best_offset(self.offsets.sum(axis=0), direction)
        return offset, float(self.offsets[:, at].sum() / self.n)

    def best(self, direction: int) -> Head:
        """Return the head that hits most over all sentences."""
        return _best_head(self.hits[:, direction].sum(axis=0))


@dataclass(frozen=True, eq=False)
class Habits:
    """What each head looks at on average over sentences; see attention.heads.roles."""

    sentences: np.ndarray  # int [roles]: those in which a role has a target
    mean: np.ndarray  # [layers, heads, roles], 0-1
    spread: np.ndarray  # the same's standard deviation over sentences
    # int [layers, heads, called]: sentences in which a head is called so
    labels: np.ndarray
    # What was measured. An atlas may be older than a role of today, or than its end.
    roles: tuple[str, ...] = NAMES
    called: tuple[str, ...] = LABELS


@dataclass(frozen=True)
class Source:
    """Where an atlas is from."""

    model: str  # the catalog's id
    model_sha256: str  # of its model.safetensors
    command: str
    files: Mapping[str, str]  # a treebank's file name -> its SHA-256
    sentences: int  # measured
    skipped: Mapping[str, int] = field(default_factory=dict)  # why -> how many


@dataclass(frozen=True, eq=False)
class Atlas:
    source: Source
    relations: Mapping[str, Relation]  # those with LEAST_INSTANCES or more
    habits: Habits

    @property
    def shape(self) -> tuple[int, int]:
        """(layers, heads)."""
        return self.habits.labels.shape[:2]


@dataclass(frozen=True)
class HeldOut:
    """The head that was best on one half of the sentences, on the other half."""

    head: Head
    n: int  # instances in the other half
    hits: int
    low: float  # 0-1, the ends of the rate's 95% interval
    high: float
    offset: int  # the best fixed one on the first half, in words
    offset_hits: int  # of n

    @property
    def rate(self) -> float:
        return self.hits / self.n

    @property
    def offset_rate(self) -> float:
        return self.offset_hits / self.n

    @property
    def is_clear(self) -> bool:
        return is_apart(self.hits, self.offset_hits, self.n)


def is_apart(hits: int, guess_hits: int, n: int) -> bool:
    """True if a head's 95% interval lies above a guess's, on the same n tries.

    The counts do not say which tries both hit. However those overlap, a difference of
    rates varies by no more than the two rates together, so intervals that do not touch
    are chance in about 2.5% of cases at most.
    """
    low, high = wilson(np.array([hits, guess_hits]), n)
    return bool(low[0] > high[1])


def held_out(relation: Relation, direction: int) -> HeldOut | None:
    """Choose the best head and offset on one half, measure on the other.

    None if one of the halves has no instance.
    """
    if not relation.instances.all():
        return None
    n = int(relation.instances[TEST])
    head = _best_head(relation.hits[DEV, direction])
    hits = int(relation.hits[TEST, direction][head])
    low, high = wilson(np.array(hits), n)
    offset, at = _best_offset(relation.offsets[DEV], direction)
    offset_hits = int(relation.offsets[TEST, at])
    return HeldOut(head, n, hits, float(low), float(high), offset, offset_hits)


@dataclass(frozen=True)
class Strength:
    """How well one head follows one relation."""

    relation: str
    direction: int
    rate: float  # 0-1
    low: float
    high: float
    offset: int
    offset_rate: float
    # See is_apart. Of many heads and relations, some do well by chance.
    is_clear: bool

    @property
    def above(self) -> float:
        """How much more often than the fixed guess, -1 to 1."""
        return self.rate - self.offset_rate


def strengths(atlas: Atlas, head: Head) -> list[Strength]:
    """Return what a head does with every relation, the clearest first."""
    found = []
    for name, relation in atlas.relations.items():
        for direction in range(len(DIRECTIONS)):
            heads = _all_heads(relation, direction)
            found.append(
                Strength(
                    name,
                    direction,
                    float(heads.rate[head]),
                    float(heads.low[head]),
                    float(heads.high[head]),
                    heads.offset,
                    heads.offset_rate,
                    bool(heads.low[head] > heads.offset_high),
                )
            )
    return sorted(found, key=lambda one: -one.above)


@dataclass(frozen=True, eq=False)
class _AllHeads:
    """What every head does with one relation, [layers, heads], and the fixed guess."""

    rate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    offset: int
    offset_rate: float
    offset_high: float  # the upper end of its 95% interval, for is_apart


@lru_cache(maxsize=400)  # of a few atlases, both ways: each head that opens asks again
def _all_heads(relation: Relation, direction: int) -> _AllHeads:
    offset, offset_rate = relation.baseline(direction)
    _, offset_high = wilson(np.array(round(offset_rate * relation.n)), relation.n)
    return _AllHeads(
        relation.rates(direction),
        *relation.intervals(direction),
        offset,
        offset_rate,
        float(offset_high),
    )


def offset_of(at: int, direction: int) -> int:
    """Return the offset that a place in Relation.offsets stands for, as a head sees it.

    >>> offset_of(FARTHEST + 2, TO_GOVERNOR), offset_of(FARTHEST + 2, 1)
    (2, -2)
    """
    from_dependent = at - FARTHEST
    return from_dependent if direction == TO_GOVERNOR else -from_dependent


def _best_offset(counts: np.ndarray, direction: int) -> tuple[int, int]:
    """Return the most frequent offset, the nearest of equals, and its place."""
    offsets = range(-FARTHEST, FARTHEST + 1)  # as the dependent sees them
    at = best_offset(dict(zip(offsets, counts, strict=True))) + FARTHEST
    return offset_of(at, direction), at


def _best_head(hits: np.ndarray) -> Head:
    return Head.at(hits.argmax(), hits.shape)
