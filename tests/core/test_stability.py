from collections import Counter

import numpy as np

from attention.heads.roles import NAMES, HeadRoles, head_roles
from attention.heads.stability import describe_spread, spread, varied_sentences
from attention.reading import Head


def scored(role: str, score: float, label: str) -> HeadRoles:
    """Roles of a single head, with one score."""
    scores = np.zeros((1, 1, len(NAMES)))
    scores[0, 0, NAMES.index(role)] = score
    return HeadRoles(scores, scores[0, 0], np.ones((1, 1)), np.array([[label]]))


def test_scores_and_labels_are_gathered_over_sentences():
    readings = [scored("next", 0.9, "next"), scored("next", 0.3, "mixed")]
    found = spread(readings, Head(0, 0), "next")
    assert found.scores.tolist() == [0.9, 0.3]
    assert found.labels == Counter(next=1, mixed=1)


def test_sentences_without_a_target_do_not_count():
    readings = [scored("mask", np.nan, "mixed"), scored("mask", 0.5, "mask")]
    assert spread(readings, Head(0, 0), "mask").scores.tolist() == [0.5]


def test_the_spread_is_said_with_its_middle_and_range():
    shares = np.linspace(0, 1, 11)  # 0.1 and 0.9 are its tenth and ninetieth
    readings = [scored("next", s, "next" if s > 0.35 else "mixed") for s in shares]
    assert describe_spread(spread(readings, Head(0, 0), "next")) == (
        "Over 11 other sentences, next takes 50% of its attention in the middle one, "
        "10% to 90% in eight of ten. The head is labelled next in 7 of 11."
    )


def test_no_target_anywhere_is_said():
    found = spread([scored("mask", np.nan, "broad")], Head(0, 0), "mask")
    assert describe_spread(found) == "None of the 1 sentences has a target for mask."


def test_there_are_50_different_sentences_that_the_model_reads(bundled_engine):
    sentences = varied_sentences()
    assert len(set(sentences)) == 50
    readings = bundled_engine.read_many(sentences)
    assert max(reading.n_tokens for reading in readings) <= 32
    # The bundled model's next-word head keeps its role, as its README says: 0.93.
    found = spread([head_roles(r) for r in readings], Head(2, 9), "next")
    assert np.median(found.scores) > 0.8
    assert found.labels["next"] >= 45
