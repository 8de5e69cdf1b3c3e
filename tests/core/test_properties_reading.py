"""What holds for the reading of any text, its predictions, words and views."""

import json
import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attention.reading import MASK
from attention.views import RENORMALISED, SHOWN, NothingLeft, view
from attention.words import hide_word, is_punctuation, word_spans
from components.page.predictions import predictions_data
from components.page.sentence import correct_mask
from model_cache.unreadable import TooManyTokens, UnreadableText
from tests.support.strategies import (
    ANY_TEXTS,
    ROUNDING,
    TEXTS,
    VIEWS,
    attempt,
    few,
    many,
    read,
    usual,
)


@given(ANY_TEXTS)
@many
@example("\ud800")
def test_any_text_is_read_or_refused_with_a_sentence(engine, text):
    reading, message = attempt(UnreadableText, engine.read, text)
    if reading is None:
        assert re.fullmatch(r"[A-Z].+[.]", message)
        return
    attention = reading.attention
    np.testing.assert_allclose(attention.sum(axis=-1), 1, atol=ROUNDING)
    assert attention.min() >= 0
    assert attention.max() <= 1 + ROUNDING
    assert all(0 <= start <= end <= len(text) for start, end in reading.spans)
    found = [text[slice(*reading.spans[i])] for i in reading.mask_positions]
    assert found == [MASK] * text.count(MASK)


@given(st.integers(1, 600))
@few
@example(510)
@example(511)
def test_a_text_is_read_up_to_512_tokens_and_its_length_told_beyond(engine, n_words):
    text = "turtle " * n_words
    if n_words <= 510:
        assert engine.read(text).n_tokens == n_words + 2
    else:
        with pytest.raises(
            TooManyTokens, match=f" {n_words + 2} .* {n_words - 510}[.]"
        ):
            engine.read(text)


@given(TEXTS)
@usual
def test_probabilities_fall_and_fill_the_mask(engine, text):
    reading = read(engine, f"{text} {MASK}")
    for at, found in zip(reading.mask_positions, reading.predictions, strict=True):
        chances = [p.probability for p in found]
        assert chances == sorted(chances, reverse=True)
        assert 0 <= sum(chances) <= 1 + ROUNDING
        start, end = reading.spans[at]
        for p in found:
            word = p.token.removeprefix("##")
            before = reading.text[:start]
            before = before.rstrip() if p.is_continuation else before
            assert p.sentence == before + word + reading.text[end:]


@given(TEXTS, st.integers(1, 20))
@usual
def test_rows_of_predictions_are_json_for_the_first_eight_masks(engine, text, k):
    reading = read(engine, text)
    masks = json.loads(json.dumps(predictions_data(reading, k)))["masks"]
    assert len(masks) == min(text.count(MASK), 8)
    assert all(len(mask["rows"]) == min(k, 3) for mask in masks)


@given(TEXTS)
@usual
def test_words_are_in_order_and_each_can_be_hidden(engine, text):
    reading = read(engine, text)
    spans = word_spans(reading)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    start, end = spans[len(spans) // 2]
    hidden = read(engine, hide_word(text, (start, end)))
    assert (start, start + len(MASK)) in [
        hidden.spans[mask] for mask in hidden.mask_positions
    ]


@given(TEXTS)
@usual
def test_joined_words_cover_the_same_text_and_share_all_attention(engine, text):
    reading = read(engine, text)
    joined = view(reading, True, SHOWN)
    inner = [span for span in joined.spans if span != (0, 0)]
    assert inner == [span for span in word_spans(reading) if span != (0, 0)]
    np.testing.assert_allclose(joined.attention.sum(axis=-1), 1, atol=ROUNDING)
    # From a word the mean of its pieces: the column sums keep their weighted total.
    sizes = [reading.word_ids.count(w) if w is not None else 1 for w in joined.word_ids]
    sent = np.einsum("lhqk,q->lhk", joined.attention, sizes)
    received = reading.attention.sum(axis=-2)
    starts = np.cumsum([0, *sizes[:-1]])
    np.testing.assert_allclose(
        sent, np.add.reduceat(received, starts, axis=-1), atol=10 * ROUNDING
    )


@given(TEXTS, VIEWS)
@usual
def test_every_view_has_rows_that_sum_as_it_says(engine, text, how):
    reading = read(engine, text)
    seen, _ = attempt(NothingLeft, view, reading, *how)
    if seen is None:
        words = [t for t in reading.tokens if t not in ("[CLS]", "[SEP]")]
        assert all(map(is_punctuation, words))
        return
    sums = seen.attention.sum(axis=-1)
    assert (sums <= 1 + ROUNDING).all()
    assert (seen.attention >= 0).all()
    if how[1] in (SHOWN, RENORMALISED):
        np.testing.assert_allclose(sums, 1, atol=ROUNDING)
    if how[1] != SHOWN:
        assert not {"[CLS]", "[SEP]", "."} & set(seen.tokens)
    seen_masks = [seen.tokens[i] for i in seen.mask_positions]
    assert len(seen_masks) == text.count(MASK)


@given(ANY_TEXTS)
@many
def test_correcting_a_mask_once_is_enough(text):
    corrected = correct_mask(text)
    assert correct_mask(corrected) == corrected
    assert corrected.count(MASK) >= text.count(MASK)
