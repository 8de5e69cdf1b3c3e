"""Counts that are added, summarized, written and read again."""

import io
import zipfile
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attention.atlas.rates import FARTHEST, LABELS, LEAST_INSTANCES
from attention.heads.roles import NAMES
from corpus.counts import HABITS, MOST_MALFORMED, Counts

SHAPE = (2, 3)


def some(seed: int, names: Sequence[str] = ("det", "obj")) -> Counts:
    """Counts of random numbers, among them halves that floats hold exactly."""
    rng = np.random.default_rng(seed)
    counts = Counts.none(SHAPE)
    counts.sentences += rng.integers(0, 9, 2)
    for name in names:
        relation = counts.relation(name)
        for array in (relation.instances, relation.hits, relation.offsets):
            array += rng.integers(0, 99, array.shape)
    counts.habit_sentences += rng.integers(1, 9, len(NAMES))
    counts.habit_sums += rng.integers(0, 99, counts.habit_sums.shape) / 2
    counts.habit_squares += rng.integers(0, 99, counts.habit_squares.shape) / 2
    counts.labels += rng.integers(0, 9, counts.labels.shape)
    counts.skipped["odd “lines”"] += seed
    counts.malformed.append(f"file {seed}, line 1: \u2028 “odd”")
    return counts


def assert_equal(one: Counts, other: Counts) -> None:
    assert list(one.relations) == list(other.relations)
    for name, relation in one.relations.items():
        for part in ("instances", "hits", "offsets"):
            ours, theirs = (getattr(r, part) for r in (relation, other.relations[name]))
            np.testing.assert_array_equal(ours, theirs)
            assert ours.dtype == theirs.dtype
    for name in ("sentences", *HABITS):
        ours, theirs = getattr(one, name), getattr(other, name)
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype
    assert one.skipped == other.skipped
    assert one.malformed == other.malformed


def added(parts: Sequence[Counts]) -> Counts:
    total = Counts.none(SHAPE)
    for part in parts:
        total.add(part)
    return total


@pytest.mark.parametrize(
    "counts", [Counts.none(SHAPE), some(1), some(2, ["advmod.verb", "nmod:poss"])]
)
def test_what_is_written_is_read_again(counts):
    read = Counts.from_bytes(counts.to_bytes())
    assert_equal(read, counts)
    read.add(counts)  # and may be added to
    assert_equal(read, added([counts, counts]))


def test_counts_add_up_number_by_number():
    one, other = some(1, ["det", "obj"]), some(2, ["obj", "case"])
    total = added([one, other])
    assert list(total.relations) == ["det", "obj", "case"]
    for part in ("instances", "hits", "offsets"):
        det, obj, case = (getattr(r, part) for r in total.relations.values())
        np.testing.assert_array_equal(det, getattr(one.relations["det"], part))
        np.testing.assert_array_equal(case, getattr(other.relations["case"], part))
        np.testing.assert_array_equal(
            obj,
            getattr(one.relations["obj"], part) + getattr(other.relations["obj"], part),
        )
    for name in ("sentences", *HABITS):
        np.testing.assert_array_equal(
            getattr(total, name), getattr(one, name) + getattr(other, name)
        )
    assert total.skipped == {"odd “lines”": 3}
    assert total.malformed == one.malformed + other.malformed


@given(st.lists(st.integers(1, 99), min_size=1, max_size=6), st.data())
def test_counts_are_the_same_in_whatever_groups_they_are_added(seeds, data):
    # Sums of halves are exact, so that here even the floats are equal.
    groups, rest = [], [some(seed) for seed in seeds]
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        groups.append(added(rest[:size]))
        rest = rest[size:]
    assert_equal(added(groups), added([some(seed) for seed in seeds]))


def test_adding_leaves_what_is_added_as_it_was():
    one = some(1)
    total = added([one])
    total.add(some(2))
    assert_equal(one, some(1))


def test_no_more_malformed_sentences_are_told_than_fit():
    one, other = Counts.none(SHAPE), Counts.none(SHAPE)
    one.malformed += [f"one {i}" for i in range(MOST_MALFORMED - 1)]
    other.malformed += [f"other {i}" for i in range(MOST_MALFORMED)]
    assert added([one, other]).malformed == [*one.malformed, "other 0"]
    assert added([other, one]).malformed == other.malformed


