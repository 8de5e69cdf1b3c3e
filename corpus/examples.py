"""Sentences of a treebank as examples of a relation, to be opened on the page."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from attention.atlas.relations import TO_GOVERNOR
from attention.claims.lines import Example
from attention.naming import Span
from corpus.measure import dependencies
from corpus.treebank import Sentence, blocks, read_block

Item = TypeVar("Item")

LIMIT = 40  # examples of a relation
MOST_BLOCKS = 8  # 2,048 sentences, a second or two
MOST_TOKENS = 40  # of a sentence whose heatmap can be read

Examples = Mapping[str, tuple[Example, ...]]


def examples(paths: Sequence[Path], limit: int = LIMIT) -> Examples:
    """Return examples of every relation in treebanks, from dependent to governor.

    Of each relation at most `limit`, taken evenly over all sentences read; of large
    treebanks some blocks are read, taken evenly too. An example's line is the number
    of its sentence among those. Raises OSError, NotATreebank.
    """
    found: dict[str, list[tuple[int, str, Span, Span]]] = {}
    for number, sentence in enumerate(_sentences(paths), start=1):
        text = " ".join(sentence.text.split())
        spans = token_spans(text, sentence.tokens)
        if spans is None or len(spans) > MOST_TOKENS:
            continue
        for name, dependent, governor in dependencies(sentence):
            if dependent != governor:
                ends = spans[dependent], spans[governor]
                found.setdefault(name, []).append((number, text, *ends))
    return {
        name: tuple(Example(*one) for one in evenly(instances, limit))
        for name, instances in found.items()
    }


def directed(examples: Sequence[Example], direction: int) -> tuple[Example, ...]:
    """Return examples from dependent to governor as the direction has them."""
    if direction == TO_GOVERNOR:
        return tuple(examples)
    return tuple(Example(one.line, one.text, one.key, one.query) for one in examples)


def token_spans(text: str, tokens: Sequence[str]) -> list[Span] | None:
    """Return where each token stands in its text, None if the text does not fit.

    >>> token_spans("I don't.", ["I", "don't", "."])
    [(0, 1), (2, 7), (7, 8)]
    >>> token_spans("I do not.", ["I", "don't", "."])
    """
    spans, end = [], 0
    for token in tokens:
        start = end + (text[end : end + 1] == " ")
        end = start + len(token)
        if not token or text[start:end] != token:
            return None
        spans.append((start, end))
    return spans if end == len(text) else None


def evenly(items: Sequence[Item], limit: int) -> list[Item]:
    """Return at most `limit` items at even distances.

    >>> evenly(range(10), 4)
    [0, 2, 5, 7]
    """
    n = min(limit, len(items))
    return [items[i * len(items) // n] for i in range(n)]


def _sentences(paths: Sequence[Path]) -> Iterator[Sentence]:
    every = [block for path in paths for block in blocks(path)]
    for block in evenly(every, MOST_BLOCKS):
        for sentence in read_block(block):
            if isinstance(sentence, Sentence):
                yield sentence
