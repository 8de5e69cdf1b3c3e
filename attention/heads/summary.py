"""What a head does in one reading, said in a sentence with its number."""

import numpy as np

from attention.heads.roles import BROAD, NAMES, ROLES, HeadRoles
from attention.reading import Head, Reading
from attention.words import ordinary

ORDINALS = {1: "first", 2: "second", 3: "third"}
ENDINGS = {1: "st", 2: "nd", 3: "rd"}  # but for 11, 12 and 13


def strongest_pair(reading: Reading, head: Head) -> tuple[int, int, float]:
    """Return (query, key, weight) of the head's largest weight, from 0 and 0-1.

    [CLS] and [SEP] are left out as queries, since they are not words; as keys they
    stay, because many heads do rest on them.
    """
    queries = np.flatnonzero(ordinary(reading))
    weights = reading.attention[*head, queries]
    row, key = np.unravel_index(weights.argmax(), weights.shape)
    return int(queries[row]), int(key), float(weights[row, key])


def describe_strongest(reading: Reading, head: Head) -> str:
    """Say which token attends most to which: "“a” looks most at “[MASK]”: 93%"."""
    if not ordinary(reading).any():
        return ""
    query, key, weight = strongest_pair(reading, head)
    looker = token_name(reading.tokens, query)
    target = "itself" if query == key else token_name(reading.tokens, key)
    return (
        f"Strongest here: {looker} looks at {target} with {weight:.0%} of its "
        f"attention; spread evenly it would be {1 / reading.n_tokens:.0%}."
    )


def strongest_role(roles: HeadRoles, head: Head) -> str:
    """Return the role a head is labelled with, else the one it gives most to."""
    label = str(roles.labels[head])
    if label in NAMES:
        return label
    return NAMES[int(np.nan_to_num(roles.scores[head]).argmax())]


def describe_role(roles: HeadRoles, head: Head) -> str:
    """Say what a head does in this reading, with its share and chance's."""
    scores, label = roles.scores[head], roles.labels[head]
    if np.isnan(scores).all():
        return "There is no word here for a head to look from."
    best = NAMES.index(strongest_role(roles, head))
    share = (
        f"{scores[best]:.0%} of its attention; "
        f"spread evenly it would be {roles.chance[best]:.0%}."
    )
    if label in NAMES:
        return f"Each word looks at {ROLES[best].says}: {share}"
    if label == BROAD:
        return (
            "Each word looks nearly everywhere: its attention is "
            f"{roles.entropy[head]:.0%} as spread out as can be."
        )
    return f"Mixed: no single habit. Most goes to {ROLES[best].says}, {share}"


def token_name(tokens: tuple[str, ...], position: int) -> str:
    """Name a token; a repeated one by its turn.

    >>> token_name(("the", "dog", "the"), 2)
    'the second “the”'
    """
    token = tokens[position]
    if tokens.count(token) == 1:
        return f"“{token}”"
    return f"the {ordinal(tokens[: position + 1].count(token))} “{token}”"


def ordinal(number: int) -> str:
    """Write a number as a turn.

    >>> [ordinal(number) for number in (1, 4, 11, 21, 112, 353)]
    ['first', '4th', '11th', '21st', '112th', '353rd']
    """
    is_teen = number % 100 in (11, 12, 13)
    ending = "th" if is_teen else ENDINGS.get(number % 10, "th")
    return ORDINALS.get(number, f"{number}{ending}")
