"""Counts of what heads look at, on attention made by hand."""

from collections.abc import Mapping

import numpy as np
import pytest

from attention.atlas.rates import FARTHEST, LABELS
from attention.atlas.relations import ADVERB_VERB, FAR, NEAR, TO_DEPENDENT, TO_GOVERNOR
from attention.claims import measure as claims
from attention.heads.roles import NAMES
from attention.reading import Reading
from attention.words import to_words, word_pieces
from corpus.counts import MOST_MALFORMED, Counts
from corpus.measure import (
    INSIDE,
    MALFORMED,
    NO_PIECE,
    UNREADABLE,
    count,
    dependencies,
    hits,
    measure,
)
from corpus.treebank import Malformed, Sentence, Word
from tests.support.claiming import example
from tests.support.making import make_reading


def sentence(tokens: str, *words: tuple[int, str, str, int | None]) -> Sentence:
    """Make a sentence of (token, part of speech, relation, governor) words."""
    return Sentence("", tokens, tuple(tokens.split()), tuple(Word(*w) for w in words))


def before_its_verb(tokens: str, adverb: int) -> Sentence:
    """Make a sentence of a subject, an adverb in the place 0 or 1, and a verb."""
    words = [(i, "NOUN", "nsubj", 2) for i in range(2)]
    words[adverb] = (adverb, "ADV", "advmod", 2)
    return sentence(tokens, *words, (2, "VERB", "root", None))


SWIMS = sentence(
    "the turtle swims slowly",
    (0, "DET", "det", 1),
    (1, "NOUN", "nsubj", 2),
    (2, "VERB", "root", None),
    (3, "ADV", "advmod", 2),
)


def pointing(text: str, *heads: Mapping[int, int]) -> Reading:
    """A reading of one layer, in which a head's words each look at one word only."""
    n = len(text.split()) + 2
    attention = np.zeros((1, len(heads), n, n))
    for head, looks in enumerate(heads):
        for word, other in looks.items():
            attention[0, head, word + 1, other + 1] = 1
    return make_reading(attention, text)


def counted(reading: Reading, one: Sentence, half: int = 0) -> Counts:
    counts = Counts.none(reading.shape)
    count(counts, reading, half, one)
    return counts


def in_pieces(tokens: str, word_ids: list[int], rows: Mapping[int, list]) -> Reading:
    """A reading of one head whose tokens ([CLS] 0) are pieces of words."""
    n = len(word_ids) + 2
    attention = np.zeros((1, 1, n, n))
    for token, row in rows.items():
        attention[0, 0, token] = row
    reading = make_reading(attention, tokens)
    return type(reading)(**vars(reading) | {"word_ids": (None, *word_ids, None)})


def points(reading: Reading, query: int, key: int) -> bool:
    """Tell whether the only head hits a pair of words."""
    weights = to_words(reading.attention, list(word_pieces(reading).values()))
    return hits(weights, [query], [key]).item()


def n_hits(counts: Counts, name: str, half: int, direction: int) -> list[int]:
    """A relation's hits by the heads of the only layer."""
    return counts.relations[name].hits[half, direction, 0].tolist()


@pytest.fixture
def swims() -> Counts:
    # Of the second half. The first head hits each governor, the second each dependent
    # of det and nsubj; the first also looks from "swims" to its adverb.
    first = {0: 1, 1: 2, 2: 3, 3: 2}
    second = {0: 2, 1: 0, 2: 1, 3: 1}
    return counted(pointing(SWIMS.text, first, second), SWIMS, half=1)


def test_hits_are_counted_for_every_head_both_ways_round(swims):
    assert n_hits(swims, "det", 1, TO_GOVERNOR) == [1, 0]
    assert n_hits(swims, "det", 1, TO_DEPENDENT) == [0, 1]
    assert n_hits(swims, "nsubj", 1, TO_GOVERNOR) == [1, 0]
    assert n_hits(swims, "nsubj", 1, TO_DEPENDENT) == [0, 1]
    assert n_hits(swims, "advmod", 1, TO_GOVERNOR) == [1, 0]
    assert n_hits(swims, "advmod", 1, TO_DEPENDENT) == [1, 0]


def test_each_half_has_its_own_counts(swims):
    assert swims.sentences.tolist() == [0, 1]
    for relation in swims.relations.values():
        assert relation.instances.tolist() == [0, 1]
        assert not relation.hits[0].any()
        assert not relation.offsets[0].any()


