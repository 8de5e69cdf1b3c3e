"""Long format, as a frame and as a CSV that gives back what it was made from."""

import csv
import io

import numpy as np
import pandas as pd
import pytest

from attention.exports import (
    all_heads_csv,
    head_csv,
    original_cell,
    read_csv,
    safe_cell,
)
from attention.heads.frames import head_frame, heads_frame
from attention.reading import Head, Reading

COLUMNS = ["layer", "head", "query", "key", "query_token", "key_token", "score"]
ODD_TOKENS = ("=", "-", "=1+1", "'s", "'", '"', ",", "null", "a,b", "##ş", "中", "@x")


def make_reading(tokens=ODD_TOKENS, shape=(2, 3)) -> Reading:
    n = len(tokens)
    rng = np.random.default_rng(8)
    attention = rng.dirichlet(np.full(n, 0.05), (*shape, n)).astype(np.float32)
    return Reading("text", "model", tokens, (), (), (), (), (), attention)


def test_all_heads_csv_gives_back_the_same_numbers_and_tokens():
    reading = make_reading()
    frame = read_csv(io.BytesIO(all_heads_csv(reading)))
    assert list(frame.columns) == COLUMNS
    scores = frame["score"].to_numpy()
    assert scores.dtype == np.float32
    np.testing.assert_array_equal(
        scores.reshape(reading.attention.shape), reading.attention
    )
    heads = [head_frame(reading, Head(layer, head)) for layer, head in np.ndindex(2, 3)]
    expected = pd.concat(heads, ignore_index=True)
    pd.testing.assert_frame_equal(frame, expected, check_dtype=False, check_exact=True)


def test_a_plain_csv_reader_gets_the_same_scores():
    reading = make_reading()
    lines = csv.DictReader(io.StringIO(all_heads_csv(reading).decode()))
    scores = [np.float32(line["score"]) for line in lines]
    np.testing.assert_array_equal(scores, reading.attention.ravel())


def test_one_heads_csv_counts_heads_from_1_and_positions_from_0():
    reading = make_reading(tokens=("a", "b"))
    lines = list(csv.DictReader(io.StringIO(head_csv(reading, Head(1, 2)).decode())))
    assert len(lines) == 4
    line = lines[1]
    assert (line["layer"], line["head"]) == ("2", "3")
    assert (line["query"], line["key"]) == ("0", "1")
    assert (line["query_token"], line["key_token"]) == ("a", "b")
    assert np.float32(line["score"]) == reading.attention[1, 2, 0, 1]


def test_no_cell_of_a_csv_starts_like_a_formula():
    tokens = ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", "'=1")
    lines = csv.reader(io.StringIO(head_csv(make_reading(tokens), Head(0, 0)).decode()))
    for line in list(lines)[1:]:
        assert line[4].startswith("'")
        assert line[5].startswith("'")


@pytest.mark.parametrize("token", ["-", "=", "+", "@", "'", '"', "##-", "table"])
def test_ordinary_tokens_are_written_as_they_are(token):
    assert safe_cell(token) == token


@pytest.mark.parametrize("token", [*ODD_TOKENS, "''", "'=1", "''=1", "-1", "\t"])
def test_a_protected_cell_gives_back_its_token(token):
    assert original_cell(safe_cell(token)) == token


def test_a_table_of_heads_counts_them_from_1_layer_by_layer():
    weights = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    frame = heads_frame((2, 3), weight=weights, number=np.arange(6), n=7)
    assert list(frame.columns) == ["layer", "head", "weight", "number", "n"]
    assert frame.to_numpy().tolist() == [
        [1, 1, 0.1, 0, 7],
        [1, 2, 0.2, 1, 7],
        [1, 3, 0.3, 2, 7],
        [2, 1, 0.4, 3, 7],
        [2, 2, 0.5, 4, 7],
        [2, 3, 0.6, 5, 7],
    ]


def test_a_model_has_the_heads_within_its_shape_alone():
    shape = (2, 3)
    assert Head(0, 0).is_within(shape)
    assert Head(1, 2).is_within(shape)
    outside = [Head(2, 0), Head(0, 3), Head.numbered(0, 1), Head.numbered(1, 0)]
    assert not any(head.is_within(shape) for head in outside)
