"""The result that every part of the project takes: one sentence as a model read it.

`model_cache.engine` makes a `Reading`; frames, diagrams and the page only look at it.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple, Self, SupportsInt

import numpy as np

MASK = "[MASK]"
NO_WORDS = "[CLS]", "[SEP]"  # what BERT puts around a text
UNKNOWN = "[UNK]"  # what the vocabulary has no pieces for
MAX_K = 20  # the most predictions the page and the command offer
MAX_MASKS = 8  # that are listed; tables for more would be a page of their own


@dataclass(frozen=True)
class Prediction:
    """One piece that the model would put at a mask."""

    token: str  # as in the vocabulary: "table", or "##ly" for a word's continuation
    id: int
    probability: float  # 0-1, softmax over the whole vocabulary
    sentence: str  # the text with this mask, and no other, filled in

    @property
    def is_continuation(self) -> bool:
        """True for a piece such as "##ly", which continues the word before it."""
        return self.token.startswith("##")


@dataclass(frozen=True)
class Guess:
    """A person's word at a mask, as the model sees it."""

    token: str  # as in the vocabulary
    probability: float  # 0-1, softmax over the whole vocabulary
    rank: int  # 1 for the likeliest piece


@dataclass(frozen=True, eq=False)
class Reading:
    """One text as one model read it; n tokens, [CLS] and [SEP] included."""

    text: str
    model: str  # the catalog's id of the model that answered
    tokens: tuple[str, ...]  # n pieces
    ids: tuple[int, ...]  # n vocabulary ids
    word_ids: tuple[int | None, ...]  # n numbers of words, None for specials
    spans: tuple[tuple[int, int], ...]  # n (start, end) in text; (0, 0) for specials
    mask_positions: tuple[int, ...]
    predictions: tuple[tuple[Prediction, ...], ...]  # for each mask, likeliest first
    attention: np.ndarray  # float32 [layers, heads, query, key]; rows sum to 1
    view: tuple[str, ...] = ()  # what views.py did to tokens and rows; () = nothing

    @property
    def n_tokens(self) -> int:
        return len(self.tokens)

    @property
    def shape(self) -> tuple[int, int]:
        """(layers, heads)."""
        return self.attention.shape[:2]


class Head(NamedTuple):
    """A head by its array indices; people count layers and heads from 1."""

    layer: int
    head: int

    @classmethod
    def numbered(cls, layer: int, head: int) -> Self:
        """Return the head that a person means.

        >>> Head.numbered(3, 10)
        Head(layer=2, head=9)
        """
        return cls(layer - 1, head - 1)

    @classmethod
    def at(cls, index: SupportsInt, shape: tuple[int, int]) -> Self:
        """Return the head at an index of a raveled array of shape (layers, heads).

        >>> Head.at(9, shape=(3, 4))
        Head(layer=2, head=1)
        """
        return cls(*divmod(int(index), shape[1]))

    @property
    def numbers(self) -> tuple[int, int]:
        """Layer and head as people count them.

        >>> Head(2, 9).numbers
        (3, 10)
        """
        return self.layer + 1, self.head + 1

    @property
    def name(self) -> str:
        """What people call the head.

        >>> Head(2, 9).name
        'Layer 3, head 10'
        """
        return "Layer {}, head {}".format(*self.numbers)

    @property
    def short(self) -> str:
        """What links and lessons call the head.

        >>> Head(2, 9).short
        '3-10'
        """
        return "{}-{}".format(*self.numbers)

    @classmethod
    def from_short(cls, short: str) -> Self:
        """Return the head that a link means. Raises ValueError for anything else.

        >>> Head.from_short("3-10")
        Head(layer=2, head=9)
        """
        if not (numbers := re.fullmatch("([0-9]{1,3})-([0-9]{1,3})", short)):
            raise ValueError("of the form “3-10”, a layer and a head")
        return cls.numbered(*map(int, numbers.groups()))

    def is_within(self, shape: tuple[int, int]) -> bool:
        """True if a model of so many layers and heads has this one."""
        return 0 <= self.layer < shape[0] and 0 <= self.head < shape[1]

    def nearest(self, shape: tuple[int, int]) -> Self:
        """Return this head, or the nearest one that a smaller model has.

        >>> Head(2, 9).nearest((12, 4))
        Head(layer=2, head=3)
        """
        layer, head = (
            min(max(number, 0), count - 1)
            for number, count in zip(self, shape, strict=True)
        )
        return type(self)(layer, head)


def heads_named(names: list[str], shape: tuple[int, int]) -> frozenset[Head]:
    """Return the heads that "Layer 3" and "Layer 3, head 10" stand for."""
    heads = set()
    for name in names:
        layer, *chosen = map(int, re.findall(r"\d+", name))
        numbers = chosen or range(1, shape[1] + 1)
        heads |= {Head.numbered(layer, head) for head in numbers}
    return frozenset(heads)


def fill_parts(text: str, span: tuple[int, int], token: str) -> tuple[str, str, str]:
    """Put a token in the place of text[start:end]: what stands before, it, after.

    A continuation loses its ## and joins the word before it.

    >>> fill_parts("He moved [MASK].", (9, 15), "on")
    ('He moved ', 'on', '.')
    >>> fill_parts("He moved slow [MASK].", (14, 20), "##ly")
    ('He moved slow', 'ly', '.')
    """
    before, after = text[: span[0]], text[span[1] :]
    if token.startswith("##"):
        return before.rstrip(), token[2:], after
    return before, token, after
