"""A claim about heads ("an adverb looks at its verb"), tested over several sentences.

After Clark et al. 2019, "What Does BERT Look At?", section 4.2: of all other words,
does a head give most of the query word's attention to the key word? Attention is
joined from pieces to words (to a word: the sum, from a word: the mean); [CLS] and
[SEP] are left out, punctuation marks count as words. Unlike there, sentences and
pairs are the student's own, and the fixed offset is not clipped to the sentence.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from attention.claims.lines import Example, Malformed
from attention.evidence import best_offset, sidak, survival, wilson
from attention.naming import Span
from attention.reading import Head, Reading
from attention.words import Groups, looked_at, to_words, word_pieces


class NoSuchWord(ValueError):
    """str() says why an example cannot be measured in this model's tokens."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What every head does with one example."""

    example: Example
    words: tuple[str, ...]  # without [CLS] and [SEP]; the pair's words are whole
    query: int  # positions in words
    key: int
    # uint16 [layers, heads]: the word that the query looks at; see words.looked_at.
    looked: np.ndarray
    weight: np.ndarray  # float32 [layers, heads], 0-1: what the key gets

    @property
    def hits(self) -> np.ndarray:
        """True for each head that looks most at the key: bool [layers, heads]."""
        return self.looked == self.key

    @property
    def offset(self) -> int:
        return self.key - self.query

    @property
    def chance_level(self) -> float:
        """How likely a word chosen at random, of all others, is the key: 0-1."""
        return 1 / (len(self.words) - 1)


@dataclass(frozen=True, eq=False)
class Result:
    """A claim tested on n sentences, for every head; arrays are [layers, heads]."""

    measured: tuple[Measured, ...]
    hits: np.ndarray  # int, 0 to n
    low: np.ndarray  # 0-1, the ends of the hit rate's 95% interval
    high: np.ndarray
    mean_weight: np.ndarray  # 0-1
    p_value: np.ndarray  # 0-1: how likely this head has as many hits by chance
    family_p_value: np.ndarray  # 0-1: how likely any of all heads has
    # The fixed guess that hits most: so many words on. Chosen on these very sentences,
    # it looks better than it is, so a head that beats it has not been favoured.
    offset: int
    offset_hits: int

    @property
    def n(self) -> int:
        return len(self.measured)

    @property
    def rate(self) -> np.ndarray:
        return self.hits / self.n

    @property
    def offset_rate(self) -> float:
        return self.offset_hits / self.n

    @property
    def random_rate(self) -> float:
        """The share of hits that words chosen at random have on average: 0-1."""
        return float(np.mean([one.chance_level for one in self.measured]))

    def lead(self, head: Head) -> tuple[int, int]:
        """Count the sentences that only this head hits, and those only the guess."""
        hits = np.array([one.looked[head] == one.key for one in self.measured])
        guess = np.array([one.offset == self.offset for one in self.measured])
        return int((hits & ~guess).sum()), int((guess & ~hits).sum())

    def ranking(self) -> np.ndarray:
        """Return flat head numbers, most hits first, then most weight."""
        return np.lexsort((-self.mean_weight.ravel(), -self.hits.ravel()))

    def best(self) -> Head:
        """Return the head that ranks first."""
        return Head.at(self.ranking()[0], self.hits.shape)


def measure_each(
    readings: Iterable[Reading | ValueError], examples: Iterable[Example]
) -> Iterator[Measured | Malformed]:
    """Yield what each example gives.

    readings: of the examples' texts, or what is wrong with one; an engine's read_each
    yields them.
    """
    for reading, example in zip(readings, examples, strict=True):
        if not isinstance(reading, Reading):
            yield Malformed(example.line, str(reading))
            continue
        try:
            yield measure(reading, example)
        except NoSuchWord as error:
            yield Malformed(example.line, str(error))


def measure(reading: Reading, example: Example) -> Measured:
    """Measure one example in its sentence's reading. Raises NoSuchWord."""
    pieces = list(word_pieces(reading).values())
    groups = _joined(pieces, reading.spans, (example.query, example.key))
    query, key = (
        _at(groups, reading.spans, span) for span in (example.query, example.key)
    )
    if query == key:
        raise NoSuchWord("the model reads the two words as one")
    rows = to_words(reading.attention, groups, [groups[query]])
    return Measured(
        example=example,
        words=tuple(
            reading.text[reading.spans[g[0]][0] : reading.spans[g[-1]][1]]
            for g in groups
        ),
        query=query,
        key=key,
        looked=looked_at(rows, [query], [key])[..., 0].astype(np.uint16),
        weight=rows[..., 0, key],
    )


def judge(measured: Sequence[Measured]) -> Result:
    """Count every head's hits over at least one sentence and judge them."""
    n = len(measured)
    hits = np.sum([one.hits for one in measured], axis=0)
    low, high = wilson(hits, n)
    by_chance = survival([one.chance_level for one in measured])
    offsets = Counter(one.offset for one in measured)
    offset = best_offset(offsets)
    return Result(
        measured=tuple(measured),
        hits=hits,
        low=low,
        high=high,
        mean_weight=np.mean([one.weight for one in measured], axis=0),
        p_value=by_chance[hits],
        family_p_value=sidak(by_chance[hits], hits.size),
        offset=offset,
        offset_hits=offsets[offset],
    )


def _joined(
    words: list[list[int]], spans: Sequence[Span], whole: Sequence[Span]
) -> list[list[int]]:
    """Join the words that a student's word covers, such as "don", "'" and "t"."""
    groups: list[list[int]] = []
    last = None
    for word in words:
        covering = next((span for span in whole if _overlap(word, spans, span)), None)
        if covering is not None and covering == last:
            groups[-1] = groups[-1] + word
        else:
            groups.append(word)
        last = covering
    return groups


def _at(groups: Groups, spans: Sequence[Span], span: Span) -> int:
    for i, group in enumerate(groups):
        if _overlap(group, spans, span):
            return i
    raise NoSuchWord("the model's tokenizer leaves nothing of one of the two words")


def _overlap(group: Sequence[int], spans: Sequence[Span], span: Span) -> bool:
    return spans[group[0]][0] < span[1] and span[0] < spans[group[-1]][1]
