"""What an atlas's counts amount to, on one made by hand."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pandas as pd
import pytest

from attention.atlas.frames import (
    habits_frame,
    ranked_heads,
    rates_csv,
    relations_frame,
)
from attention.atlas.rates import (
    FARTHEST,
    LABELS,
    Atlas,
    Habits,
    Relation,
    Source,
    held_out,
    strengths,
)
from attention.atlas.relations import (
    ENDS,
    OF_CLAIMS,
    TO_DEPENDENT,
    TO_GOVERNOR,
    ends,
    relation_of,
    with_article,
)
from attention.atlas.sentences import (
    clearest,
    describe_clearest,
    describe_habits,
    describe_held_out,
    describe_rate,
)
from attention.claims.ready import ready_claims
from attention.heads.roles import NAMES
from attention.reading import Head

FIRST, SECOND = Head(0, 0), Head(0, 1)


def relation(
    chosen: list[int],
    measured: list[int],
    n: tuple[int, int],
    offsets: dict[int, tuple[int, int]],
) -> Relation:
    """Return a relation of two heads that hit so often, the same in both directions.

    offsets: how often governors stand so many words on, in both halves.
    """
    hits = np.array([[[chosen]] * 2, [[measured]] * 2])
    places = np.zeros((2, 2 * FARTHEST + 1), int)
    for offset, counts in offsets.items():
        places[:, offset + FARTHEST] = counts
    return Relation(np.array(n), hits, places)


# The first head is better on the half that heads are chosen on (8 of 10 to 6), the
# second on the other (18 of 20 to 10) and over all (24 of 30 to 18).
DETERMINERS = relation([8, 6], [10, 18], (10, 20), {1: (5, 8), 2: (4, 9)})


def small_atlas(**relations: Relation) -> Atlas:
    """Return an atlas of one layer of two heads, over 10 sentences."""
    shape = (1, 2, len(NAMES))
    labels = np.zeros((1, 2, len(LABELS)), int)
    labels[0, :, LABELS.index("next")] = 7
    labels[0, :, LABELS.index("mixed")] = 3
    sentences = np.full(len(NAMES), 10)
    sentences[NAMES.index("mask")] = 0
    habits = Habits(sentences, np.full(shape, 0.5), np.full(shape, 0.25), labels)
    source = Source("made by hand", "0" * 64, "made by hand", {}, 10)
    return Atlas(source, relations or {"det": DETERMINERS}, habits)


def test_the_head_is_chosen_on_one_half_and_measured_on_the_other():
    found = held_out(DETERMINERS, TO_GOVERNOR)
    assert DETERMINERS.best(TO_GOVERNOR) == SECOND
    assert found.head == FIRST
    assert (found.hits, found.n) == (10, 20)
    # Wilson's interval of 10 of 20.
    assert (found.low, found.high) == pytest.approx((0.2993, 0.7007), abs=5e-5)
    # One word on is best on the first half, though not on the second.
    assert (found.offset, found.offset_hits) == (1, 8)


def test_seen_from_the_noun_the_fixed_guess_lies_the_other_way():
    assert held_out(DETERMINERS, TO_DEPENDENT).offset == -1
    # 13 of 30 both one and two words on: the nearer one counts.
    assert DETERMINERS.baseline(TO_GOVERNOR) == (1, 13 / 30)
    assert DETERMINERS.baseline(TO_DEPENDENT) == (-1, 13 / 30)


def test_nothing_is_held_out_where_one_half_has_no_instance():
    whole = relation([3, 1], [0, 0], (60, 0), {1: (5, 0)})
    assert held_out(whole, TO_GOVERNOR) is None
    assert "nothing is held out" in describe_held_out(whole, TO_GOVERNOR)


@pytest.mark.parametrize(
    ("hits", "offset_hits", "says"),
    [
        (10, 8, "better by less than so many can tell"),
        (18, 8, "clearly better"),
        (8, 8, "no better"),
        (3, 8, "no better"),
    ],
)
def test_the_sentence_says_whether_the_head_beats_the_fixed_guess(
    hits, offset_hits, says
):
    one = relation([9, 1], [hits, 1], (10, 20), {1: (5, offset_hits)})
    assert says in describe_held_out(one, TO_GOVERNOR)


def test_the_sentence_has_the_numbers_of_the_half_that_is_measured_on():
    assert describe_held_out(DETERMINERS, TO_GOVERNOR).startswith(
        "Chosen on one half of the sentences, measured on the other: Layer 1, head 1 "
        "hits 50% (with 95% confidence 30% to 70%) of 20; the best fixed guess, the "
        "word just after, 40%."
    )
    # 18 of 30 over both halves.
    assert "hits 60% (with 95% confidence 42% to 75%) of 30" in describe_rate(
        DETERMINERS, TO_GOVERNOR, FIRST
    )


def test_heads_are_ranked_over_all_sentences_beside_the_fixed_guess():
    frame = ranked_heads(DETERMINERS, TO_GOVERNOR)
    assert frame[["layer", "head"]].to_numpy().tolist() == [[1, 2], [1, 1]]
    assert frame["rate"].tolist() == [24 / 30, 18 / 30]
    assert frame["above"].tolist() == pytest.approx([11 / 30, 5 / 30])
    assert frame["low"].tolist() == pytest.approx([0.6269, 0.4232], abs=5e-5)


def test_a_heads_line_names_the_relation_that_it_follows_most_clearly():
    atlas = small_atlas(
        obj=relation([30, 60], [30, 60], (100, 100), {1: (40, 40)}),
        det=relation([10, 90], [10, 90], (100, 100), {1: (40, 40)}),
    )
    assert [one.relation for one in strengths(atlas, SECOND)[::2]] == ["det", "obj"]
    assert describe_clearest(atlas, SECOND) == (
        "Over 10 sentences: points from a determiner to its noun 90% of the time "
        "(best fixed offset: 40%)."
    )
    assert describe_clearest(atlas, FIRST) == ""
    assert relations_frame(atlas, SECOND)["relation"][0] == "determiner → its noun"


@pytest.mark.parametrize(
    ("name", "hits", "n", "is_said"),
    [
        # Of 200: Wilson's intervals are 47.1-60.8% and, of the offset, 33.5-46.9%.
        ("det", 54, 100, True),
        ("det", 53, 100, False),  # at least 46.1%
        ("det", 490, 1000, False),  # 9 points above
        ("det", 6, 10, False),  # 20 points above, but at least 39% only
        ("punct", 90, 100, False),
    ],
)
def test_a_heads_line_is_said_only_of_what_is_clearly_above(name, hits, n, is_said):
    offset_hits = n * 4 // 10
    one = relation([hits, 0], [hits, 0], (n, n), {1: (offset_hits, offset_hits)})
    assert (clearest(small_atlas(**{name: one}), FIRST) is not None) == is_said


def test_habits_tell_how_often_a_head_is_called_so_and_leave_out_what_has_no_score():
    frame = habits_frame(small_atlas().habits, FIRST).set_index("role")
    assert frame.index[:2].tolist() == ["next", "mixed"]
    assert frame["called"][:3].tolist() == [0.7, 0.3, 0]
    assert frame["mean"]["next"] == 0.5
    assert frame["spread"]["next"] == 0.25
    assert np.isnan([frame["mean"]["mixed"], frame["mean"]["mask"]]).all()
    assert "next, in 70% of 10" in describe_habits(small_atlas().habits, FIRST)


def test_a_role_that_an_atlas_lacks_is_not_measured():
    habits = small_atlas().habits
    older = Habits(
        habits.sentences[:-1],
        habits.mean[..., :-1],
        habits.spread[..., :-1],
        np.delete(habits.labels, LABELS.index(NAMES[-1]), axis=-1),
        NAMES[:-1],
        tuple(name for name in LABELS if name != NAMES[-1]),
    )
    frame = habits_frame(older, FIRST)
    assert frame["role"].iloc[-1] == f"{NAMES[-1]} (not measured)"
    assert frame.drop(columns="role").iloc[-1].isna().all()
    same = habits_frame(habits, FIRST).set_index("role").drop(NAMES[-1])
    pd.testing.assert_frame_equal(frame.iloc[:-1].set_index("role"), same)


def test_a_role_that_is_none_any_more_is_left_out_and_its_sentences_still_count():
    habits = small_atlas().habits
    roles, called = (
        tuple("gone" if name == "next" else name for name in names)
        for names in (NAMES, LABELS)
    )
    frame = habits_frame(replace(habits, roles=roles, called=called), FIRST)
    shown = frame.set_index("role")
    assert set(shown.index) == {*LABELS, "next (not measured)"} - {"next"}
    assert shown["called"]["mixed"] == 0.3  # of all 10 sentences


def test_a_csv_has_every_rate_with_its_counts():
    table = pd.read_csv(BytesIO(rates_csv(small_atlas())))
    assert len(table) == 2 * 2  # directions and heads
    rows = table.set_index(["relation", "direction", "layer", "head"])
    row = rows.loc[("det", "to governor", 1, 1)]
    assert row[["hits", "instances", "rate"]].tolist() == [18, 30, 0.6]
    assert row[["hits_dev", "instances_dev"]].tolist() == [8, 10]
    assert row[["low", "high"]].tolist() == [0.4232, 0.7541]  # Wilson's, of 18 of 30
    # 13 of 30 stand one word on, seen from the determiner.
    assert row[["offset", "offset_rate"]].tolist() == [1, 0.4333]
    assert rows.loc[("det", "to dependent", 1, 2)]["offset"] == -1


def test_a_relations_name_is_no_formula_in_a_csv():
    table = pd.read_csv(BytesIO(rates_csv(small_atlas(**{"=1+1": DETERMINERS}))))
    assert set(table["relation"]) == {"'=1+1"}


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        ("adverb -> verb", ("advmod.verb", TO_GOVERNOR)),
        ("determiner -> its noun", ("det", TO_GOVERNOR)),
        ("Noun → its determiner", ("det", TO_DEPENDENT)),
        ("pronoun -> noun", None),
        ("an adverb looks at its verb", None),
        ("object -> verb", None),  # the atlas has no such relation
        ("", None),
    ],
)
def test_a_claim_finds_its_relation_by_name(claim, found):
    assert relation_of(claim, ["det", "advmod.verb"]) == found


def test_ready_claims_are_those_that_have_relations():
    assert set(OF_CLAIMS) < set(ready_claims())
    assert set(OF_CLAIMS.values()) < set(ENDS)


def test_every_end_takes_the_article_that_is_said():
    said = {with_article(noun) for name in ENDS for noun in ends(name, TO_GOVERNOR)}
    assert {"an adverb", "an auxiliary", "an open complement", "a noun"} <= said
    # No name begins with a vowel that is no vowel to the ear, as in "a unit".
    assert not any(noun.startswith(("an u", "an eu", "an one")) for noun in said)
