"""Does a head keep its role from sentence to sentence? One sentence proves little."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from attention.heads.roles import NAMES, HeadRoles
from attention.reading import Head

SENTENCES = Path(__file__).with_name("varied_sentences.txt")


@dataclass(frozen=True, eq=False)
class Spread:
    """One head's role over several sentences."""

    role: str  # the role that was followed, one of roles.NAMES
    scores: np.ndarray  # its score in each sentence that has a target for it, 0-1
    labels: Counter[str]  # how many sentences gave the head which label


@cache
def varied_sentences() -> tuple[str, ...]:
    """Return the built-in sentences, one a line of the text file."""
    return tuple(SENTENCES.read_text(encoding="utf-8").splitlines())


def spread(readings: Sequence[HeadRoles], head: Head, role: str) -> Spread:
    """Follow a head's role over readings of several sentences.

    role: one of roles.NAMES.
    """
    column = NAMES.index(role)
    scores = np.array([roles.scores[*head, column] for roles in readings])
    labels = Counter(str(roles.labels[head]) for roles in readings)
    return Spread(role, scores[~np.isnan(scores)], labels)


def describe_spread(found: Spread) -> str:
    """Say how steady a role is: its middle score, its range, how often it wins."""
    n_readings = found.labels.total()
    if not found.scores.size:
        return f"None of the {n_readings} sentences has a target for {found.role}."
    low, middle, high = np.percentile(found.scores, [10, 50, 90])
    return (
        f"Over {len(found.scores)} other sentences, {found.role} takes {middle:.0%} of "
        f"its attention in the middle one, {low:.0%} to {high:.0%} in eight of ten. "
        f"The head is labelled {found.role} in {found.labels[found.role]} of "
        f"{n_readings}."
    )
