"""Intervals and luck, against numbers that others computed."""

from itertools import product

import numpy as np
import pytest

from attention.evidence import chance_of_any, tails, tries_needed, wilson


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


def test_luck_counts_every_way_to_hit():
    p = [0.5, 0.25, 0.1]
    by_hand = np.zeros(4)
    for ways in product([0, 1], repeat=3):
        chance = np.prod([a if hit else 1 - a for a, hit in zip(p, ways, strict=True)])
        by_hand[: sum(ways) + 1] += chance
    np.testing.assert_allclose(tails(p), by_hand)


def test_luck_with_equal_chances_is_the_binomial_distribution():
    # Five or more heads in ten tosses of a coin: 638 of 1024 ways.
    assert tails([0.5] * 10)[5] == pytest.approx(638 / 1024)


def test_some_head_of_many_is_lucky_more_often_than_one():
    assert chance_of_any(np.array(0.01), 144) == pytest.approx(1 - 0.99**144)
    assert chance_of_any(np.array(1e-12), 144) == pytest.approx(1.44e-10)
    assert chance_of_any(np.array(1.0), 144) == 1


def test_as_many_tries_are_needed_as_make_luck_of_144_heads_unlikely():
    # One of 8 words each time: 1 - (1 - 8^-3)^144 = 0.25, with 4 tries 0.035.
    assert tries_needed([1 / 8] * 2, 144) == 4
    assert tries_needed([1.0], 144) is None