def test_offsets_are_counted_from_the_dependent_to_its_governor(swims):
    offsets = {
        name: (np.flatnonzero(relation.offsets[1]) - FARTHEST).tolist()
        for name, relation in swims.relations.items()
    }
    assert offsets == {
        **{"det": [1], "nsubj": [1], "advmod": [-1]},
        **{ADVERB_VERB: [-1], NEAR: [-1]},
    }


def test_an_adverb_apart_from_its_verb_is_far():
    one = before_its_verb("slowly it swims", adverb=0)
    counts = counted(pointing(one.text, {0: 2}), one)
    assert set(counts.relations) == {"advmod", "nsubj", ADVERB_VERB, FAR}
    assert n_hits(counts, FAR, 0, TO_GOVERNOR) == [1]
    assert counts.relations[FAR].offsets[0, FARTHEST + 2] == 1


@pytest.mark.parametrize(
    ("dependent", "governor"), [("ADV", "ADJ"), ("PART", "VERB"), ("NOUN", "VERB")]
)
def test_only_an_adverb_on_a_verb_is_counted_as_such(dependent, governor):
    one = sentence(
        "very good", (0, dependent, "advmod", 1), (1, governor, "root", None)
    )
    assert [name for name, *_ in dependencies(one)] == ["advmod"]


@pytest.mark.parametrize(("distance", "is_counted"), [(30, True), (31, False)])
def test_a_governor_beyond_the_farthest_offset_is_still_an_instance(
    distance, is_counted
):
    one = sentence(
        " ".join(["word"] * (distance + 1)),
        (0, "NOUN", "dep", distance),
        *((i, "X", "root", None) for i in range(1, distance + 1)),
    )
    relation = counted(pointing(one.text, {0: distance}), one).relations["dep"]
    assert relation.n == 1
    assert relation.hits[0, TO_GOVERNOR].tolist() == [[1]]
    assert relation.offsets.sum() == is_counted


def test_a_dependency_within_a_contraction_is_left_out_and_told():
    # "they can't swim": n't on can, both in the token 1.
    one = sentence(
        "they can't swim",
        (0, "PRON", "nsubj", 3),
        (1, "AUX", "aux", 3),
        (1, "PART", "advmod", 1),
        (2, "VERB", "root", None),
    )
    counts = counted(pointing(one.text, {0: 2, 1: 2, 2: 1}), one)
    assert set(counts.relations) == {"nsubj", "aux"}
    assert counts.skipped == {INSIDE: 1}
    # What depends on a part, or of which a part depends, is the whole.
    assert n_hits(counts, "aux", 0, TO_GOVERNOR) == [1]
    assert n_hits(counts, "aux", 0, TO_DEPENDENT) == [1]


def test_a_dependency_of_a_word_without_pieces_is_told_once():
    # Of "slowly", word 1, nothing is left; it counts for three relations elsewhere.
    one = before_its_verb("turtles slowly swim", adverb=1)
    counts = counted(in_pieces("turtles swim", [0, 2], {1: [0, 0, 1, 0]}), one)
    assert counts.skipped == {NO_PIECE: 1}
    assert set(counts.relations) == {"nsubj"}
    assert n_hits(counts, "nsubj", 0, TO_GOVERNOR) == [1]
    # Among the words that the model reads, the verb stands next to its subject.
    assert counts.relations["nsubj"].offsets[0, FARTHEST + 1] == 1


def test_specials_and_the_word_itself_do_not_count():
    # From "turtle": [CLS] .4, "the" .05, itself .3, "swims" .1, [SEP] .15.
    reading = in_pieces("the turtle swims", [0, 1, 2], {2: [0.4, 0.05, 0.3, 0.1, 0.15]})
    assert points(reading, 1, 2)
    assert not points(reading, 1, 0)


def test_a_separator_among_the_words_is_no_word():
    # A token written "[SEP]" is the special one to the tokenizer: it gets all of "a".
    reading = in_pieces("a [SEP] b", [0, 1, 2], {1: [0, 0, 1, 0, 0]})
    assert word_pieces(reading) == {0: [1], 2: [3]}
    assert points(reading, 0, 1)


def test_of_a_reading_of_specials_only_no_word_looks_anywhere():
    counts = counted(
        in_pieces("[SEP]", [0], {}), sentence("[SEP]", (0, "X", "root", None))
    )
    assert counts.sentences.tolist() == [1, 0]


