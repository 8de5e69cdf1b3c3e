"""Intervals and luck, against numbers that others computed."""

from itertools import product
from math import comb

import numpy as np
import pytest

from attention.evidence import sample_size, sidak, sign_test, survival, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        # Newcombe 1998, "Two-sided confidence intervals for the single proportion",
        # table I, method 3 (the score interval).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_the_interval_is_wilsons_as_published(hits, n, low, high):
    found = wilson(np.array(hits), n)
    assert np.round(found, 4).tolist() == pytest.approx([low, high], abs=1e-4)


def test_an_interval_of_all_or_nothing_ends_exactly_there():
    for n in range(1, 2001):
        low, high = wilson(np.array([0, n]), n)
        assert (low[0], high[1]) == (0, 1)


def test_luck_counts_every_way_to_hit():
    p = [0.5, 0.25, 0.1]
    by_hand = np.zeros(4)
    for ways in product([0, 1], repeat=3):
        chance = np.prod([a if hit else 1 - a for a, hit in zip(p, ways, strict=True)])
        by_hand[: sum(ways) + 1] += chance
    np.testing.assert_allclose(survival(p), by_hand)


def test_luck_with_equal_chances_is_the_binomial_distribution():
    # Five or more heads in ten tosses of a coin: 638 of 1024 ways.
    assert survival([0.5] * 10)[5] == pytest.approx(638 / 1024)


def test_luck_over_two_thousand_sentences_is_neither_rounded_off_nor_lost():
    at_least = survival([1 / 9] * 2000)
    assert len(at_least) == 2001
    for hits in (222, 260, 600):
        ways = sum(comb(2000, k) * 8 ** (2000 - k) for k in range(hits, 2001))
        assert at_least[hits] == pytest.approx(ways / 9**2000, rel=1e-9)


@pytest.mark.parametrize(
    ("ahead", "behind", "luck"),
    [
        (3, 1, 5 / 16),
        (0, 0, 1),
        (1, 3, 15 / 16),
        (5, 0, 1 / 32),
        # Siegel 1956, "Nonparametric Statistics", table D: 3 or fewer of 14.
        (11, 3, 0.029),
    ],
)
def test_a_lead_is_lucky_as_often_as_tosses_of_a_coin(ahead, behind, luck):
    assert sign_test(ahead, behind) == pytest.approx(luck, abs=5e-4)


def test_some_head_of_many_is_lucky_more_often_than_one():
    assert sidak(np.array(0.01), 144) == pytest.approx(1 - 0.99**144)
    assert sidak(np.array(1e-12), 144) == pytest.approx(1.44e-10)
    assert sidak(np.array(1.0), 144) == 1


def test_as_many_tries_are_needed_as_make_luck_of_144_heads_unlikely():
    # One of 8 words each time: 1 - (1 - 8^-3)^144 = 0.25, with 4 tries 0.035.
    assert sample_size([1 / 8] * 2, 144) == 4
    # Of 4 and of 16 words by turns are like 8 each time.
    assert sample_size([1 / 4, 1 / 16], 144) == 4
    # One head alone: 1/8 is not under 0.05, 1/64 is.
    assert sample_size([1 / 8], 1) == 2
    assert sample_size([1.0], 144) is None
