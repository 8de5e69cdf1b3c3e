import numpy as np
import pytest

from attention.heads.search import heads_for_pair
from tests.support.making import make_reading

# Two layers of two heads over "[CLS] the dog [SEP]"; from "dog" (2) to "the" (1):
# 0.25, 0.75, 0.5, 0.
ROWS = {(0, 0): 0.25, (0, 1): 0.75, (1, 0): 0.5, (1, 1): 0.0}


@pytest.fixture
def reading():
    attention = np.full((2, 2, 4, 4), 0.25)
    for (layer, head), weight in ROWS.items():
        attention[layer, head, 2] = (1 - weight) / 3
        attention[layer, head, 2, 1] = weight
    return make_reading(attention, "the dog")


def test_heads_are_ranked_by_what_one_token_gives_to_the_other(reading):
    ranked = heads_for_pair(reading, query=2, key=1)
    order = list(zip(ranked["layer"], ranked["head"], strict=True))
    assert order == [(1, 2), (2, 1), (1, 1), (2, 2)]
    assert ranked["weight"].tolist() == pytest.approx([0.75, 0.5, 0.25, 0])


def test_chance_is_an_even_share_of_all_tokens(reading):
    times = heads_for_pair(reading, query=2, key=1)["times_chance"]
    assert times.tolist() == pytest.approx([3, 2, 1, 0])


def test_the_largest_weight_of_a_row_is_marked(reading):
    assert heads_for_pair(reading, 2, 1)["is_most"].tolist() == [
        *(True, True, True),  # the third is an even row: every key gets the most
        False,
    ]


def test_the_other_direction_is_another_question(reading):
    assert heads_for_pair(reading, query=1, key=2)["weight"].tolist() == [0.25] * 4
