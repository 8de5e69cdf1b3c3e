"""What holds for the heads of any reading: roles, ranks, differences, silence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention.exports import all_heads
from attention.heads.ablation import divergence
from attention.heads.combine import mean_of_heads, rollout
from attention.heads.compare import changed_heads, difference_frame, role_change
from attention.heads.effects import LOST, compare_words, effects_frame
from attention.heads.frames import head_frame, head_table, roles_frame
from attention.heads.roles import NAMES, head_roles
from attention.heads.search import heads_for_pair
from attention.heads.summary import describe_role, describe_strongest
from attention.reading import Prediction
from attention.views import seen_as
from tests.support.strategies import HEAD, ROUNDING, SHARES, TEXTS, VIEWS, read, usual


@given(TEXTS, VIEWS)
@usual
def test_scores_of_roles_are_shares(engine, text, how):
    seen, _ = seen_as(read(engine, text), *how)
    roles = head_roles(seen)
    scores = roles.scores[~np.isnan(roles.scores)]
    assert ((scores >= 0) & (scores <= 1 + ROUNDING)).all()
    assert ((roles.entropy >= -ROUNDING) & (roles.entropy <= 1 + ROUNDING)).all()
    assert set(roles.labels.ravel()) <= {*NAMES, "broad", "mixed"}
    frame = roles_frame(seen, roles)
    assert list(zip(frame["layer"], frame["head"], strict=True)) == [
        (layer + 1, head + 1) for layer in range(2) for head in range(4)
    ]


@given(TEXTS, VIEWS)
@usual
def test_every_head_is_told_in_words_without_a_missing_number(engine, text, how):
    seen, _ = seen_as(read(engine, text), *how)
    roles = head_roles(seen)
    names = "".join(seen.tokens).lower()
    for head in all_heads(seen):
        said = describe_role(roles, head) + describe_strongest(seen, head)
        assert "nan" in names or "nan%" not in said
        assert "inf%" not in said


@given(TEXTS, VIEWS, st.data())
@usual
def test_heads_ranked_for_a_token_share_out_its_row(engine, text, how, data):
    seen, _ = seen_as(read(engine, text), *how)
    query = data.draw(st.integers(0, seen.n_tokens - 1))
    ranked = [heads_for_pair(seen, query, key) for key in range(seen.n_tokens)]
    assert all(len(frame) == 8 for frame in ranked)
    assert all(frame["weight"].is_monotonic_decreasing for frame in ranked)
    total = sum(frame["weight"].sum() for frame in ranked)
    np.testing.assert_allclose(total, seen.attention[:, :, query].sum(), rtol=ROUNDING)
    assert sum(frame["is_most"].sum() for frame in ranked) >= 8


@given(TEXTS, VIEWS)
@usual
def test_a_head_as_a_frame_and_as_a_table_has_every_weight_once(engine, text, how):
    seen, _ = seen_as(read(engine, text), *how)
    frame, table = head_frame(seen, HEAD), head_table(seen, HEAD)
    assert len(frame) == seen.n_tokens**2
    assert table.columns.is_unique
    for sums in (frame.groupby("query")["score"].sum(), table.sum(axis=1)):
        np.testing.assert_allclose(sums, seen.attention[HEAD].sum(axis=-1), ROUNDING)


@given(TEXTS, TEXTS, VIEWS)
@usual
def test_two_sentences_differ_by_shares_and_one_from_itself_by_nothing(
    engine, one, other, how
):
    pair = [seen_as(read(engine, text), *how)[0] for text in (one, other)]
    roles = [head_roles(reading) for reading in pair]
    change = role_change(*roles)
    assert ((change >= 0) & (change <= 1 + ROUNDING)).all()
    assert not role_change(roles[0], roles[0]).any()
    assert len(changed_heads(*roles)) == 8
    if pair[0].n_tokens == pair[1].n_tokens:
        frame = difference_frame(*pair, HEAD)
        assert frame["score"].between(-1, 1).all()
    else:
        with pytest.raises(ValueError, match="equally many tokens"):
            difference_frame(*pair, HEAD)


@given(TEXTS, st.sets(st.tuples(st.integers(0, 1), st.integers(0, 3)), min_size=1))
@usual
def test_the_mean_of_heads_and_rollout_are_attention_again(engine, text, heads):
    reading = read(engine, text)
    for weights in (mean_of_heads(reading, heads), rollout(reading.attention)):
        assert ((weights >= 0) & (weights <= 1 + ROUNDING)).all()
        np.testing.assert_allclose(weights.sum(axis=-1), 1, atol=ROUNDING)


@st.composite
def predictions(draw) -> list[Prediction]:
    tokens = draw(st.lists(st.sampled_from("abcdef"), unique=True, min_size=1))
    chances = draw(st.lists(SHARES, min_size=len(tokens), max_size=len(tokens)))
    pairs = zip(tokens, sorted(chances, reverse=True), strict=True)
    return [Prediction(token, ord(token), chance, token) for token, chance in pairs]


@given(predictions(), predictions(), st.integers(1, 20))
@usual
def test_words_before_and_after_stand_once_each(before, after, k):
    frame = compare_words(before, after, k)
    top = {p.token for p in before[:k]}, {p.token for p in after[:k]}
    assert set(frame["word"]) == top[0] | top[1]
    assert frame["word"].is_unique
    assert set(frame["word"][frame["note"] == LOST]) == top[0] - top[1]


@given(st.lists(st.lists(st.floats(0.001, 1), min_size=6, max_size=6), min_size=2))
@usual
def test_a_distribution_diverges_from_others_alone(rows):
    weights = np.array(rows)
    before, *after = weights / weights.sum(axis=-1, keepdims=True)
    found = divergence(before, np.array([before, *after]))
    assert found[0] == 0
    assert (found >= -ROUNDING).all()
    frame = effects_frame((1, len(found)), found, found)
    assert frame["divergence"].is_monotonic_decreasing
    assert sorted(frame["head"]) == list(range(1, len(found) + 1))
