"""Counts, for the sentences of a block, what every head looks at.

After Clark et al. 2019, "What Does BERT Look At?", section 4.2: for each dependent and
its governor, a head hits if, of all other words, it gives most of the one's attention
to the other, and to no third as much; both ways round. Attention is joined from pieces
to words (to a word: the sum, from a word: the mean), [CLS] and [SEP] are left out.
Unlike there:

- Relations are Universal Dependencies, subtypes apart; punctuation counts as a word.
- A contraction ("don't"), two words to the grammar, is one here, as it is written and
  as the model reads it. What depends on a part depends on the whole; a dependency
  between its parts is not counted.
- Fixed offsets are not clipped to the sentence.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from attention.atlas.rates import FARTHEST, LABELS
from attention.atlas.relations import ADVERB_VERB, FAR, NEAR, TO_DEPENDENT, TO_GOVERNOR
from attention.heads.roles import head_roles
from attention.reading import Reading
from attention.words import looked_at, to_words, word_pieces
from corpus.counts import MOST_MALFORMED, Counts
from corpus.treebank import Malformed, Sentence

if TYPE_CHECKING:  # loads TensorFlow
    from model_cache.engine import Engine

MALFORMED = "malformed sentences"
UNREADABLE = "sentences that the model cannot read"
INSIDE = "dependencies within a contraction"
NO_PIECE = "dependencies of a word that the tokenizer leaves out"


def measure(
    engine: "Engine", sentences: Iterable[tuple[int, Sentence | Malformed]]
) -> Counts:
    """Count what every head of an engine does in sentences.

    sentences: each with the number of its half; see attention.atlas.
    """
    counts = Counts.none(engine.shape)
    well_formed = []
    for half, sentence in sentences:
        if isinstance(sentence, Sentence):
            well_formed.append((half, sentence))
            continue
        counts.skipped[MALFORMED] += 1
        if len(counts.malformed) < MOST_MALFORMED:
            counts.malformed.append(str(sentence))
    for i, reading in engine.read_words([one.tokens for _, one in well_formed]):
        if isinstance(reading, Reading):
            count(counts, reading, *well_formed[i])
        else:
            counts.skipped[UNREADABLE] += 1
    return counts


def count(counts: Counts, reading: Reading, half: int, sentence: Sentence) -> None:
    """Add what a sentence's reading shows to counts."""
    counts.sentences[half] += 1
    _count_habits(counts, reading)
    words = word_pieces(reading)
    position = {word: i for i, word in enumerate(words)}
    found = []
    for name, *ends in dependencies(sentence):
        if ends[0] == ends[1] or not position.keys() >= set(ends):
            if name not in (ADVERB_VERB, NEAR, FAR):  # counted as advmod
                counts.skipped[INSIDE if ends[0] == ends[1] else NO_PIECE] += 1
        else:
            dependent, governor = (position[end] for end in ends)
            found.append((name, dependent, governor))
    if found:
        weights = to_words(reading.attention, list(words.values()))
        _count_relations(counts, weights, half, found)


def dependencies(sentence: Sentence) -> Iterator[tuple[str, int, int]]:
    """Yield each dependency's relation, dependent and governor, both as tokens.

    One of an adverb on a verb counts for more relations than one.
    """
    for word in sentence.words:
        if word.governor is None:
            continue
        governor = sentence.words[word.governor]
        names = [word.relation]
        kinds = (word.part_of_speech, governor.part_of_speech)
        if word.relation == "advmod" and kinds == ("ADV", "VERB"):
            is_near = abs(word.token - governor.token) == 1
            names += [ADVERB_VERB, NEAR if is_near else FAR]
        for name in names:
            yield name, word.token, governor.token


def _count_relations(
    counts: Counts, weights: np.ndarray, half: int, found: list[tuple[str, int, int]]
) -> None:
    """Count where heads look, for each (relation, dependent, governor).

    weights: [layers, heads, words, words].
    """
    names, dependents, governors = zip(*found, strict=True)
    to_governor = hits(weights, dependents, governors)
    to_dependent = hits(weights, governors, dependents)
    for i, name in enumerate(names):
        relation = counts.relation(name)
        relation.instances[half] += 1
        relation.hits[half, TO_GOVERNOR] += to_governor[..., i]
        relation.hits[half, TO_DEPENDENT] += to_dependent[..., i]
        offset = governors[i] - dependents[i]
        if abs(offset) <= FARTHEST:
            relation.offsets[half, offset + FARTHEST] += 1


def hits(
    weights: np.ndarray, queries: Sequence[int], keys: Sequence[int]
) -> np.ndarray:
    """Return which heads hit each pair of words: bool [layers, heads, pairs]."""
    return looked_at(weights[:, :, queries], queries, keys) == keys


def _count_habits(counts: Counts, reading: Reading) -> None:
    roles = head_roles(reading)
    has_target = np.isfinite(roles.scores[0, 0])
    scores = np.where(has_target, roles.scores, 0).astype(np.float64)
    counts.habit_sentences += has_target
    counts.habit_sums += scores
    counts.habit_squares += scores**2
    counts.labels += roles.labels[..., None] == np.array(LABELS)
