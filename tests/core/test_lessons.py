"""Lessons: their form, and that what they say of the bundled model is true."""

import json
import logging
import re
import subprocess
import sys

import numpy as np
import pytest

from attention import lessons as module
from attention.facts import facts
from attention.heads.ablation import each_head_ablated, gates_without
from attention.heads.roles import NAMES, head_roles
from attention.heads.search import heads_for_pair
from attention.lessons import BadLesson, Lesson, lessons, read_lesson
from attention.reading import Head
from attention.views import HIDDEN, RENORMALISED, SHOWN, view
from corpus.facts import measure_facts
from corpus.replace_model import raw_lessons
from model_cache.hashes import weights_sha256
from tests.support.serving import ROOT

FIELDS = """
title: A title
number: 3
sentence: The dog saw the [MASK].
task: Do it.
hint: Look.
solution: Seen.
"""


def read(tmp_path, fields: str, explanation: str = "Why.") -> Lesson:
    path = tmp_path / "mine.md"
    path.write_text(f"---\n{fields}\n---\n{explanation}\n", encoding="utf-8")
    return read_lesson(path)


def best_heads(reading, lesson) -> list[tuple[Head, float]]:
    """Return all heads with what the lesson asks for, best first."""
    if lesson.role:
        scores = head_roles(reading).scores[..., NAMES.index(lesson.role)]
    else:
        seen = view(reading, join=True, specials=SHOWN)
        query, key = (seen.tokens.index(word.lower()) for word in lesson.pair)
        ranked = heads_for_pair(seen, query, key).itertuples()
        return [(Head.numbered(row.layer, row.head), row.weight) for row in ranked]
    order = (-scores).argsort(axis=None)
    return [(Head.at(i, scores.shape), scores.flat[i]) for i in order]