def test_relations_are_frequent_from_fifty_instances_on_in_both_halves_together():
    assert LEAST_INSTANCES == 50
    counts = Counts.none(SHAPE)
    for name, instances in {
        "rare": (49, 0),
        "enough": (20, 30),
        "also": (50, 0),
        "most": (0, 51),
    }.items():
        counts.relation(name).instances[...] = instances
    # The most frequent first, of equals in the order of the alphabet.
    assert list(counts.frequent()) == ["most", "also", "enough"]


def test_habits_are_the_mean_and_the_spread_over_sentences():
    scores = [0.0, 0.1, 0.4, 0.4, 0.9]
    counts = Counts.none(SHAPE)
    for score in scores:
        counts.habit_sentences[0] += 1
        counts.habit_sums[1, 2, 0] += score
        counts.habit_squares[1, 2, 0] += score**2
    habits = counts.habits()
    assert habits.sentences.tolist() == [5] + [0] * (len(NAMES) - 1)
    assert habits.mean[1, 2, 0] == pytest.approx(0.36)
    assert habits.mean[1, 2, 0] == pytest.approx(np.mean(scores))
    assert habits.spread[1, 2, 0] == pytest.approx(np.std(scores))
    # A role that never had a target has no mean to speak of, and no NaN either.
    assert not habits.mean[..., 1:].any()
    assert not habits.spread[..., 1:].any()


def test_scores_that_are_all_equal_have_no_spread_however_they_round():
    counts = Counts.none(SHAPE)
    for _ in range(3):
        counts.habit_sentences += 1
        counts.habit_sums += 0.1
        counts.habit_squares += 0.1**2
    # Three times 0.1: the rounded mean of squares is a little under the mean's square.
    assert counts.habit_squares[0, 0, 0] / 3 < (counts.habit_sums[0, 0, 0] / 3) ** 2
    np.testing.assert_allclose(counts.habits().spread, 0, atol=1e-7)


@pytest.fixture(scope="module")
def written() -> bytes:
    return some(1).to_bytes()


@given(st.data())
def test_damaged_bytes_are_refused_or_harmless(written, data):
    damaged = bytearray(written)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] ^= data.draw(st.integers(1, 255))
    try:
        read = Counts.from_bytes(bytes(damaged))
    except ValueError:
        return
    assert_equal(read, some(1))  # only a date or the like was hit


@pytest.mark.parametrize("size", [0, 1, 4, 30, 1000, -1, -30])
def test_bytes_that_end_early_are_damaged(written, size):
    with pytest.raises(ValueError, match="damaged counts"):
        Counts.from_bytes(written[:size])


def npz(**arrays) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def npy(array) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, content in members.items():
            file.writestr(f"{name}.npy", content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"some text", id="a text"),
        pytest.param(npy(np.zeros(3)), id="one array"),
        pytest.param(npz(sentences=np.zeros(2)), id="other arrays"),
        pytest.param(npz(words=np.array("[1]")), id="words of another kind"),
        pytest.param(zipped(words=b"no array"), id="no arrays"),
    ],
)
def test_another_file_is_damaged(data):
    with pytest.raises(ValueError, match="damaged counts"):
        Counts.from_bytes(data)


@pytest.mark.parametrize("words", ["[]", "{", '{"names": 3, "skipped": 4}', "null"])
def test_other_words_are_damaged(words):
    counts = some(1)
    with np.load(io.BytesIO(counts.to_bytes())) as file:
        arrays = dict(file)
    with pytest.raises(ValueError, match="damaged counts"):
        Counts.from_bytes(npz(**arrays | {"words": np.array(words)}))


def test_counts_start_at_nothing():
    counts = Counts.none(SHAPE)
    assert counts.frequent() == {}
    assert counts.labels.shape == (*SHAPE, len(LABELS))
    relation = counts.relation("det")
    assert relation.n == 0
    assert relation.offsets.shape == (2, 2 * FARTHEST + 1)
    assert counts.relation("det") is relation
