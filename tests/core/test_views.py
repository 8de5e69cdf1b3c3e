"""Views of a reading, on numbers to check by hand."""

from dataclasses import replace

import numpy as np
import pytest

from attention.exports import file_name
from attention.heads.roles import head_roles
from attention.reading import Head
from attention.views import (
    HIDDEN,
    RENORMALISED,
    SHOWN,
    SPECIALS,
    NothingLeft,
    describe_view,
    hide_specials,
    join_pieces,
    view,
)
from tests.support.making import make_reading


@pytest.fixture
def pieces():
    """[CLS] slow ##ly . [SEP], with rows that are easy to add."""
    rows = [
        [0.2, 0.2, 0.2, 0.2, 0.2],
        [0.1, 0.2, 0.3, 0.4, 0.0],
        [0.3, 0.0, 0.1, 0.2, 0.4],
        [0.5, 0.1, 0.1, 0.1, 0.2],
        [0.2, 0.2, 0.2, 0.2, 0.2],
    ]
    reading = make_reading(np.array(rows)[None, None], "slow ##ly .")
    return replace(
        reading,
        text="slowly.",
        word_ids=(None, 0, 0, 1, None),
        spans=((0, 0), (0, 4), (4, 6), (6, 7), (0, 0)),
    )


def test_attention_to_a_word_is_a_sum_and_from_a_word_a_mean(pieces):
    joined = join_pieces(pieces)
    assert joined.tokens == ("[CLS]", "slowly", ".", "[SEP]")
    np.testing.assert_allclose(
        joined.attention[0, 0],
        [
            [0.2, 0.4, 0.2, 0.2],
            [0.2, 0.3, 0.3, 0.2],
            [0.5, 0.2, 0.1, 0.2],
            [0.2, 0.4, 0.2, 0.2],
        ],
        atol=1e-6,
    )
    assert joined.spans[1] == (0, 6)


def test_joining_words_of_one_piece_changes_nothing():
    reading = make_reading(np.full((1, 1, 6, 6), 1 / 6))
    assert join_pieces(reading) is reading


def test_hidden_tokens_leave_rows_and_columns(pieces):
    hidden = hide_specials(pieces, renormalise=False)
    assert hidden.tokens == ("slow", "##ly")
    np.testing.assert_allclose(hidden.attention[0, 0], [[0.2, 0.3], [0.0, 0.1]])


def test_renormalised_rows_sum_to_one_again(pieces):
    hidden = hide_specials(pieces, renormalise=True)
    np.testing.assert_allclose(
        hidden.attention[0, 0], [[0.4, 0.6], [0.0, 1.0]], atol=1e-6
    )


def test_a_row_that_gave_all_to_hidden_tokens_stays_zero(pieces):
    rows = pieces.attention.copy()
    rows[0, 0, 1] = [1, 0, 0, 0, 0]
    hidden = hide_specials(replace(pieces, attention=rows), renormalise=True)
    assert hidden.attention[0, 0, 0].tolist() == [0, 0]


def test_masks_are_found_in_every_view(bundled_engine):
    reading = bundled_engine.read("Unbelievably, the [MASK] moved, [MASK]!")
    for join in (False, True):
        for specials in SPECIALS:
            seen = view(reading, join, specials)
            assert [seen.tokens[i] for i in seen.mask_positions] == ["[MASK]"] * 2
            assert seen.predictions == reading.predictions
            starts = [seen.spans[i][0] for i in seen.mask_positions]
            assert starts == [reading.spans[i][0] for i in reading.mask_positions]


def test_rows_of_joined_and_of_renormalised_views_sum_to_one(bundled_engine):
    reading = bundled_engine.read("The unbelievably slow turtle moved across [MASK].")
    for join, specials in ((True, SHOWN), (True, RENORMALISED), (False, RENORMALISED)):
        sums = view(reading, join, specials).attention.sum(axis=-1)
        np.testing.assert_allclose(sums, 1, atol=1e-4)
    hidden = view(reading, False, HIDDEN).attention.sum(axis=-1)
    assert (hidden < 1 + 1e-4).all()
    assert hidden.mean() < 0.9


def test_the_view_as_it_is_changes_nothing(bundled_engine):
    reading = bundled_engine.read("The turtle moved.")
    seen = view(reading, False, SHOWN)
    assert seen.attention is reading.attention
    assert seen.view == ()
    assert describe_view(seen.view) == ""


def test_a_repeated_word_of_several_pieces_is_a_repeat_once_joined(bundled_engine):
    text = "Unbelievably slow, unbelievably cold."
    roles = head_roles(join_pieces(bundled_engine.read(text)))
    assert not np.isnan(roles.scores[..., 8]).any()
    assert np.isnan(roles.scores[..., 7]).all()  # no pieces are left


@pytest.mark.parametrize("text", [".", "?!", "..."])
def test_hiding_everything_is_refused_with_a_way_out(bundled_engine, text):
    with pytest.raises(NothingLeft, match="Show these again"):
        view(bundled_engine.read(text), False, HIDDEN)


def test_a_single_word_left_has_roles_and_no_division_by_zero(bundled_engine):
    seen = view(bundled_engine.read("Turtle."), False, RENORMALISED)
    assert seen.n_tokens == 1
    roles = head_roles(seen)
    assert np.isfinite(roles.entropy).all()


def test_a_view_says_what_it_does_to_the_numbers(pieces):
    said = describe_view(view(pieces, True, RENORMALISED).view)
    assert "the sum over its pieces" in said
    assert "divided by what is left" in said
    assert "sum to less than 1" in describe_view(view(pieces, False, HIDDEN).view)


def test_files_of_a_view_are_named_after_it(pieces):
    name = file_name(view(pieces, True, HIDDEN), "csv", Head(2, 9))
    assert name == "made-by-hand_slowly_words-hidden_layer3-head10.csv"
