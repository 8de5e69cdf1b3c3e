"""Claims over readings made by hand, with known hits, offsets and luck."""

from collections import Counter

import numpy as np
import pytest

from attention.claims.frames import claim_frame, sentences_frame
from attention.claims.lines import Malformed
from attention.claims.measure import judge, measure, measure_each
from attention.evidence import best_offset
from attention.reading import Head
from tests.support.claiming import (
    ELSEWHERE,
    PAIRS,
    TARGETS,
    TEXT,
    example,
    looking,
    three_sentences,
)
from tests.support.making import make_reading


def test_a_head_hits_if_the_word_gets_most_of_all_other_words():
    # From "dog" (token 2) to "cat" (token 4): one head looks there, one elsewhere.
    measured = measure(looking(4, 1), example("dog -> cat"))
    assert measured.hits.tolist() == [[True, False]]
    assert measured.weight.tolist() == [[1, 0]]
    assert [measured.words[i] for i in measured.looked[0]] == ["cat", "the"]


def test_specials_and_the_word_itself_do_not_count():
    attention = np.zeros((1, 1, 6, 6))
    # From "dog": [CLS] .4, itself .3, [SEP] .15, "cat" .1, the first "the" .05.
    attention[0, 0, 2] = [0.4, 0.05, 0.3, 0, 0.1, 0.15]
    measured = measure(make_reading(attention), example("dog -> cat"))
    assert measured.hits.all()
    assert measured.weight[0, 0] == pytest.approx(0.1)
    assert measured.words == ("the", "dog", "the", "cat")


def test_a_special_that_somebody_typed_does_not_count_either():
    attention = np.zeros((1, 1, 6, 6))
    attention[0, 0, 1] = [0.2, 0, 0.25, 0.4, 0.15, 0]  # from "dog", most to "[SEP]"
    reading = make_reading(attention, "dog ran [SEP] home")
    assert reading.word_ids[3] is not None
    measured = measure(reading, example("dog -> ran", reading.text))
    assert measured.words == ("dog", "ran", "home")
    assert measured.hits.all()


def test_pieces_are_joined_sum_to_a_word_and_mean_from_it():
    text = "dogs ran slowly"
    attention = np.zeros((1, 1, 7, 7))
    # dog ##s ran slow ##ly: from both pieces of "slowly" to both of "dogs".
    attention[0, 0, 4] = [0, 0.2, 0.2, 0.3, 0.1, 0.1, 0.1]
    attention[0, 0, 5] = [0, 0.4, 0.2, 0.1, 0.1, 0.1, 0.1]
    reading = make_reading(attention, "dog s ran slow ly")
    pieces = {
        "text": text,
        "tokens": ("[CLS]", "dog", "##s", "ran", "slow", "##ly", "[SEP]"),
        "word_ids": (None, 0, 0, 1, 2, 2, None),
        "spans": ((0, 0), (0, 3), (3, 4), (5, 8), (9, 13), (13, 15), (0, 0)),
    }
    reading = type(reading)(**vars(reading) | pieces)
    measured = measure(reading, example("slowly -> dogs", text))
    assert measured.weight[0, 0] == pytest.approx((0.4 + 0.6) / 2)
    assert measured.words == ("dogs", "ran", "slowly")
    assert measured.offset == -2


def test_a_students_word_of_several_words_is_one_word(bundled_engine):
    text = "I don't like New York."
    reading = bundled_engine.read(text)
    measured = measure(reading, example("New York -> don't", text))
    assert measured.words == ("I", "don't", "like", "New York", ".")
    assert measured.offset == -2
    tokens = list(reading.tokens)
    new, don = tokens.index("new"), tokens.index("don")
    expected = reading.attention[:, :, new : new + 2, don : don + 3]
    np.testing.assert_allclose(
        measured.weight, expected.mean(axis=2).sum(axis=-1), rtol=1e-5
    )


@pytest.fixture
def result():
    return three_sentences()


def test_hits_rates_and_weights_are_counted_for_every_head(result):
    assert result.hits.tolist() == [[3, 1]]
    assert result.rate.tolist() == [[1, pytest.approx(1 / 3)]]
    assert result.mean_weight.tolist() == [[1, pytest.approx(1 / 3)]]
    assert result.best() == (0, 0)


def test_the_best_fixed_offset_is_found_on_the_same_sentences(result):
    # The pairs are 2 on, 2 back and 1 on: each offset hits once, the nearest wins.
    assert (result.offset, result.offset_hits) == (1, 1)


