from dataclasses import replace

import numpy as np

from attention.words import hide_word, unknown_words, word_spans
from tests.making import make_reading

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