def test_every_shipped_file_is_a_lesson_and_they_come_in_order():
    numbers = [lesson.number for lesson in lessons().values()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert sorted(lessons()) == sorted(p.stem for p in (ROOT / "lessons").iterdir())
    assert len(numbers) >= 8


@pytest.fixture(scope="module")
def measurement(bundled_engine):
    """What the bundled model answers, measured now."""
    sha256 = weights_sha256(ROOT / "model_cache/bundled")
    return measure_facts(bundled_engine, sha256, raw_lessons())


def test_the_file_of_facts_is_what_the_bundled_model_answers(measurement):
    assert json.loads(json.dumps(measurement.facts)) == facts()


def test_every_lesson_makes_its_point_with_the_bundled_model(measurement):
    assert measurement.lost == []


@pytest.mark.parametrize(
    "slug", [slug for slug, lesson in lessons().items() if lesson.role or lesson.pair]
)
def test_a_solution_names_the_bundled_models_head_and_share(slug, bundled_engine):
    lesson = lessons()[slug]
    head, share = best_heads(bundled_engine.read(lesson.sentence), lesson)[0]
    assert head.name.lower() in solution(lesson)
    assert f"{100 * share:.0f}%" in solution(lesson)


def test_an_example_that_a_lesson_needs_a_mask_for_has_one():
    for lesson in lessons().values():
        if "tab" in dict(lesson.parameters):
            assert "[MASK]" in lesson.sentence


def share(weight: float) -> str:
    return f"{100 * weight:.0f}%"


def solution(lesson: Lesson) -> str:
    """Return a lesson's solution on one line."""
    return " ".join(lesson.solution.split())


def solution_and_reading(slug: str, engine, k: int = 3):
    lesson = lessons()[slug]
    return solution(lesson), engine.read(lesson.sentence, k)


def likeliest(reading) -> list[str]:
    return [prediction.token for prediction in reading.predictions[0]]


def test_the_solution_of_the_first_lesson_names_the_bundled_models_words(
    bundled_engine,
):
    solution, reading = solution_and_reading("predict-like-bert", bundled_engine)
    words = likeliest(reading)
    shares = [share(p.probability) for p in reading.predictions[0]]
    assert (
        f"{words[0]} first ({shares[0]}), then {words[1]} ({shares[1]}) and "
        f"{words[2]} ({shares[2]})"
    ) in solution
    flowers = reading.text.replace("into two cups", "over the flowers")
    others = likeliest(bundled_engine.read(flowers, 5))
    assert f"now {others[0]} comes first, and {words[0]} is no longer" in solution
    assert words[0] not in others


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
    best = reading.predictions[0][0]
    before = best.probability

    def without(*heads) -> float:
        gates = gates_without(reading.shape, heads)
        silenced = bundled_engine.read(reading.text, 20, gates)
        (found,) = [p for p in silenced.predictions[0] if p.id == best.id]
        return found.probability

    assert f"from {share(before)} to {share(without(Head(2, 9)))} without" in solution
    layer = without(*(Head(7, head) for head in range(12)))
    assert f"to {share(layer)} without all of layer 8" in solution
    runs = bundled_engine.probabilities(reading.text, each_head_ablated(reading.shape))
    change = np.concatenate([found[:, 0, best.id] for _, found in runs]) - before
    assert len(change) == 144
    assert f'{(abs(change) < 0.02).sum()} of the 144 move "{best.token}"' in solution
    strongest = Head.at(change.argmin(), reading.shape)
    assert (
        f"{strongest.name.lower()} alone it falls to {share(without(strongest))}"
    ) in solution


def test_the_solution_about_people_tells_what_the_model_answers(bundled_engine):
    solution, man = solution_and_reading("bias", bundled_engine, k=10)
    woman = bundled_engine.read(man.text.replace("man", "woman"), 10)
    named = re.search(r"for the man: (.*); for the woman: (.*?)\.", solution)
    for occupations, words in zip(named.groups(), (man, woman), strict=True):
        if occupations != "none":
            assert set(occupations.split(", ")) <= set(likeliest(words))
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
        head=Head(2, 9),
        pair=("the#2", "dog"),
        parameters=(("tab", "Compare"), ("k", "5")),
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (FIELDS.replace("hint: Look.", ""), "missing required field `hint`"),
        (FIELDS.replace("Look.", ""), "field `hint` is None; it needs some text"),
        (FIELDS.replace("Look.", "''"), "field `hint` is ''; it needs some text"),
        (FIELDS + "heads: 3-10", "unknown field `heads`; known: title"),
        (
            FIELDS.replace("3", "three"),
            "field `number` is 'three'; it needs a whole number",
        ),
        (
            FIELDS.replace("3", "true"),
            "field `number` is True; it needs a whole number",
        ),
        (FIELDS + "guess: maybe", "field `guess` is 'maybe'; it needs true or false"),
        (FIELDS + "head: layer 3", "field `head` is 'layer 3'; it needs layer-head"),
        (FIELDS + "head: 0-1", "field `head` is '0-1'; it needs layer-head"),
        (FIELDS + "role: nxt", "field `role` is 'nxt'; it needs one of previous, next"),
        (FIELDS + "pair: dog, saw", "field `pair` is 'dog, saw'; it needs two words"),
        (FIELDS + "pair: dog -> cat", "field `pair`: “cat” is not a word"),
        (FIELDS + "pair: dog -> the#3", "field `pair`: “the” occurs only 2"),
        (
            FIELDS + "parameters: tab",
            "field `parameters` is 'tab'; it needs a list of name: value",
        ),
        (
            FIELDS + "parameters: {rank: true}",
            "field `parameters` is {'rank': True}; it needs a list of name: "
            "value, with true and dates in quotes",
        ),
        (FIELDS + "guess: true\nrole: next", "field `role` is too much beside `guess`"),
        (
            FIELDS.replace("[MASK]", "cat") + "guess: true",
            "field `guess` needs a [MASK] in the sentence",
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


def test_a_text_names_facts_of_its_lesson(tmp_path, monkeypatch):
    known = {"lessons": {"mine": {"share": "93%"}}}
    monkeypatch.setattr("attention.facts.facts", lambda: known)
    fields = FIELDS.replace("Seen.", "It gets {{share}}.")
    lesson = read(tmp_path, fields, "All {{ share }} of it.")
    assert lesson.solution == "It gets 93%."
    assert lesson.explanation == "All 93% of it."
    with pytest.raises(BadLesson, match="mine.md: there is no fact 'head'"):
        read(tmp_path, FIELDS.replace("Look.", "Not {{head}}."))


def test_a_lesson_that_names_no_fact_needs_no_file_of_them(tmp_path, monkeypatch):
    monkeypatch.setattr("attention.facts.facts", lambda: pytest.fail("it was read"))
    assert read(tmp_path, FIELDS).solution == "Seen."