@pytest.mark.parametrize(
    ("offsets", "best"),
    [([1, 1, -1], (1, 2)), ([3, -3], (-3, 1)), ([2, -1, 2, -1], (-1, 2))],
)
def test_the_offset_that_hits_most_wins_and_of_equals_the_nearest(offsets, best):
    counts = Counter(offsets)
    found = best_offset(counts)
    assert (found, counts[found]) == best


def test_luck_is_a_random_choice_among_the_other_words(result):
    # Three words to choose from each time: all three right in 1 of 27 cases; at
    # least one of three in 19 of 27. Of two heads, either may be the lucky one.
    assert result.p_value.tolist() == [[pytest.approx(1 / 27), pytest.approx(19 / 27)]]
    assert result.family_p_value[0, 0] == pytest.approx(1 - (26 / 27) ** 2)


def test_only_one_of_head_and_guess_is_counted_where_they_differ(result):
    # The guess, 1 on, is right in the third sentence; the second head in the first.
    assert result.lead(Head(0, 0)) == (2, 0)
    assert result.lead(Head(0, 1)) == (1, 1)


def test_of_equal_weights_the_key_is_no_hit():
    attention = np.full((1, 1, 6, 6), 1 / 6)
    measured = measure(make_reading(attention), example("dog -> the#1"))
    assert not measured.hits.any()
    assert measured.words[measured.looked[0, 0]] != "dog"


def test_the_ranked_table_has_each_heads_own_numbers():
    # Two layers of three heads; each row of targets is one head's, a token a sentence.
    miss = ELSEWHERE
    heads = [
        [TARGETS[0], *miss[1:]],
        TARGETS,
        miss,
        [*TARGETS[:2], *miss[2:]],
        [*miss[:2], *TARGETS[2:]],
        miss,
    ]
    attention = np.zeros((4, 2, 3, 6, 6))
    for number, targets in enumerate(heads):
        for sentence, target in enumerate(targets):
            # The fifth head is surer than the fourth, which hits as often.
            sure = 0.9 if number == 4 else 0.8
            attention[(sentence, *divmod(number, 3))][:, target] = sure
    measured = [
        measure(make_reading(one, TEXT), example(pair, line=line))
        for line, (one, pair) in enumerate(zip(attention, PAIRS, strict=True), start=1)
    ]
    # At least k hits in four choices of one from three: so many of 81 ways.
    any_of_six = {k: 1 - (1 - n / 81) ** 6 for k, n in enumerate((81, 65, 33, 9, 1))}
    # Wilson's intervals, solved for p in (p - k/4)^2 = 1.96^2 p (1 - p) / 4.
    ends = {0: (0, 0.4899), 1: (0.0456, 0.6994), 2: (0.15, 0.85), 4: (0.5101, 1)}
    rows = [(1, 2, 4, 0.8), (2, 2, 2, 0.45), (2, 1, 2, 0.4), (1, 1, 1, 0.2)]
    rows += [(1, 3, 0, 0), (2, 3, 0, 0)]
    frame = claim_frame(judge(measured))
    assert list(frame) == [
        *("layer", "head", "sentences", "hits", "rate", "low", "high"),
        *("mean_weight", "offset", "offset_rate", "chance"),
    ]
    np.testing.assert_allclose(
        frame,
        [
            [layer, head, 4, k, k / 4, *ends[k], weight, 1, 0.25, any_of_six[k]]
            for layer, head, k, weight in rows
        ],
        atol=5e-5,
    )


def test_a_heads_sentences_stand_with_its_misses_first(result):
    frame = sentences_frame(result, Head(0, 1))
    assert frame["hit"].tolist() == [False, False, True]
    assert frame["line"].tolist() == [2, 3, 1]
    assert frame["looked_at"].tolist() == ["the", "cat", "cat"]


def test_a_text_that_cannot_be_read_is_reported_and_the_rest_measured():
    examples = [
        example("dog -> cat"),
        example("long -> text", "long text", line=2),
        example("cat -> dog", line=3),
    ]
    readings = [looking(4), ValueError("This text is too long."), looking(4)]
    first, second, third = measure_each(readings, examples)
    assert second == Malformed(2, "This text is too long.")
    assert first.hits.all()
    assert third.example.line == 3


def test_a_word_that_the_tokenizer_drops_is_reported(bundled_engine):
    text = "The \u200b\u200e ran."  # nothing but characters that BERT removes
    pair = example("\u200b\u200e -> ran", text)
    (found,) = measure_each(bundled_engine.read_each([text]), [pair])
    assert "leaves nothing of one of the two words" in found.reason


def test_two_words_that_the_model_reads_as_one_are_reported(bundled_engine):
    pair = example("☃ -> ☂", "a ☃☂ b.")
    (found,) = measure_each(bundled_engine.read_each([pair.text]), [pair])
    assert "reads the two words as one" in found.reason
