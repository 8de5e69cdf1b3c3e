"""What a head does in one reading, said in a sentence with its number."""

import numpy as np

from attention.reading import Reading

ORDINALS = {1: "first", 2: "second", 3: "third"}


def strongest_pair(reading: Reading, layer: int, head: int) -> tuple[int, int, float]:
    """Return (query, key, weight) of the head's largest weight, from 0 and 0-1.

    [CLS] and [SEP] are left out as queries, since they are not words; as keys they
    stay, because many heads do rest on them.
    """
    weights = reading.attention[layer, head, 1:-1]
    query, key = np.unravel_index(weights.argmax(), weights.shape)
    return int(query) + 1, int(key), float(weights[query, key])


def describe_strongest(reading: Reading, layer: int, head: int) -> str:
    """Say which token attends most to which: "“a” looks most at “[MASK]”: 93 %"."""
    query, key, weight = strongest_pair(reading, layer, head)
    looker = token_name(reading.tokens, query)
    target = "itself" if query == key else token_name(reading.tokens, key)
    return (
        f"Strongest here: {looker} looks at {target} with {weight:.0%} of its "
        f"attention; spread evenly it would be {1 / reading.n_tokens:.0%}."
    )


def token_name(tokens: tuple[str, ...], position: int) -> str:
    """Name a token; a repeated one by its turn.

    >>> token_name(("the", "dog", "the"), 2)
    'the second “the”'
    """
    token = tokens[position]
    if tokens.count(token) == 1:
        return f"“{token}”"
    turn = tokens[: position + 1].count(token)
    return f"the {ORDINALS.get(turn, f'{turn}th')} “{token}”"
