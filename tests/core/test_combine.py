import numpy as np
import pytest

from attention.heads.combine import mean_of_heads, rollout
from attention.reading import Head
from tests.support.making import make_reading


def test_the_mean_is_taken_over_the_chosen_heads_alone():
    attention = np.zeros((2, 2, 3, 3))
    attention[0, 1], attention[1, 0], attention[1, 1] = 0.2, 0.6, 9
    reading = make_reading(attention, "dog")
    mean = mean_of_heads(reading, [Head(0, 1), Head(1, 0)])
    np.testing.assert_allclose(mean, np.full((3, 3), 0.4), rtol=1e-6)


def test_a_mean_of_no_heads_is_refused():
    with pytest.raises(ValueError, match="Choose one"):
        mean_of_heads(make_reading(np.ones((1, 1, 3, 3)), "dog"), [])


def test_rollout_of_two_layers_by_hand():
    swap, stay = [[0.0, 1.0], [1.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]]
    attention = np.array([[swap, swap], [swap, stay]])
    # Layer 1: half swap, half identity. Layer 2: the heads' mean is half swap, so
    # a quarter swap and three quarters identity. Their product, by hand:
    np.testing.assert_allclose(rollout(attention), [[0.5, 0.5], [0.5, 0.5]])
    np.testing.assert_allclose(rollout(attention[1:]), [[0.75, 0.25], [0.25, 0.75]])


def test_rollouts_rows_sum_to_one(bundled_engine):
    attention = bundled_engine.read("The turtle moved slowly.").attention
    np.testing.assert_allclose(rollout(attention).sum(axis=-1), 1, atol=1e-4)
