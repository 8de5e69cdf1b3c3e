"""Sentences whose words somebody else divided, read by the bundled engine."""

import numpy as np
import pytest

from model_cache.unreadable import EmptyText, HalfACharacter, TooManyTokens

# Divided as BERT's own tokenizer divides them, so that both ways read the same.
SENTENCES = [
    ["The", "turtle", "slowly", "crossed", "the", "river", "."],
    ["I", "don", "'", "t", "know", "."],
    ["Unbelievably", "fast", "!"],
    ["She", "found", "[MASK]", "in", "the", "letter", ",", "and", "left", "."],
]


def read_words(engine, sentences) -> dict:
    found = list(engine.read_words(sentences))
    assert sorted(number for number, _ in found) == list(range(len(sentences)))
    return dict(found)


@pytest.fixture(scope="module")
def readings(bundled_engine) -> dict:
    """Of SENTENCES, read in one batch: the shorter ones are padded."""
    return read_words(bundled_engine, SENTENCES)


@pytest.mark.parametrize("number", range(len(SENTENCES)))
def test_words_divided_as_the_tokenizer_would_are_read_like_the_text(
    bundled_engine, readings, number
):
    alone = bundled_engine.read(" ".join(SENTENCES[number]), k=1)
    reading = readings[number]
    assert reading.text == alone.text
    assert reading.tokens == alone.tokens
    assert reading.ids == alone.ids
    assert reading.word_ids == alone.word_ids
    assert reading.spans == alone.spans
    np.testing.assert_allclose(reading.attention, alone.attention, atol=1e-5)


@pytest.mark.parametrize("number", range(len(SENTENCES)))
def test_neighbours_in_a_batch_do_not_change_what_a_sentence_looks_at(
    bundled_engine, readings, number
):
    ((_, alone),) = bundled_engine.read_words([SENTENCES[number]])
    np.testing.assert_allclose(readings[number].attention, alone.attention, atol=1e-5)


def test_word_ids_count_the_words_that_were_given(bundled_engine):
    words = ["We", "don't", "\u200b", "like", "New York", "☃", "."]
    ((_, reading),) = bundled_engine.read_words([words])
    pieces = list(zip(reading.tokens, reading.word_ids, strict=True))
    # No piece has the number 2: nothing is left of a character without width.
    assert pieces == [
        ("[CLS]", None),
        ("we", 0),
        *(("don", 1), ("'", 1), ("t", 1)),
        ("like", 3),
        *(("new", 4), ("york", 4)),
        ("[UNK]", 5),
        (".", 6),
        ("[SEP]", None),
    ]


def test_spans_point_at_each_piece_in_the_text(bundled_engine):
    words = ["Unbelievably", "\u200b", "the", "CAFÉ", "isn't", "☃", "New York", "."]
    ((_, reading),) = bundled_engine.read_words([words])
    assert reading.text == "Unbelievably \u200b the CAFÉ isn't ☃ New York ."
    written = [reading.text[start:end] for start, end in reading.spans]
    assert written == [
        "",
        *("Un", "bel", "ie", "va", "bly"),
        *("the", "CAFÉ", "isn", "'", "t", "☃", "New", "York", "."),
        "",
    ]


def test_a_guess_for_a_mask_is_put_where_the_mask_stands(bundled_engine, readings):
    ((guess,),) = readings[3].predictions
    ((expected,),) = bundled_engine.read(" ".join(SENTENCES[3]), k=1).predictions
    assert guess.token == expected.token
    assert guess.sentence == expected.sentence
    assert guess.sentence.startswith("She found ")
    assert guess.sentence.endswith(" in the letter , and left .")


def test_what_cannot_be_read_is_told_by_its_number_and_the_others_come(bundled_engine):
    found = read_words(
        bundled_engine,
        [
            ["Go", "home", "."],
            ["word"] * 511,  # 513 with [CLS] and [SEP]
            ["\u200b"],
            [],
            ["half", "\ud83d"],
            ["Stay", "here", "."],
            ["word"] * 510,
        ],
    )
    kinds = [type(found[number]) for number in (1, 2, 3, 4)]
    assert kinds == [TooManyTokens, EmptyText, EmptyText, HalfACharacter]
    assert found[0].tokens == ("[CLS]", "go", "home", ".", "[SEP]")
    assert found[5].tokens == ("[CLS]", "stay", "here", ".", "[SEP]")
    assert found[6].n_tokens == 512


def test_no_sentences_give_no_readings(bundled_engine):
    assert list(bundled_engine.read_words([])) == []
