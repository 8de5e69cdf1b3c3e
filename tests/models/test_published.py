"""A published number that is missed is told beside what was measured."""

import numpy as np
import pytest

from attention.reading import Guess, Prediction
from tests.support.published import compare_cells, compare_words, do_without

WORDS = {
    "text": "A [MASK].",
    "source": "a page",
    "tolerance": 0.01,
    "top": [{"token": "cat", "score": 0.5}, {"token": "dog", "score": 0.25}],
}
CELLS = {
    "text": "A cat.",
    "source": "a page",
    "tolerance": 0.01,
    "cells": [
        {"from": 0, "to": 1, "from_token": "a", "to_token": "cat", "weight": 0.9},
        {"from": 1, "to": 0, "from_token": "cat", "to_token": "a", "weight": 0.3},
    ],
}


def compared(*found: tuple[str, float], fact: dict = WORDS) -> tuple[bool, list[str]]:
    """Compare the fact with these words; return the verdict and the table's rows."""
    predictions = [Prediction(word, 0, p, "") for word, p in found]
    known = {"cat": Guess("cat", 0.5, 1)}
    agree, told = compare_words(fact, predictions, known.get)
    return agree, told.splitlines()[4:]


def test_the_published_words_within_their_tolerance_agree():
    agree, rows = compared(("cat", 0.491), ("dog", 0.259))
    assert agree
    assert rows == [
        "1  cat        0.5000  0.5000  1          cat         0.4910  agrees",
        "2  dog        0.2500  -       -          dog         0.2590  agrees",
    ]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([("cat", 0.48), ("dog", 0.25)], ["DIFFERS", "agrees"]),
        ([("cat", 0.5), ("cow", 0.25)], ["agrees", "DIFFERS"]),
        ([("dog", 0.25), ("cat", 0.5)], ["DIFFERS", "DIFFERS"]),
    ],
    ids=["other probability", "other word", "other order"],
)
def test_the_row_of_a_word_that_differs_says_so(found, said):
    agree, rows = compared(*found)
    assert not agree
    assert [row.split()[-1] for row in rows] == said


def test_words_published_without_probabilities_are_held_to_their_order_alone():
    top = [{"token": "cat"}, {"token": "dog"}]
    fact = {"text": "A [MASK].", "source": "a page", "top": top}
    assert compared(("cat", 0.1), ("dog", 0.01), fact=fact)[0]
    assert not compared(("dog", 0.1), ("cat", 0.01), fact=fact)[0]


def test_a_cell_that_differs_has_its_weight_beside_the_published_one():
    agree, told = compare_cells(CELLS, np.array([[0.0, 0.905], [0.5, 0.5]]))
    assert not agree
    assert told == (
        "A cat.\nSource: a page\nTolerance: 0.01\n"
        "from -> to  published  here    difference\n"
        "a -> cat    0.9000     0.9050  0.0050      agrees\n"
        "cat -> a    0.3000     0.5000  0.2000      DIFFERS"
    )
    assert compare_cells(CELLS, np.array([[0.0, 0.905], [0.3, 0.7]]))[0]


def test_a_model_that_is_not_here_fails_the_tests_that_were_asked_for_by_name():
    with pytest.raises(pytest.fail.Exception, match="mask.py --model some-bert"):
        do_without("some-bert", "hub")
    for markers in ("", "not browser and not slow"):
        with pytest.raises(pytest.skip.Exception):
            do_without("some-bert", markers)
