"""Measure what texts and tests say of the bundled model, and whether lessons hold.

A lesson makes a point ("one head finds the verb, though five words stand between").
Its numbers are facts, which change with the model. Its point has to hold of whichever
model is bundled, or somebody has to rewrite the lesson.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from attention.claims.lines import parse
from attention.claims.measure import judge, measure
from attention.claims.ready import ready_claims
from attention.facts import NAMED
from attention.lessons import FILLED, Lesson
from attention.picks import head_scores
from attention.reading import Head
from attention.showcase import EXAMPLES
from corpus.lesson_facts import MORE, Facts, Found, Points, low_name, share

if TYPE_CHECKING:
    from model_cache.engine import Engine

TOP_WORDS = 10  # kept of each example sentence
# A head that only just leads would make a poor answer.
CLEAR_LEAD = 1.2
PAGE_HEAD = Head(2, 9)  # what the page opens where a lesson names no head
FIRST_HEAD = Head(0, 0)  # and where it asks for one: the page's own may be the answer


@dataclass(frozen=True)
class Measurement:
    """What the file of facts has, and one sentence for each point that is lost."""

    facts: Mapping[str, Any]
    lost: list[str]


def measure_facts(
    engine: "Engine", model_sha256: str, lessons: Mapping[str, Lesson]
) -> Measurement:
    """Measure everything that is said of a model.

    facts: "model_sha256"; "words": sentence -> its likeliest words; "claims": title ->
    best head (from 1), hits, n; "lessons": slug -> what its text names.
    """
    found: dict[str, Facts] = {}
    lost: list[str] = []
    answers: dict[str, Head] = {}
    for slug, lesson in lessons.items():
        try:
            found[slug], points = _of_lesson(engine, lesson, answers)
        except (ValueError, IndexError) as error:
            lost.append(f"Lesson {slug}: it cannot be measured ({error}).")
            continue
        lost += [
            f"Lesson {slug}: it no longer holds that {point}."
            for point, holds in points.items()
            if not holds
        ]
        lost += [
            f"Lesson {slug}: nobody measures the fact {name}."
            for name in sorted(_named(lesson) - found[slug].keys())
        ]
    facts = {
        "model_sha256": model_sha256,
        "words": {text: _words(engine, text) for text in EXAMPLES.values()},
        "claims": {title: _claim(engine, title) for title in ready_claims()},
        "lessons": found,
    }
    return Measurement(facts, lost + _given_away(lessons, answers))


def _named(lesson: Lesson) -> set[str]:
    return set(NAMED.findall(" ".join(getattr(lesson, name) for name in FILLED)))


def _words(engine: "Engine", text: str) -> list[str]:
    return [one.token for one in engine.read(text, TOP_WORDS).predictions[0]]


def _claim(engine: "Engine", title: str) -> dict[str, int]:
    examples, _ = parse(ready_claims()[title].splitlines())
    result = judge([measure(engine.read(one.text), one) for one in examples])
    best = result.best()
    layer, head = best.numbers
    hits = int(result.hits[best])
    return {"layer": layer, "head": head, "hits": hits, "n": result.n}


def _of_lesson(engine: "Engine", lesson: Lesson, answers: dict[str, Head]) -> Found:
    facts: Facts = {}
    points: Points = {}
    if lesson.role or lesson.pair:
        facts, points, answers[lesson.slug] = _asked_head(engine, lesson)
    if more := MORE.get(lesson.slug):
        more_facts, more_points = more(engine, lesson)
        facts, points = facts | more_facts, points | more_points
    return facts, points


def _asked_head(engine: "Engine", lesson: Lesson) -> tuple[Facts, Points, Head]:
    """Find the head that a lesson asks for, and see that it is a clear answer."""
    scores = head_scores(lesson, engine.read(lesson.sentence))
    second, first = sorted(scores.flat)[-2:]
    head = Head.at(scores.argmax(), scores.shape)
    facts = {
        "head": low_name(head),
        "share": share(first),
        "next_share": share(second),
    }
    clear = f"{low_name(head)} has {first:.0%}, the next {second:.0%}"
    points = {
        f"one head leads clearly ({clear})": bool(first > CLEAR_LEAD * second),
        f"the answer is not open from the start ({low_name(head)})": (
            head != (lesson.head or FIRST_HEAD)
        ),
    }
    return facts, points, head


def _given_away(
    lessons: Mapping[str, Lesson], answers: Mapping[str, Head]
) -> list[str]:
    """Name the lessons whose answer an earlier lesson opens with."""
    opened: dict[Head, str] = {}
    found = []
    for slug, lesson in lessons.items():
        if slug not in answers:
            opened.setdefault(lesson.head or PAGE_HEAD, slug)
        elif answers[slug] in opened:
            head, earlier = low_name(answers[slug]), opened[answers[slug]]
            found.append(
                f"Lesson {slug}: lesson {earlier} has its answer open, {head}."
            )
    return found
