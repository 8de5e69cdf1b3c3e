"""Texts in groups that are read at once: enough to be fast, few enough to stop."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

# Sentences read at once; more would be no faster and fill the memory.
BATCH_SENTENCES, BATCH_CHARACTERS = 32, 4000

Item = TypeVar("Item")


def batches(
    items: Iterable[Item], text_of: Callable[[Item], str]
) -> Iterator[list[Item]]:
    """Group items, in their order, into such as are read at once.

    >>> texts = ["a" * 1000, "b" * 3001, "c"]
    >>> [len(batch) for batch in batches(texts, str)]
    [1, 2]
    """
    batch: list[Item] = []
    n_characters = 0
    for item in items:
        n_characters += len(text_of(item))
        is_full = len(batch) == BATCH_SENTENCES or n_characters > BATCH_CHARACTERS
        if batch and is_full:
            yield batch
            batch, n_characters = [], len(text_of(item))
        batch.append(item)
    if batch:
        yield batch
