"""Counts on real sentences, against a plain loop and a student's claim."""

import numpy as np
import pytest

from attention.atlas.rates import FARTHEST
from attention.atlas.relations import ADVERB_VERB, DIRECTIONS, NEAR, TO_GOVERNOR
from attention.claims import measure as claims
from attention.claims.lines import Example
from attention.reading import Reading
from attention.words import to_words, word_pieces
from corpus.counts import Counts
from corpus.measure import (
    INSIDE,
    MALFORMED,
    NO_PIECE,
    count,
    dependencies,
    hits,
    measure,
)
from corpus.treebank import Malformed, Sentence, blocks, read_block
from tests.support.serving import ROOT


def from_file(name: str) -> list[Sentence | Malformed]:
    return [one for block in blocks(ROOT / name) for one in read_block(block)]


def test_the_traps_are_counted_as_by_hand(bundled_engine):
    counts = measure(
        bundled_engine, ((0, one) for one in from_file("tests/data/traps.conllu"))
    )
    assert counts.sentences.tolist() == [10, 0]
    assert counts.skipped == {
        MALFORMED: 14,
        INSIDE: 2,  # 's on Let, n't on ca
        NO_PIECE: 2,  # the word without width, and what is written [SEP]
    }
    assert {name: one.n for name, one in counts.relations.items()} == {
        **{"nsubj": 6, "obj": 4, "punct": 4, "advmod": 3, ADVERB_VERB: 3, NEAR: 3},
        **{"nmod:unmarked": 1, "xcomp": 1, "cc": 1, "conj": 1, "orphan": 1, "det": 1},
    }
    # "dog" stands next to "ran" for the model; the other five subjects do anyway.
    nsubj = counts.relations["nsubj"].offsets[0]
    assert nsubj[FARTHEST + 1] == nsubj.sum() == 6


@pytest.fixture(scope="module")
def examples(bundled_engine) -> list[tuple[Sentence, Reading]]:
    """The bundled examples, as the bundled model reads them."""
    found = from_file("corpus/small.conllu")
    readings = dict(bundled_engine.read_words([one.tokens for one in found]))
    return [(one, readings[i]) for i, one in enumerate(found)]


def slowly_looked(reading: Reading, layer: int, head: int, word: int) -> int:
    """The word that a word looks at most, found piece by piece."""
    weights: dict[int, float] = {}
    for query, from_word in enumerate(reading.word_ids):
        if from_word != word:
            continue
        for key, to_word in enumerate(reading.word_ids):
            if to_word not in (None, word):
                weight = float(reading.attention[layer, head, query, key])
                weights[to_word] = weights.get(to_word, 0) + weight
    return max(weights, key=weights.get)


def test_a_plain_loop_over_pieces_counts_the_same(bundled_engine, examples):
    layers, heads = bundled_engine.shape
    counts, slow, n = Counts.none((layers, heads)), {}, {}
    for one, reading in examples:
        count(counts, reading, 0, one)
        looked = {}
        for name, dependent, governor in dependencies(one):
            if dependent == governor:
                continue
            n[name] = n.get(name, 0) + 1
            found = slow.setdefault(name, np.zeros((2, layers, heads), int))
            for direction, (word, wanted) in enumerate(
                [(dependent, governor), (governor, dependent)]
            ):
                if word not in looked:
                    looked[word] = [
                        [slowly_looked(reading, i, j, word) for j in range(heads)]
                        for i in range(layers)
                    ]
                found[direction] += np.array(looked[word]) == wanted
    assert {name: one.n for name, one in counts.relations.items()} == n
    assert sum(n.values()) > 700
    for name, relation in counts.relations.items():
        np.testing.assert_array_equal(relation.hits[0], slow[name], err_msg=name)


def test_a_students_claim_of_the_same_pair_has_the_same_hits(examples):
    compared = 0
    for one, reading in examples:
        if len(one.words) > len(one.tokens):
            continue  # a contraction is one word here, several to a student
        starts = np.cumsum([0, *(len(token) + 1 for token in one.tokens)]).tolist()
        spans = [(a, a + len(t)) for a, t in zip(starts, one.tokens, strict=False)]
        words = word_pieces(reading)
        assert list(words) == list(range(len(one.tokens)))
        weights = to_words(reading.attention, list(words.values()))
        for _, *ends in dependencies(one):
            for direction in range(len(DIRECTIONS)):
                query, key = ends if direction == TO_GOVERNOR else ends[::-1]
                pair = Example(1, reading.text, spans[query], spans[key])
                expected = claims.measure(reading, pair).hits
                found = hits(weights, [query], [key])[..., 0]
                np.testing.assert_array_equal(found, expected)
                compared += 1
    assert compared > 1000
