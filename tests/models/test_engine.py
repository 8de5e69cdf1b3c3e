"""What an engine promises besides BERT's numbers, on the bundled model."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from model_cache.batches import BATCH_BYTES, GROUP_TEXTS, batches
from model_cache.checkpoint import BrokenCheckpoint, read_checkpoint
from model_cache.engine import Engine
from model_cache.unreadable import EmptyText, NotOnePiece, TooManyTokens
from tests.support.random_bert import write_random_bert

pytestmark = pytest.mark.slow
ACROSS = "The turtle moved slowly across the [MASK]."


def test_a_reading_holds_one_row_of_attention_that_sums_to_one_for_each_token(
    bundled_engine,
):
    reading = bundled_engine.read(ACROSS)
    assert reading.tokens == (
        *("[CLS]", "the", "turtle", "moved", "slowly", "across", "the", "[MASK]"),
        *(".", "[SEP]"),
    )
    assert reading.attention.shape == (12, 12, 10, 10)
    np.testing.assert_allclose(reading.attention.sum(axis=-1), 1, atol=1e-5)


def test_the_head_known_for_the_next_word_looks_at_the_next_word(bundled_engine):
    # The model's own README: layer 3, head 10 gives 0.93 to the next word.
    words = bundled_engine.read(ACROSS).attention[2, 9, 1:-1]
    assert np.diagonal(words, offset=2).mean() > 0.8


def test_a_reading_cannot_be_changed_by_one_of_its_users(bundled_engine):
    with pytest.raises(ValueError, match="read-only"):
        bundled_engine.read(ACROSS).attention[0, 0, 0, 0] = 1


def test_each_mask_has_its_own_predictions_and_fills_only_its_own_place(bundled_engine):
    reading = bundled_engine.read("The [MASK] moved across the [MASK].", k=2)
    assert reading.mask_positions == (2, 6)
    first, second = reading.predictions
    assert first[0].sentence == f"The {first[0].token} moved across the [MASK]."
    assert second[1].sentence == f"The [MASK] moved across the {second[1].token}."


def test_a_continuation_joins_the_word_before_the_mask(bundled_engine):
    text = "He walked slow [MASK] across the road."
    found = bundled_engine.read(text, k=20).predictions[0]
    (ly,) = [one for one in found if one.token == "##ly"]
    assert ly.is_continuation
    assert ly.sentence == "He walked slowly across the road."


def test_probabilities_fall_and_are_shares_of_one(bundled_engine):
    shares = [p.probability for p in bundled_engine.read(ACROSS, k=20).predictions[0]]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1


@pytest.mark.parametrize("text", ["", "   ", "\u0000\u0007", "\u200b", "\n\t"])
def test_text_without_anything_to_read_is_refused_kindly(bundled_engine, text):
    with pytest.raises(EmptyText, match="Type a sentence"):
        bundled_engine.read(text)


def test_512_tokens_are_read_and_513_are_counted_and_refused(bundled_engine):
    assert bundled_engine.read("turtle " * 510).n_tokens == 512
    with pytest.raises(TooManyTokens, match=r"513 tokens.*at most 512.*by 1\."):
        bundled_engine.read("turtle " * 511)


@pytest.mark.parametrize("k", [0, 21, -1])
def test_k_outside_its_range_is_refused(bundled_engine, k):
    with pytest.raises(ValueError, match="1 to 20"):
        bundled_engine.read(ACROSS, k=k)


def test_many_texts_come_back_in_their_order_and_as_if_read_alone(bundled_engine):
    texts = ["A turtle.", "turtle " * 60 + "[MASK]", ACROSS, "A [MASK]."]
    for text, reading in zip(texts, bundled_engine.read_many(texts), strict=True):
        alone = bundled_engine.read(text)
        assert reading.text == text
        np.testing.assert_allclose(reading.attention, alone.attention, atol=1e-4)
        assert [[p.id for p in mask] for mask in reading.predictions] == [
            [p.id for p in mask] for mask in alone.predictions
        ]


def test_no_texts_are_no_readings(bundled_engine):
    assert bundled_engine.read_many([]) == []


def test_batches_keep_to_their_memory_and_leave_nothing_out():
    lengths = [5, 400, 7, 5, 512, 64, 64, 3]
    bytes_per_cell = 4 * 144
    seen = []
    for batch in batches(lengths, bytes_per_cell):
        longest = max(lengths[i] for i in batch)
        size = len(batch) * longest**2 * bytes_per_cell
        assert size <= BATCH_BYTES or len(batch) == 1
        seen += batch
    assert sorted(seen) == list(range(len(lengths)))


def test_many_threads_read_their_own_sentence_from_a_cold_engine(tmp_path):
    engine = Engine("tiny", read_checkpoint(write_random_bert(tmp_path)))
    texts = [f"the turtle {'moved ' * n}across the [MASK]" for n in range(24)]
    with ThreadPoolExecutor(12) as pool:
        readings = list(pool.map(engine.read, texts))
    for text, reading in zip(texts, readings, strict=True):
        assert reading.text == text
        np.testing.assert_array_equal(reading.attention, engine.read(text).attention)


def test_sentences_of_other_lengths_do_not_compile_the_model_again(tmp_path):
    engine = Engine("tiny", read_checkpoint(write_random_bert(tmp_path)))
    engine.read("the turtle")
    engine.read_many(["the turtle moved", "a [MASK] and [MASK]"])
    assert engine.encoder._compiled.experimental_get_tracing_count() == 1


def test_a_padded_vocabulary_is_read(tmp_path):
    folder = write_random_bert(tmp_path, vocab_size=200)
    reading = Engine("tiny", read_checkpoint(folder)).read("the [MASK]", k=20)
    assert len(reading.predictions[0]) == 20


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("model_type", "roberta"),
        ("position_embedding_type", "relative_key"),
        ("hidden_act", "swish"),
    ],
)
def test_a_checkpoint_of_another_architecture_is_refused(tmp_path, field, value):
    folder = write_random_bert(tmp_path, **{field: value})
    with pytest.raises(ValueError, match=repr(value)):
        Engine("other", read_checkpoint(folder))


def test_a_truncated_checkpoint_is_named_and_refused(tmp_path):
    weights = write_random_bert(tmp_path) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(BrokenCheckpoint, match=str(tmp_path)):
        read_checkpoint(tmp_path)


def test_a_checkpoint_without_files_is_refused(tmp_path):
    with pytest.raises(BrokenCheckpoint, match="get the model again"):
        read_checkpoint(tmp_path)


def test_a_guess_has_the_probability_and_rank_of_the_same_prediction(bundled_engine):
    text = "The [MASK] ate the [MASK]."
    reading = bundled_engine.read(text, k=20)
    for mask, predictions in enumerate(reading.predictions):
        for rank, prediction in enumerate(predictions, start=1):
            guess = bundled_engine.guess(text, prediction.token)[mask]
            assert guess.rank == rank
            assert guess.token == prediction.token
            assert guess.probability == pytest.approx(prediction.probability)


def test_capitals_of_a_guess_do_not_matter_to_an_uncased_model(bundled_engine):
    text = "The turtle crossed the [MASK]."
    assert bundled_engine.guess(text, "River") == bundled_engine.guess(text, "river")


@pytest.mark.parametrize("word", ["unbelievably", "two words", "", "  "])
def test_a_guess_that_is_not_one_piece_is_refused_with_a_reason(bundled_engine, word):
    with pytest.raises(NotOnePiece, match="word"):
        bundled_engine.guess("The [MASK].", word)


def test_each_text_gets_its_reading_or_what_is_wrong_with_it_in_order(engine):
    texts = ["A turtle.", "", "turtle " * 600, "Two turtles [MASK]."]
    first, empty, long, last = engine.read_each(texts, k=2)
    assert [first.text, last.text] == ["A turtle.", "Two turtles [MASK]."]
    assert isinstance(empty, EmptyText)
    assert isinstance(long, TooManyTokens)
    assert len(last.predictions[0]) == 2
    alone = engine.read("A turtle.")
    np.testing.assert_allclose(first.attention, alone.attention, atol=1e-6)


def test_texts_are_read_in_groups_and_no_further_than_somebody_asks(engine):
    asked = []

    def texts():
        for number in range(1000):
            asked.append(number)
            yield f"turtle number {number}"

    results = engine.read_each(texts())
    assert [next(results).text for _ in range(3)] == [
        f"turtle number {number}" for number in range(3)
    ]
    assert len(asked) <= GROUP_TEXTS + 1
    next(results)
    assert len(asked) <= GROUP_TEXTS + 1
