"""A head by its numbers, its short name and a smaller model's nearest one."""

import pytest

from attention.reading import Head
from components.session.url import renamed


@pytest.mark.parametrize(
    ("head", "short", "name"),
    [
        (Head(0, 0), "1-1", "Layer 1, head 1"),
        (Head(2, 9), "3-10", "Layer 3, head 10"),
        (Head(23, 15), "24-16", "Layer 24, head 16"),
    ],
)
def test_people_count_heads_from_one(head, short, name):
    assert (head.short, head.name) == (short, name)
    assert Head.from_short(short) == head
    assert "-".join(map(str, head.numbers)) == short


@pytest.mark.parametrize("short", ["03-010", "999-999", "0-1"])
def test_a_short_name_has_up_to_three_digits_on_either_side(short):
    layer, head = map(int, short.split("-"))
    assert Head.from_short(short) == (layer - 1, head - 1)


@pytest.mark.parametrize(
    "short",
    [
        *("", "3", "3-", "-3", "-", "3-10-2", "3--10", "3 - 10", "3-10 ", "3-10\n"),
        *("1e309", "3.0-1", "+3-10", "1000-1", "١-٢", "３-１０", "²-1", "x-y"),
    ],
)
def test_what_is_no_short_name_is_refused_with_an_example(short):
    with pytest.raises(ValueError, match="of the form “3-10”, a layer and a head"):
        Head.from_short(short)


@pytest.mark.parametrize(
    ("asked", "shape", "nearest"),
    [
        ("3-10", (12, 12), "3-10"),
        ("12-12", (12, 12), "12-12"),
        ("24-16", (12, 12), "12-12"),
        ("24-7", (12, 12), "12-7"),
        ("3-10", (12, 4), "3-4"),
        ("3-10", (2, 4), "2-4"),
        ("0-1", (12, 12), "1-1"),
        ("0-0", (12, 12), "1-1"),
        ("999-999", (1, 1), "1-1"),
    ],
)
def test_the_nearest_head_differs_in_what_the_model_has_not(asked, shape, nearest):
    found = Head.from_short(asked).nearest(shape)
    assert found.short == nearest
    assert found.is_within(shape)


@pytest.mark.parametrize(
    ("old", "head"),
    [
        ({"layer": "4", "head": "2"}, "4-2"),
        ({"layer": "4"}, "4-10"),
        ({"head": "2"}, "3-2"),
        ({"head": "4-2"}, "4-2"),
        ({"layer": "7", "head": "4-2"}, "4-2"),  # who adds to an old link means it
        ({"layer": "x", "head": "2"}, "3-2"),
        ({"layer": "4", "head": "٢"}, "4-10"),
        ({"layer": "²"}, "3-10"),
        ({"layer": "9" * 5000, "head": "2"}, "3-2"),
    ],
)
def test_an_old_links_two_numbers_become_one_name(old, head):
    assert renamed(old, {}) == {"head": head}


def test_the_half_that_an_old_link_left_out_was_the_lessons():
    assert renamed({"layer": "2"}, {}, Head(0, 0)) == {"head": "2-1"}
    assert renamed({"head": "5"}, {}, Head(0, 0)) == {"head": "1-5"}
    assert renamed({"k": "5"}, {}, Head(0, 0)) == {"k": "5"}
