"""The lessons: one Markdown file of lessons/ each, its fields in YAML front matter.

What a student is asked to find, the page checks; here it is only read.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct, structs

from attention.facts import fill
from attention.fields import checked
from attention.heads.roles import NAMES
from attention.naming import find_word
from attention.reading import MASK, Head

FOLDER = Path(__file__).parent.parent / "lessons"
# May name what the bundled model answers; see attention.facts.
FILLED = ("task", "hint", "solution", "explanation")
Text = Annotated[str, Meta(pattern=r"\S", description="some text")]
HeadNumbers = Annotated[
    str,
    Meta(
        pattern=r"\A[1-9][0-9]*-[1-9][0-9]*\Z",
        description="layer-head, from 1, such as 3-10",
    ),
]
Role = Annotated[
    str,
    Meta(
        pattern=rf"\A(?:{'|'.join(NAMES)})\Z", description=f"one of {', '.join(NAMES)}"
    ),
]
Pair = Annotated[
    str,
    Meta(pattern=r"\A\S+ -> \S+\Z", description="two words, such as slowly -> moved"),
]
Parameters = Annotated[
    dict[str, str | int],
    Meta(description="a list of name: value, with true and dates in quotes"),
]

logger = logging.getLogger(__name__)


class BadLesson(ValueError):
    """str() names the file and the field, and says what is wrong."""


class Fields(Struct, forbid_unknown_fields=True):
    """A file's front matter."""

    title: Text
    number: Annotated[int, Meta(description="a whole number")]
    sentence: Text
    task: Text
    hint: Text
    solution: Text
    head: HeadNumbers = ""
    guess: Annotated[bool, Meta(description="true or false")] = False
    role: Role = ""
    pair: Pair = ""
    parameters: Parameters = {}


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
    head: Head | None = None  # the one that opens
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
        reason = " ".join(str(error).split())  # YAML gives its own in many lines
        raise BadLesson(f"{path.name}: {reason}.") from error


def _lesson(slug: str, values: dict[str, Any], explanation: str) -> Lesson:
    """Raises ValueError, as does the check."""
    if not values:
        raise ValueError("there are no fields between two lines of ---")
    if not explanation:
        raise ValueError("there is no explanation below the fields")
    fields = checked(values, Fields)
    _check_together(fields)
    read: dict[str, Any] = structs.asdict(fields) | {"head": None, "pair": None}
    if fields.head:
        read["head"] = Head.from_short(fields.head)
    if fields.pair:
        read["pair"] = tuple(fields.pair.split(" -> "))
    read["parameters"] = tuple((k, str(v)) for k, v in fields.parameters.items())
    return Lesson(slug, explanation=explanation, **read)


def _check_together(fields: Fields) -> None:
    asked = [name for name in ("guess", "role", "pair") if getattr(fields, name)]
    if len(asked) > 1:
        raise ValueError(
            f"field `{asked[1]}` is too much beside `{asked[0]}`; keep one"
        )
    if fields.guess and MASK not in fields.sentence:
        raise ValueError(f"field `guess` needs a {MASK} in the sentence")
    for word in filter(None, fields.pair.split(" -> ")):
        try:
            find_word(fields.sentence, word)
        except ValueError as error:
            raise ValueError(f"field `pair`: {error}") from error
