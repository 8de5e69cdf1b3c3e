"""Counts, for the sentences of a block, what every head looks at.

After Clark et al. 2019, "What Does BERT Look At?", section 4.2: for each dependent and
its governor, a head hits if, of all other words, it gives most of the one's attention
to the other; both ways round. Attention is joined from pieces to words (to a word: the
sum, from a word: the mean), [CLS] and [SEP] are left out. Unlike there:

- Relations are Universal Dependencies, subtypes apart; punctuation counts as a word.
- A contraction ("don't"), two words to the grammar, is one here, as it is written and
  as the model reads it. What depends on a part depends on the whole; a dependency
  between its parts is not counted.
- Fixed offsets are not clipped to the sentence.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from attention.atlas.rates import FARTHEST, LABELS
from attention.atlas.relations import ADVERB_VERB, FAR, NEAR, TO_DEPENDENT, TO_GOVERNOR
from attention.heads.roles import head_roles, ordinary
from attention.reading import Reading
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
    words, looked = looked_at(reading)
    position = {word: i for i, word in enumerate(words)}
    for name, *ends in dependencies(sentence):
        if ends[0] == ends[1] or not position.keys() >= set(ends):
            if name not in (ADVERB_VERB, NEAR, FAR):  # told as advmod
                counts.skipped[INSIDE if ends[0] == ends[1] else NO_PIECE] += 1
        else:
            dependent, governor = (position[end] for end in ends)
            relation = counts.relation(name)
            relation.instances[half] += 1
            hits = relation.hits[half]
            hits[TO_GOVERNOR] += looked[:, :, dependent] == governor
            hits[TO_DEPENDENT] += looked[:, :, governor] == dependent
            offset = governor - dependent
            if abs(offset) <= FARTHEST:
                relation.offsets[half, offset + FARTHEST] += 1


def looked_at(reading: Reading) -> tuple[list[int], np.ndarray]:
    """Return the words that have pieces, and which other one each looks at most.

    A word is a number of reading.word_ids. Result: w words in their order, and
    [layers, heads, w], each a position among them.
    """
    is_piece = ordinary(reading) & [word is not None for word in reading.word_ids]
    pieces = np.flatnonzero(is_piece)
    words, starts, sizes = np.unique(
        [reading.word_ids[piece] for piece in pieces],
        return_index=True,
        return_counts=True,
    )
    if not len(words):
        return [], np.zeros((*reading.shape, 0), int)
    between = reading.attention[:, :, pieces[:, None], pieces]
    to_words = np.add.reduceat(between, starts, axis=3)
    weights = np.add.reduceat(to_words, starts, axis=2) / sizes[:, None]
    itself = np.arange(len(words))
    weights[:, :, itself, itself] = -1
    return words.tolist(), weights.argmax(axis=3)


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


def _count_habits(counts: Counts, reading: Reading) -> None:
    roles = head_roles(reading)
    has_target = np.isfinite(roles.scores[0, 0])
    scores = np.where(has_target, roles.scores, 0).astype(np.float64)
    counts.habit_sentences += has_target
    counts.habit_sums += scores
    counts.habit_squares += scores**2
    counts.labels += roles.labels[..., None] == np.array(LABELS)
