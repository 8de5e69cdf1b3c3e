"""What the page answers to a student's pick of a head, and to a guessed word."""

import numpy as np

from attention.claims.lines import read_line
from attention.claims.measure import NoSuchWord, measure
from attention.evidence import percent
from attention.heads.roles import NAMES, ROLES, head_roles
from attention.lessons import Lesson
from attention.reading import UNKNOWN, Guess, Head, Reading

CLOSE = 5  # ranks that are worth an encouragement


def head_scores(lesson: Lesson, reading: Reading) -> np.ndarray:
    """Return how much each head does what the lesson asks for: [layers, heads], 0-1.

    Raises ValueError if the sentence has nothing to do it with.
    """
    if lesson.role:
        scores = head_roles(reading).scores[..., NAMES.index(lesson.role)]
        if np.isnan(scores).any():
            raise ValueError("no target")
        return scores
    assert lesson.pair  # a lesson that asks for a head has a role or a pair
    query, key = lesson.pair
    try:
        example = read_line(1, f"{reading.text} | {query} -> {key}")
        return measure(reading, example).weight
    except NoSuchWord as error:
        raise ValueError(str(error)) from error


def describe_pick(scores: np.ndarray, lesson: Lesson, head: Head) -> str:
    """Answer a student's pick with its number and its rank."""
    score = scores[head]
    rank = int((scores > score).sum()) + 1
    if lesson.role:
        says = ROLES[NAMES.index(lesson.role)].says
        what = f"gives {score:.0%} of its attention to {says}"
    else:
        assert lesson.pair  # as above
        query, key = lesson.pair
        what = f"gives {score:.0%} of the attention of “{query}” to “{key}”"
    if rank == 1:
        judged = f"more than any other of {scores.size} heads. You found it."
    elif rank <= CLOSE:
        judged = f"rank {rank} of {scores.size} heads. Close: look for a stronger one."
    else:
        judged = f"rank {rank} of {scores.size} heads. Pick another from the picture."
    return f"{head.name} {what}: {judged}"


def describe_guess(found: Guess, word: str) -> str:
    """Say a guess's probability and rank.

    >>> describe_guess(Guess("book", 0.0312, 4), "Book")
    "Your guess “Book”: 3.1%, BERT's word number 4."
    """
    if found.token == UNKNOWN:
        return f"BERT's vocabulary has no “{word}”. Guess another word."
    return (
        f"Your guess “{word}”: {percent(found.probability)}, "
        f"BERT's word number {found.rank:,}."
    )
