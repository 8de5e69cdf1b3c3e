"""Roles, on arrays small enough to check by hand."""

from dataclasses import replace

import numpy as np
import pytest

from attention.heads.frames import roles_frame
from attention.heads.roles import BROAD, MIXED, NAMES, head_roles
from tests.support.making import make_reading


def looking(targets: dict[int, int], n: int, weight: float = 1.0) -> np.ndarray:
    """Attention [1, 1, n, n] in which each query gives `weight` to its target.

    The rest of a row, and rows without a target, are spread evenly.
    """
    rows = np.full((n, n), 1 / n)
    for query, key in targets.items():
        rows[query] = (1 - weight) / (n - 1)
        rows[query, key] = weight
    return rows[None, None]


def score(reading, role: str) -> float:
    return head_roles(reading).scores[0, 0, NAMES.index(role)]


def chance(reading, role: str) -> float:
    return head_roles(reading).chance[NAMES.index(role)]


def label_of(reading) -> str:
    return head_roles(reading).labels[0, 0]


WORDS = "the dog saw the cat"  # positions 1 to 5 of 7 tokens


def test_a_head_that_looks_at_the_next_word_scores_one_for_next():
    reading = make_reading(looking({1: 2, 2: 3, 3: 4, 4: 5}, 7), WORDS)
    assert score(reading, "next") == pytest.approx(1)
    # "cat", the last word, has no next word; its even row counts for "previous".
    assert score(reading, "previous") == pytest.approx((0 + 0 + 0 + 1 / 7) / 4)
    assert label_of(reading) == "next"


def test_a_head_that_looks_at_the_word_before_is_labelled_so():
    reading = make_reading(looking({2: 1, 3: 2, 4: 3, 5: 4}, 7, weight=0.7), WORDS)
    assert score(reading, "previous") == pytest.approx(0.7)
    assert label_of(reading) == "previous"


def test_rows_of_cls_and_sep_do_not_count():
    rows = looking({1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 0: 6, 6: 0}, 7)
    reading = make_reading(rows, WORDS)
    assert score(reading, "self") == pytest.approx(1)
    assert score(reading, "cls") == pytest.approx(0)
    assert score(reading, "sep") == pytest.approx(0)


def test_special_targets_take_what_every_ordinary_word_gives_them():
    reading = make_reading(looking(dict.fromkeys(range(1, 6), 6), 7, 0.6), WORDS)
    assert score(reading, "sep") == pytest.approx(0.6)
    assert score(reading, "cls") == pytest.approx(0.4 / 6)
    assert label_of(reading) == "sep"


def test_only_words_that_occur_again_count_for_repeat():
    reading = make_reading(looking({1: 4, 4: 1}, 7, weight=0.8), WORDS)
    reading = replace(reading, ids=(101, 1, 2, 3, 1, 4, 102))
    assert score(reading, "repeat") == pytest.approx(0.8)
    assert chance(reading, "repeat") == pytest.approx(1 / 7)


def test_a_role_without_any_target_is_empty_not_zero():
    reading = make_reading(looking({}, 7), WORDS)
    for role in ("mask", "punctuation", "word"):
        assert np.isnan(score(reading, role))
        assert np.isnan(chance(reading, role))
    assert label_of(reading) == BROAD


def test_a_mask_does_not_count_as_its_own_target():
    words = "the [MASK] saw the cat"
    reading = make_reading(looking({1: 2, 2: 2, 3: 2, 4: 2, 5: 2}, 7), words)
    assert score(reading, "mask") == pytest.approx(1)  # 4 rows, not 5
    alone = make_reading(looking({2: 2}, 7), words)
    assert score(alone, "mask") == pytest.approx(1 / 7)


def test_punctuation_is_summed_and_leaves_itself_out():
    words = "dogs , cats ."  # positions 1 to 4 of 6
    rows = looking({}, 6)
    rows[0, 0, 1] = [0, 0, 0.5, 0, 0.5, 0]  # "dogs": half to each mark
    rows[0, 0, 2] = [0, 0, 1, 0, 0, 0]  # ",": all to itself
    reading = make_reading(rows, words)
    assert score(reading, "punctuation") == pytest.approx((1 + 0 + 2 / 6 + 1 / 6) / 4)
    assert chance(reading, "punctuation") == pytest.approx((2 + 1 + 2 + 1) / 6 / 4)


