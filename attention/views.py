"""Other ways to look at a reading: words in place of pieces, specials out of sight.

A view is a Reading again, so every picture, role, ranking and file follows it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from attention.reading import Reading
from attention.words import is_punctuation, ordinary, to_words

SHOWN, HIDDEN, RENORMALISED = "shown", "hidden", "renormalised"
SPECIALS = (SHOWN, HIDDEN, RENORMALISED)
WORDS = "words"
SAYS = {
    WORDS: "Word pieces are joined: attention to a word is the sum over its pieces, "
    "from a word the mean.",
    HIDDEN: "[CLS], [SEP] and punctuation are hidden: rows sum to less than 1.",
    RENORMALISED: "[CLS], [SEP] and punctuation are hidden and each row is divided by "
    "what is left of it: shares are of the attention between words.",
}


class NothingLeft(ValueError):
    def __init__(self) -> None:
        super().__init__(
            "Nothing is left to show: every token is special or punctuation. "
            "Show these again."
        )


def view(reading: Reading, join: bool, specials: str) -> Reading:
    """Return the reading as chosen: pieces joined or not, one of SPECIALS.

    Raises NothingLeft if hiding leaves no token.
    """
    steps = (WORDS,) * join + (specials,) * (specials != SHOWN)
    if join:
        reading = join_pieces(reading)
    if specials != SHOWN:
        reading = hide_specials(reading, renormalise=specials == RENORMALISED)
    return replace(reading, view=steps)


def seen_as(reading: Reading, join: bool, specials: str) -> tuple[Reading, str]:
    """Return the chosen view of a reading, and what it does to the numbers."""
    try:
        seen = view(reading, join, specials)
    except NothingLeft as error:
        return reading, str(error)
    return seen, describe_view(seen.view)


def describe_view(steps: Sequence[str]) -> str:
    """Say what a reading's view does to its numbers; "" for the reading as it is."""
    return " ".join(SAYS[step] for step in steps)


def join_pieces(reading: Reading) -> Reading:
    """Join the pieces of each word into one token.

    Rows still sum to 1; see words.to_words. [CLS] and [SEP] are words of their own.
    """
    groups = _words(reading.word_ids)
    if len(groups) == reading.n_tokens:
        return reading
    starts = [group[0] for group in groups]
    attention = to_words(reading.attention, groups)
    attention.flags.writeable = False
    tokens = tuple(_joined([reading.tokens[i] for i in group]) for group in groups)
    return replace(
        reading,
        tokens=tokens,
        ids=tuple(_numbers([[reading.ids[i] for i in group] for group in groups])),
        word_ids=tuple(reading.word_ids[start] for start in starts),
        spans=tuple(
            (reading.spans[group[0]][0], reading.spans[group[-1]][1])
            for group in groups
        ),
        mask_positions=tuple(starts.index(i) for i in reading.mask_positions),
        attention=attention,
    )


def hide_specials(reading: Reading, renormalise: bool) -> Reading:
    """Leave out [CLS], [SEP] and punctuation, as rows and as columns.

    renormalise: divide each row by what is left of it, so that it sums to 1 again.
    Raises NothingLeft.
    """
    punctuation = np.array([is_punctuation(token) for token in reading.tokens])
    kept = np.flatnonzero(ordinary(reading) & ~punctuation)
    if not kept.size:
        raise NothingLeft
    attention = reading.attention[:, :, kept][..., kept]
    if renormalise:
        # A row may give all to what is hidden; its rest is then 0, not a share.
        rest = attention.sum(axis=-1, keepdims=True)
        attention = attention / np.maximum(rest, np.finfo(np.float32).tiny)
    attention.flags.writeable = False
    return replace(
        reading,
        tokens=tuple(reading.tokens[i] for i in kept),
        ids=tuple(reading.ids[i] for i in kept),
        word_ids=tuple(reading.word_ids[i] for i in kept),
        spans=tuple(reading.spans[i] for i in kept),
        mask_positions=tuple(
            int(np.searchsorted(kept, i)) for i in reading.mask_positions
        ),
        attention=attention,
    )


def _words(word_ids: Sequence[int | None]) -> list[list[int]]:
    """Group neighbouring positions of one word; a special stands alone."""
    groups: list[list[int]] = []
    for position, word in enumerate(word_ids):
        if position and word is not None and word == word_ids[position - 1]:
            groups[-1].append(position)
        else:
            groups.append([position])
    return groups


def _joined(pieces: list[str]) -> str:
    """Write pieces as one word: ["slow", "##ly"] is "slowly"."""
    return pieces[0] + "".join(piece.removeprefix("##") for piece in pieces[1:])


def _numbers(words: list[list[int]]) -> list[int]:
    """Give equal words equal numbers, so that a repeated word is found."""
    seen: dict[tuple[int, ...], int] = {}
    return [seen.setdefault(tuple(word), len(seen)) for word in words]