def test_an_evenly_spread_head_misses_for_the_atlas_as_for_a_claim():
    even = make_reading(np.full((1, 1, 6, 6), 1 / 6), "the turtle ran home")
    subject = sentence(
        even.text,
        (0, "DET", "det", 2),
        (1, "NOUN", "nsubj", 2),
        (2, "VERB", "root", None),
        (3, "ADV", "advmod", 2),
    )
    counts = counted(even, subject)
    for relation in counts.relations.values():
        assert not relation.hits.any()
    for pair in ("the -> ran", "ran -> the", "home -> ran"):
        assert not claims.measure(even, example(pair, even.text)).hits.any()
    # Of two words there is no other that could get as much.
    two = make_reading(np.full((1, 1, 4, 4), 1 / 4), "it ran")
    assert points(two, 0, 1)
    assert claims.measure(two, example("it -> ran", two.text)).hits.all()


def test_to_a_word_the_attention_on_its_pieces_is_summed():
    # dog ##s ran slow: "ran" gets more than each piece of "dogs", not than both.
    row = [0, 0.25, 0.25, 0.4, 0.1, 0]
    assert points(in_pieces("dog ##s ran slow", [0, 0, 1, 2], {4: row}), 2, 0)


def test_from_a_word_the_attention_of_its_pieces_is_averaged():
    # dogs ran slow ##ly: the first piece prefers "dogs", more than the second "ran";
    # on average "ran" gets .275, "dogs" .25.
    rows = {3: [0, 0.5, 0.1, 0.2, 0.2, 0], 4: [0, 0, 0.45, 0.3, 0.25, 0]}
    assert points(in_pieces("dogs ran slow ##ly", [0, 1, 2, 2], rows), 2, 1)


def test_habits_are_summed_over_the_sentences_in_which_a_role_has_a_target():
    # One head looks at [SEP] alone, one half at [SEP], half at [CLS]. No sentence has
    # a [MASK] or a word in pieces; "the the" repeats a word, "the dog" does not.
    attention = np.zeros((1, 2, 4, 4))
    attention[0, 0, :, 3] = 1
    attention[0, 1, :, [0, 3]] = 0.5
    counts = Counts.none((1, 2))
    same = make_reading(attention, "the the")
    same = type(same)(**vars(same) | {"ids": (0, 1, 1, 2)})
    for reading in (make_reading(attention, "the dog"), same):
        count(counts, reading, 0, sentence(reading.text))
    n = dict(zip(NAMES, counts.habit_sentences.tolist(), strict=True))
    assert (n["sep"], n["cls"], n["next"]) == (2, 2, 2)
    assert (n["mask"], n["word"], n["repeat"]) == (0, 0, 1)
    sep, cls = NAMES.index("sep"), NAMES.index("cls")
    assert counts.habit_sums[0, :, [sep, cls]].tolist() == [[2, 1], [0, 1]]
    assert counts.habit_squares[0, :, [sep, cls]].tolist() == [[2, 0.5], [0, 0.5]]
    assert np.isfinite(counts.habit_sums).all()
    # Half of four tokens is twice chance: the second head is named by the first of
    # its two equal roles, which is [CLS].
    called = [dict(zip(LABELS, row, strict=True)) for row in counts.labels[0].tolist()]
    assert (called[0]["sep"], called[1]["cls"]) == (2, 2)
    assert counts.labels.sum() == 4


class Reader:
    """An engine that reads every sentence as the same, the last ones first."""

    shape = (1, 1)

    def read_words(self, sentences):
        for i in reversed(range(len(sentences))):
            words = sentences[i]
            unreadable = words == ("unreadable",)
            yield i, ValueError() if unreadable else pointing(" ".join(words), {0: 1})


def test_sentences_are_counted_in_their_half_and_the_others_told():
    good = sentence("it swims", (0, "PRON", "nsubj", 1), (1, "VERB", "root", None))
    counts = measure(
        Reader(),
        [
            (0, good),
            (0, Malformed("some.conllu", 7, "not UTF-8")),
            (1, sentence("unreadable", (0, "X", "root", None))),
            (1, good),
            (1, good),
        ],
    )
    assert counts.sentences.tolist() == [1, 2]
    assert counts.relations["nsubj"].instances.tolist() == [1, 2]
    assert [n_hits(counts, "nsubj", half, TO_GOVERNOR) for half in (0, 1)] == [[1], [2]]
    assert counts.skipped == {MALFORMED: 1, UNREADABLE: 1}
    assert counts.malformed == ["some.conllu, line 7: not UTF-8"]


def test_the_first_malformed_sentences_are_told_and_all_are_counted():
    bad = [(0, Malformed("f", line, "odd")) for line in range(MOST_MALFORMED + 5)]
    counts = measure(Reader(), bad)
    assert counts.skipped[MALFORMED] == MOST_MALFORMED + 5
    assert len(counts.malformed) == MOST_MALFORMED
    assert counts.malformed[-1] == f"f, line {MOST_MALFORMED - 1}: odd"
