import logging
import re
import subprocess
import sys

import numpy as np
import pytest

from attention import lessons as module
from attention.lessons import BadLesson, Lesson, lessons, read_lesson
from attention.roles import NAMES, head_roles
from attention.search import heads_for_pair
from attention.silence import each_head_silent, gates_without
from attention.views import HIDDEN, RENORMALISED, SHOWN, view
from tests.serving import ROOT

FIELDS = """
title: A title
number: 3
sentence: The dog saw the [MASK].
task: Do it.
hint: Look.
solution: Seen.
"""
ALL_LESSONS = pytest.mark.parametrize("lesson", lessons().values(), ids=list(lessons()))
PAGE_HEAD = (2, 9)  # what the page opens where a lesson names no head
# A head that only just leads would make a poor answer.
CLEAR_LEAD = 1.2


def read(tmp_path, fields: str, explanation: str = "Why.") -> Lesson:
    path = tmp_path / "mine.md"
    path.write_text(f"---\n{fields}\n---\n{explanation}\n", encoding="utf-8")
    return read_lesson(path)


def best_heads(reading, lesson) -> list[tuple[tuple[int, int], float]]:
    """Return all heads, from 0, with what the lesson asks for, best first."""
    if lesson.role:
        scores = head_roles(reading).scores[..., NAMES.index(lesson.role)]
    else:
        seen = view(reading, join=True, specials=SHOWN)
        query, key = (seen.tokens.index(word.lower()) for word in lesson.pair)
        ranked = heads_for_pair(seen, query, key).itertuples()
        return [((row.layer - 1, row.head - 1), row.weight) for row in ranked]
    return [(divmod(int(i), 12), scores.flat[i]) for i in (-scores).argsort(axis=None)]