def test_pieces_look_at_the_other_pieces_of_their_word():
    reading = make_reading(looking({2: 3, 3: 2}, 7, 0.9), "a slow ##ly ##s cat")
    reading = replace(reading, word_ids=(None, 0, 1, 1, 1, 2, None))
    # Of three pieces two give 0.9 to one other and 0.1 / 6 to the second; the third
    # gives 1/7 to each of the two.
    expected = (2 * (0.9 + 0.1 / 6) + 2 / 7) / 3
    assert score(reading, "word") == pytest.approx(expected)


def test_chance_is_the_score_of_evenly_spread_attention():
    roles = head_roles(make_reading(looking({}, 7), WORDS))
    np.testing.assert_allclose(roles.scores[0, 0], roles.chance, rtol=1e-5)
    assert roles.chance[NAMES.index("next")] == pytest.approx(1 / 7)


def test_entropy_is_one_for_even_rows_and_zero_for_single_minded_ones():
    even = head_roles(make_reading(looking({}, 7), WORDS))
    assert even.entropy[0, 0] == pytest.approx(1)
    rows = looking(dict.fromkeys(range(1, 6), 0), 7)
    assert head_roles(make_reading(rows, WORDS)).entropy[0, 0] == pytest.approx(0)


def test_entropy_of_halves_is_ln_2_over_ln_n():
    rows = looking({}, 7)
    rows[0, 0, 1:6] = [0.5, 0, 0, 0, 0, 0, 0.5]
    entropy = head_roles(make_reading(rows, WORDS)).entropy[0, 0]
    assert entropy == pytest.approx(np.log(2) / np.log(7))


def test_a_head_with_no_strong_role_is_mixed():
    rows = looking({}, 7)
    rows[0, 0, 1:6] = [0.35, 0, 0, 0, 0.3, 0, 0.35]
    assert label_of(make_reading(rows, WORDS)) == MIXED


def test_two_fifths_are_not_a_role_where_chance_gives_a_third():
    # One word: [CLS], "dog", [SEP]. 40% to itself is 1.2 times chance.
    rows = np.array([[1, 1, 1], [0.9, 1.2, 0.9], [1, 1, 1]])[None, None] / 3
    assert label_of(make_reading(rows, "dog")) == BROAD


def test_every_head_of_every_layer_gets_a_label_of_its_own():
    ahead = looking({1: 2, 2: 3, 3: 4, 4: 5}, 7)
    back = looking({2: 1, 3: 2, 4: 3, 5: 4}, 7)
    attention = np.concatenate(
        [np.concatenate([ahead, back], axis=1), np.concatenate([back, ahead], axis=1)]
    )
    labels = head_roles(make_reading(attention, WORDS)).labels
    assert labels.tolist() == [["next", "previous"], ["previous", "next"]]


def test_the_bundled_models_known_heads_get_their_known_roles(bundled_engine):
    # The model's own README: next word 3-10, previous word 1-3.
    reading = bundled_engine.read("The turtle moved slowly across the [MASK].")
    labels = head_roles(reading).labels
    assert (labels[2, 9], labels[0, 2]) == ("next", "previous")


def test_the_table_of_heads_has_a_row_for_each_head_counted_from_one(bundled_engine):
    reading = bundled_engine.read("The turtle moved slowly across the [MASK].")
    frame = roles_frame(reading, head_roles(reading))
    assert list(frame.columns) == [
        *("layer", "head", "label", "previous", "next", "self", "cls", "sep"),
        *("mask", "punctuation", "word", "repeat", "entropy"),
    ]
    assert len(frame) == 144
    known = frame[(frame["layer"] == 3) & (frame["head"] == 10)].iloc[0]
    assert known["label"] == "next"
    assert known["next"] > 0.8
    assert np.isnan(known["word"])
