"""The lessons: one Markdown file of lessons/ each, its fields in YAML front matter.

What a student is asked to find, the page checks; here it is only read.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from attention.facts import fill
from attention.heads.roles import NAMES
from attention.naming import find_word
from attention.reading import MASK

FOLDER = Path(__file__).parent.parent / "lessons"
TEXTS = "title", "sentence", "task", "hint", "solution"
NEEDED: dict[str, type] = {**dict.fromkeys(TEXTS, str), "number": int}
OPTIONAL: dict[str, type] = {
    "head": str,
    "guess": bool,
    "role": str,
    "pair": str,
    "parameters": dict,
}
KINDS: dict[type, str] = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    dict: "name: value",
}
# May name what the bundled model answers; see attention.facts.
FILLED = ("task", "hint", "solution", "explanation")
FORMS = {
    "head": ("[1-9][0-9]*-[1-9][0-9]*", "layer-head, from 1, such as 3-10"),
    "role": ("|".join(NAMES), f"one of {', '.join(NAMES)}"),
    "pair": (r"\S+ -> \S+", "two words, such as slowly -> moved"),
}

Fields = dict[str, Any]  # as YAML has them, until they are checked

logger = logging.getLogger(__name__)


class BadLesson(ValueError):
    """str() names the file and the field, and says what is wrong."""


@dataclass(frozen=True)
class Lesson:
    """One lesson. At most one of guess, role and pair says what the page checks."""

    slug: str  # the file's name without .md
    title: str
    number: int  # the order in the list
    sentence: str
    task: str
    hint: str
    solution: str
    explanation: str  # Markdown
    head: tuple[int, int] | None = None  # array indices of the head that opens
    guess: bool = False  # a word for [MASK]
    role: str = ""  # find the head with the highest score for it
    pair: tuple[str, str] | None = None  # find the head that gives most from, to
    parameters: tuple[tuple[str, str], ...] = ()  # more of the page's URL


@cache
def lessons() -> Mapping[str, Lesson]:
    """Return the lessons by slug, in order of their numbers.

    A broken file is left out, and the log says why: the others can still be read.
    """
    found = []
    for path in FOLDER.glob("*.md"):
        try:
            found.append(read_lesson(path))
        except BadLesson as error:
            logger.warning("left out a lesson: %s", error)
    found.sort(key=lambda lesson: (lesson.number, lesson.slug))
    return {lesson.slug: lesson for lesson in found}


def read_lesson(path: Path) -> Lesson:
    """Return a file's lesson, its texts with what the bundled model answers.

    Raises BadLesson.
    """
    lesson = raw_lesson(path)
    try:
        texts: dict[str, Any] = {
            name: fill(getattr(lesson, name), lesson.slug) for name in FILLED
        }
    except (OSError, ValueError) as error:
        raise BadLesson(f"{path.name}: {error}.") from error
    return replace(lesson, **texts)


def raw_lesson(path: Path) -> Lesson:
    """Return a file's lesson, whose texts name facts. Raises BadLesson."""
    import frontmatter  # takes 30 ms, which the page's first paint need not wait for
    import yaml

    try:
        values, explanation = frontmatter.parse(path.read_text(encoding="utf-8"))
        return _lesson(path.stem, values, explanation)
    except (OSError, ValueError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())  # YAML tells its own in many lines
        raise BadLesson(f"{path.name}: {reason}.") from error


def _lesson(slug: str, values: Fields, explanation: str) -> Lesson:
    """Raises ValueError, as do the checks."""
    if not values:
        raise ValueError("there are no fields between two lines of ---")
    if not explanation:
        raise ValueError("there is no explanation below the fields")
    _check_each(values)
    _check_together(values)
    read: Fields = {}
    if "head" in values:
        layer, head = map(int, values["head"].split("-"))
        read["head"] = layer - 1, head - 1
    if "pair" in values:
        read["pair"] = tuple(values["pair"].split(" -> "))
    parameters = values.get("parameters", {}).items()
    read["parameters"] = tuple((str(name), str(value)) for name, value in parameters)
    return Lesson(slug, explanation=explanation, **values | read)


def _check_each(values: Fields) -> None:
    kinds = NEEDED | OPTIONAL
    for name, value in values.items():
        if name not in kinds:
            raise ValueError(f"field {name} is unknown; known are {', '.join(kinds)}")
        # type(), not isinstance: to Python, true is a whole number.
        if type(value) is not kinds[name] or value == "":
            raise ValueError(f"field {name} is {value!r}, not {KINDS[kinds[name]]}")
        pattern, form = FORMS.get(name, ("", ""))
        if pattern and not re.fullmatch(pattern, values[name]):
            raise ValueError(f"field {name} is {value!r}, not {form}")
    for name, value in values.get("parameters", {}).items():
        if type(value) not in (str, int):
            raise ValueError(f"field parameters: write {name}: {value!r} in quotes")


def _check_together(values: Fields) -> None:
    if missing := [name for name in NEEDED if name not in values]:
        raise ValueError(f"field {missing[0]} is missing")
    asked = [name for name in ("guess", "role", "pair") if values.get(name)]
    if len(asked) > 1:
        raise ValueError(f"field {asked[1]} is too much beside {asked[0]}; keep one")
    if asked == ["guess"] and MASK not in values["sentence"]:
        raise ValueError(f"field guess needs a {MASK} in the sentence")
    if asked == ["pair"]:
        for word in values["pair"].split(" -> "):
            try:
                find_word(values["sentence"], word)
            except ValueError as error:
                raise ValueError(f"field pair: {error}") from error