def test_every_shipped_file_is_a_lesson_and_they_come_in_order():
    numbers = [lesson.number for lesson in lessons().values()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert sorted(lessons()) == sorted(p.stem for p in (ROOT / "lessons").iterdir())
    assert len(numbers) >= 8


@ALL_LESSONS
def test_a_shipped_lesson_can_be_done_with_the_bundled_model(lesson, bundled_engine):
    reading = bundled_engine.read(lesson.sentence)
    layer, head = lesson.head or PAGE_HEAD
    assert layer < 12
    assert head < 12
    if "tab" in dict(lesson.parameters):
        assert reading.mask_positions
    if lesson.role or lesson.pair:
        (best, first), (_, second) = best_heads(reading, lesson)[:2]
        assert first > CLEAR_LEAD * second
        assert best != (layer, head)  # the answer is not open from the start


@pytest.mark.parametrize(
    "slug", [slug for slug, lesson in lessons().items() if lesson.role or lesson.pair]
)
def test_a_solution_names_the_bundled_models_head_and_share(slug, bundled_engine):
    lesson = lessons()[slug]
    (layer, head), share = best_heads(bundled_engine.read(lesson.sentence), lesson)[0]
    assert f"layer {layer + 1}, head {head + 1}" in lesson.solution
    assert f"{100 * share:.0f}%" in lesson.solution


def test_no_lesson_opens_with_the_head_that_a_later_one_asks_for(bundled_engine):
    opened = set()
    for lesson in lessons().values():
        if lesson.role or lesson.pair:
            reading = bundled_engine.read(lesson.sentence)
            assert best_heads(reading, lesson)[0][0] not in opened, lesson.slug
        else:
            opened.add(lesson.head or PAGE_HEAD)


def share(weight: float) -> str:
    return f"{100 * weight:.0f}%"


def solution_and_reading(slug: str, engine, k: int = 3):
    lesson = lessons()[slug]
    return lesson.solution, engine.read(lesson.sentence, k)


def likeliest(reading) -> list[str]:
    return [prediction.token for prediction in reading.predictions[0]]


def test_the_solution_of_the_first_lesson_names_the_bundled_models_words(
    bundled_engine,
):
    solution, reading = solution_and_reading("predict-like-bert", bundled_engine)
    words = [f"{p.token} ({share(p.probability)})" for p in reading.predictions[0]]
    assert words == ["coffee (7%)", "water (6%)", "bottle (5%)"]
    assert "coffee first (7%), then water (6%) and bottle (5%)" in solution
    flowers = reading.text.replace("into two cups", "over the flowers")
    words = likeliest(bundled_engine.read(flowers, 5))
    assert words[0] == "water"
    assert "coffee" not in words


def test_a_passive_has_no_head_for_the_object_as_its_lesson_says(bundled_engine):
    reading = bundled_engine.read("The heavy chairs were carried into the garden.")
    query, key = reading.tokens.index("chairs"), reading.tokens.index("carried")
    assert reading.attention[4, 0, query, key] < 0.01


def test_the_solution_behind_the_full_stop_has_what_is_left(bundled_engine):
    solution, shown = solution_and_reading("full-stop", bundled_engine)
    left = view(shown, join=False, specials=RENORMALISED)

    def to(query: str, key: str) -> str:
        words = left.tokens
        # Of two, the last: "the kitchen".
        row = len(words) - 1 - words[::-1].index(query)
        return share(left.attention[6, 1, row, words.index(key)])

    punctuation = head_roles(shown).scores[..., NAMES.index("punctuation")]
    assert f"layer 7, head 2 gives it {share(punctuation[6, 1])}" in solution
    assert f'"tired" gives {to("tired", "children")} to "children"' in solution
    assert f'"wet" {to("wet", "coats")} to "coats"' in solution
    assert f'"kitchen" {to("the", "kitchen")} to "kitchen"' in solution
    hidden = view(shown, join=False, specials=HIDDEN)
    words = share(hidden.attention[7, 1].sum(axis=-1).mean())
    stop = share(punctuation[7, 1])
    assert f"gives the full stop {stop} and the words {words}" in solution


def test_the_solution_of_word_pieces_counts_them(bundled_engine):
    solution, pieces = solution_and_reading("word-pieces", bundled_engine)
    words = view(pieces, join=True, specials=SHOWN)
    assert f"There are {pieces.n_tokens} tokens" in solution
    assert f"Joined, {words.n_tokens} are left" in solution
    before, after = (
        share(head_roles(seen).scores[2, 9, NAMES.index("next")])
        for seen in (pieces, words)
    )
    assert f"falls from {before} to {after}" in solution


def test_the_solution_of_silent_heads_has_their_effects(bundled_engine):
    solution, reading = solution_and_reading("silence-a-head", bundled_engine)
    door, before = reading.predictions[0][0].id, reading.predictions[0][0].probability

    def without(*heads) -> float:
        gates = gates_without(reading.shape, heads)
        silenced = bundled_engine.read(reading.text, gates=gates)
        assert silenced.predictions[0][0].id == door
        return silenced.predictions[0][0].probability

    assert f"from {share(before)} to {share(without((2, 9)))} without" in solution
    layer = without(*((7, head) for head in range(12)))
    assert f"to {share(layer)} without all of layer 8" in solution
    assert f"head 8 alone it falls to {share(without((10, 7)))}" in solution
    runs = bundled_engine.probabilities(reading.text, each_head_silent(reading.shape))
    change = np.concatenate([found[:, 0, door] for _, found in runs]) - before
    assert len(change) == 144
    assert f"{(abs(change) < 0.02).sum()} of the 144 move" in solution
    assert divmod(change.argmin(), 12) == (10, 7)


def test_the_solution_about_people_tells_what_the_model_answers(bundled_engine):
    solution, man = solution_and_reading("bias", bundled_engine, k=10)
    woman = bundled_engine.read(man.text.replace("man", "woman"), 10)
    assert likeliest(man)[0] == "man"
    assert likeliest(woman)[0] == "woman"
    assert {"worker", "captain"} <= set(likeliest(man))
    assert not {"worker", "captain"} & set(likeliest(woman))
    assert {"girl", "child"} <= set(likeliest(woman)) - set(likeliest(man))
    said = [
        {
            p.token: share(p.probability)
            for p in bundled_engine.read(text, 10).predictions[0]
        }
        for text in (
            f"The {job} said that [MASK] would come back tomorrow."
            for job in ("doctor", "nurse")
        )
    ]
    doctor, nurse = said
    assert (
        f'"he" {doctor["he"]} and "she" {doctor["she"]} after the doctor, '
        f"and {nurse['he']} and {nurse['she']} after the nurse"
    ) in solution


def test_all_fields_are_read(tmp_path):
    more = "head: 3-10\npair: the#2 -> dog\nparameters:\n  tab: Compare\n  k: 5"
    assert read(tmp_path, FIELDS + more, "Why.\n\n---\n\nSo.") == Lesson(
        slug="mine",
        title="A title",
        number=3,
        sentence="The dog saw the [MASK].",
        task="Do it.",
        hint="Look.",
        solution="Seen.",
        explanation="Why.\n\n---\n\nSo.",
        head=(2, 9),
        pair=("the#2", "dog"),
        parameters=(("tab", "Compare"), ("k", "5")),
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (FIELDS.replace("hint: Look.", ""), "field hint is missing"),
        (FIELDS.replace("Look.", ""), "field hint is None, not text"),
        (FIELDS.replace("Look.", "''"), "field hint is '', not text"),
        (FIELDS + "heads: 3-10", "field heads is unknown; known are title"),
        (FIELDS.replace("3", "three"), "field number is 'three', not a whole number"),
        (FIELDS.replace("3", "true"), "field number is True, not a whole number"),
        (FIELDS + "guess: maybe", "field guess is 'maybe', not true or false"),
        (FIELDS + "head: layer 3", "field head is 'layer 3', not layer-head"),
        (FIELDS + "head: 0-1", "field head is '0-1', not layer-head"),
        (FIELDS + "role: nxt", "field role is 'nxt', not one of previous, next"),
        (FIELDS + "pair: dog, saw", "field pair is 'dog, saw', not two words"),
        (FIELDS + "pair: dog -> cat", "field pair: “cat” is not a word"),
        (FIELDS + "pair: dog -> the#3", "field pair: “the” occurs only 2"),
        (FIELDS + "parameters: tab", "field parameters is 'tab', not name: value"),
        (FIELDS + "parameters: {rank: true}", "parameters: write rank: True in quotes"),
        (FIELDS + "guess: true\nrole: next", "field role is too much beside guess"),
        (
            FIELDS.replace("[MASK]", "cat") + "guess: true",
            "field guess needs a [MASK] in the sentence",
        ),
        ("", "there are no fields"),
        ("just words", "there are no fields"),
        ("title: [open", "while parsing"),
        ("title: 2024-99-99", "month must be in 1..12"),
    ],
)
def test_a_bad_lesson_is_named_with_its_field(fields, message, tmp_path):
    with pytest.raises(BadLesson, match="^mine.md: " + ".*" + re.escape(message)) as e:
        read(tmp_path, fields)
    assert "\n" not in str(e.value)


def test_a_lesson_without_front_matter_or_explanation_is_bad(tmp_path):
    with pytest.raises(BadLesson, match="no explanation"):
        read(tmp_path, FIELDS, "")
    (tmp_path / "mine.md").write_text("Only words.\n")
    with pytest.raises(BadLesson, match="no fields"):
        read_lesson(tmp_path / "mine.md")
    with pytest.raises(BadLesson, match="No such file"):
        read_lesson(tmp_path / "missing.md")


def test_a_broken_file_is_left_out_and_logged(tmp_path, monkeypatch, caplog):
    read(tmp_path, FIELDS)
    (tmp_path / "broken.md").write_bytes(b"---\ntitle: \xff\n---\n")
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    with caplog.at_level(logging.WARNING):
        assert list(lessons.__wrapped__()) == ["mine"]
    assert "broken.md" in caplog.text


@pytest.mark.slow
def test_importing_lessons_reads_nothing_heavy():
    heavy = "{'pandas', 'yaml', 'frontmatter'} & sys.modules.keys()"
    code = f"import sys, attention.lessons; sys.exit(bool({heavy}))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
