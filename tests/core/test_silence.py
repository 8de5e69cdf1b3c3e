"""Silent heads: hand-computed numbers, and runs held to single readings."""

import numpy as np
import pytest

from attention.heads.ablation import (
    divergence,
    each_head_ablated,
    gates_without,
    top_word_change,
)
from attention.heads.effects import compare_words, effects_frame
from attention.reading import MAX_K, Head, Prediction


def words(**shares: float) -> list[Prediction]:
    return [Prediction(token, 0, share, "") for token, share in shares.items()]


def test_gates_are_one_but_for_silent_heads():
    assert gates_without((2, 3), [Head(0, 2), Head(1, 0)]).tolist() == [
        [1, 1, 0],
        [0, 1, 1],
    ]


def test_each_run_lacks_one_head():
    gates = each_head_ablated((2, 2))
    assert gates.shape == (4, 2, 2)
    assert gates[2].tolist() == [[1, 1], [0, 1]]


def test_words_are_compared_in_points_and_new_and_lost_ones_are_marked():
    before = words(river=0.5, sea=0.25, path=0.125)
    after = words(river=0.25, path=0.375, road=0.125, sea=0.0625)
    after.sort(key=lambda p: -p.probability)
    frame = compare_words(before, after, k=2)
    assert frame["word"].tolist() == ["river", "sea", "path"]
    assert frame["points"].tolist() == [-25, -18.75, 25]
    assert frame["note"].tolist() == ["", "lost", "new"]


def test_a_word_beyond_the_listed_ones_has_no_number():
    frame = compare_words(words(river=0.5), words(road=0.5), k=1)
    assert np.isnan(frame["points"]).all()


def test_the_change_is_that_of_the_likeliest_word_before():
    before = np.array([0.1, 0.6, 0.3])
    after = np.array([[0.1, 0.5, 0.4], [0.0, 0.9, 0.1]])
    assert top_word_change(before, after).tolist() == pytest.approx([-0.1, 0.3])


def test_divergence_of_a_fair_from_a_loaded_coin():
    # KL((1/2, 1/2) || (1/4, 3/4)) = ln 2 - ln(3)/2
    found = divergence(np.array([0.5, 0.5]), np.array([[0.25, 0.75], [0.5, 0.5]]))
    assert found.tolist() == pytest.approx([np.log(2) - np.log(3) / 2, 0])


def test_effects_name_heads_from_one_with_the_strongest_first():
    frame = effects_frame(
        (2, 2), np.array([0, -0.1, 0.2, 0]), np.array([0.1, 0.3, 0.2, 0])
    )
    heads = frame[["layer", "head"]].to_numpy().tolist()
    assert heads == [[1, 2], [2, 1], [1, 1], [2, 2]]
    assert frame["points"].tolist() == pytest.approx([-10, 20, 0, 0])


def test_runs_in_batches_equal_readings_with_the_same_gates(
    bundled_engine, monkeypatch
):
    text = "The turtle moved [MASK] across the [MASK]."
    gates = each_head_ablated((12, 12))[[0, 33, 143]]
    # Room for two runs at a time, so that three need two batches.
    monkeypatch.setattr("model_cache.engine.RUNS_BYTES", 700_000)
    found = list(bundled_engine.probabilities(text, gates))
    assert [(start, len(runs)) for start, runs in found] == [(0, 2), (2, 1)]
    runs = np.concatenate([runs for _, runs in found])
    np.testing.assert_allclose(runs.sum(axis=-1), 1, atol=1e-5)
    for gate, run in zip(gates, runs, strict=True):
        reading = bundled_engine.read(text, MAX_K, gate)
        for mask, predictions in zip(run, reading.predictions, strict=True):
            for prediction in predictions:
                assert mask[prediction.id] == pytest.approx(
                    prediction.probability, abs=1e-5
                )
