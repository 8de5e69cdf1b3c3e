"""What follows from a reading in a view: kept for the next click, and not for ever."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from attention.heads.roles import NAMES
from attention.pictures.colors import GRAY, MAGMA
from attention.pictures.overview import overview_png
from attention.views import HIDDEN, SHOWN
from components.session import seen
from components.session.seen import see
from tests.support.making import make_reading

PLAIN = (False, SHOWN)


@pytest.fixture(autouse=True)
def kept():
    """The cache, empty before and after."""
    seen._kept.clear()
    yield seen._kept
    seen._kept.clear()


@pytest.fixture
def reading():
    """[CLS] the dog . [SEP] in which each token gives all to the next."""
    weights = np.eye(5)[None, None, [1, 2, 3, 4, 4]]
    made = make_reading(weights, "the dog .")
    return replace(
        made,
        text="the dog.",
        word_ids=(None, 0, 1, 2, None),
        spans=((0, 0), (0, 3), (4, 7), (7, 8), (0, 0)),
    )


def test_a_reading_is_seen_with_its_roles_its_picture_and_no_words_about_it(reading):
    found = see(reading, PLAIN, MAGMA)
    assert found.reading.tokens == ("[CLS]", "the", "dog", ".", "[SEP]")
    assert found.roles.labels.tolist() == [["next"]]
    assert found.roles.scores[0, 0, NAMES.index("next")] == 1
    assert found.picture == overview_png(reading.attention, MAGMA)
    assert found.about == ""


def test_the_next_click_finds_what_was_seen(reading):
    assert see(reading, PLAIN, MAGMA) is see(reading, PLAIN, MAGMA)


def test_views_and_colours_are_seen_apart(reading):
    plain, hidden = see(reading, PLAIN, MAGMA), see(reading, (False, HIDDEN), MAGMA)
    gray = see(reading, PLAIN, GRAY)
    assert hidden.reading.tokens == ("the", "dog")
    assert hidden.about
    assert gray.picture == overview_png(reading.attention, GRAY) != plain.picture
    assert see(reading, PLAIN, MAGMA) is plain
    assert see(reading, (False, HIDDEN), MAGMA) is hidden


def test_another_reading_of_the_same_text_is_seen_anew(reading):
    before = see(reading, PLAIN, MAGMA)
    # As after the model's files were changed, or its own cache dropped the reading.
    weights = np.eye(5)[None, None, [0, 0, 1, 2, 3]]
    now = replace(reading, attention=weights.astype(np.float32))
    after = see(now, PLAIN, MAGMA)
    assert after is not before
    assert after.roles.labels.tolist() == [["previous"]]
    assert see(now, PLAIN, MAGMA) is after


def test_what_is_kept_keeps_no_reading_of_another_cache_alive(reading, kept):
    hidden = (False, HIDDEN)  # whose tokens are others, in a reading of its own
    own = replace(reading)
    see(own, hidden, MAGMA)
    gone = weakref.ref(own)
    del own
    gc.collect()
    assert gone() is None
    assert len(kept) == 1


def test_what_is_kept_takes_no_more_than_its_bound(reading, kept, monkeypatch):
    size = kept.getsizeof(see(reading, PLAIN, MAGMA))
    assert size == reading.attention.nbytes + len(overview_png(reading.attention))
    small = type(kept)(3 * size, kept.getsizeof)
    monkeypatch.setattr(seen, "_kept", small)
    many = [replace(reading, text=f"{i}") for i in range(9)]
    for one in many:
        see(one, PLAIN, MAGMA)
        assert small.currsize <= 3 * size
    assert len(small) == 3
    assert kept.maxsize == seen.KEPT_BYTES


def test_what_is_larger_than_the_bound_is_shown_and_not_kept(
    reading, kept, monkeypatch
):
    monkeypatch.setattr(seen, "KEPT_BYTES", 10)
    assert see(reading, PLAIN, MAGMA).roles.labels.tolist() == [["next"]]
    assert len(kept) == 0
