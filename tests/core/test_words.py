from dataclasses import replace

import numpy as np

from attention.words import (
    hide_word,
    looked_at,
    to_words,
    unknown_words,
    word_pieces,
    word_spans,
)
from tests.support.making import make_reading

EVEN = np.full((1, 1, 6, 6), 1 / 6)


def test_each_word_is_found_where_it_was_typed():
    reading = make_reading(EVEN)
    words = [reading.text[start:end] for start, end in word_spans(reading)]
    assert words == ["the", "dog", "the", "cat"]


def test_the_pieces_of_a_word_are_one_word():
    reading = replace(
        make_reading(EVEN),
        text="the doggy cat",
        tokens=("[CLS]", "the", "dog", "##gy", "cat", "[SEP]"),
        word_ids=(None, 0, 1, 1, 2, None),
        spans=((0, 0), (0, 3), (4, 7), (7, 9), (10, 13), (0, 0)),
    )
    assert word_spans(reading) == [(0, 3), (4, 9), (10, 13)]


# Of one head over five tokens: a word of its own, then two words of two pieces each.
PIECES = np.array(
    [
        [0.1, 0.2, 0.3, 0.3, 0.1],
        [0.5, 0.1, 0.1, 0.1, 0.2],
        [0.3, 0.1, 0.3, 0.0, 0.3],
        [0.0, 0.5, 0.5, 0.0, 0.0],
        [0.4, 0.2, 0.2, 0.1, 0.1],
    ],
    np.float32,
)
JOINED = [[0.1, 0.5, 0.4], [0.4, 0.3, 0.3], [0.2, 0.7, 0.1]]


def test_to_a_word_goes_the_sum_and_from_a_word_the_mean():
    words = [[0], [1, 2], [3, 4]]
    np.testing.assert_allclose(to_words(PIECES, words), JOINED, rtol=1e-6)
    one_row = to_words(PIECES, words, [words[2]])
    np.testing.assert_allclose(one_row, JOINED[2:], rtol=1e-6)


def test_words_may_be_some_of_all_and_have_gaps():
    # The last word's pieces stand on both sides of the other one's.
    np.testing.assert_allclose(
        to_words(PIECES, [[2], [1, 4]]), [[0.3, 0.4], [0.15, 0.3]], rtol=1e-6
    )


def test_specials_are_of_no_word_even_where_somebody_typed_them():
    reading = replace(
        make_reading(EVEN, "dog ##s [SEP] ran"), word_ids=(None, 0, 0, 1, 2, None)
    )
    assert word_pieces(reading) == {0: [1, 2], 2: [4]}


def test_a_query_looks_at_the_word_that_gets_most_and_in_a_tie_not_at_the_key():
    # From the word 1, to which its own .4 does not count: the words 0 and 3 tie.
    rows = np.array([0.2, 0.4, 0.1, 0.2])
    keys = [0, 2, 3]
    found = looked_at(np.tile(rows, (1, 1, 3, 1)), [1, 1, 1], keys)
    assert found.tolist() == [[[3, 0, 0]]]
    more = np.array([0.2, 0.4, 0.1, 0.3])
    found = looked_at(np.tile(more, (1, 1, 3, 1)), [1, 1, 1], keys)
    assert found.tolist() == [[[3, 3, 3]]]


def test_only_the_chosen_one_of_equal_words_is_hidden(bundled_engine):
    text = "The dog saw the dog."
    reading = bundled_engine.read(text)
    assert hide_word(text, word_spans(reading)[4]) == "The dog saw the [MASK]."


def test_words_of_any_script_are_hidden_whole(bundled_engine):
    text = "Café 🍎 unbelievable"
    spans = word_spans(bundled_engine.read(text))
    assert [text[a:b] for a, b in spans] == ["Café", "🍎", "unbelievable"]


def test_what_stands_as_unk_is_told_once_and_a_typed_unk_is_not(bundled_engine):
    text = "A 🍎 and 🍌 and 🍎, Café, [UNK] and " + "x" * 101
    reading = bundled_engine.read(text)
    # BERT's own tokenizer gives up on a word of more than 100 characters.
    assert unknown_words(reading) == ["🍎", "🍌", "x" * 101]
