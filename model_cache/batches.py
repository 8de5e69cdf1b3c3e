"""Which texts are read together: groups in their order, batches by their length."""

from collections.abc import Iterable, Iterator, Sequence

# One batch's attention may take this many bytes: 32 sentences of 32 tokens of
# BERT base are 19 MB, one of 512 tokens is 151 MB and runs alone.
BATCH_BYTES = 64_000_000
# A text may be longer than the shortest of its batch by this factor, and one token: of
# a treebank, a tenth of what is computed is padding then, and without it 40%.
MOST_STRETCH = 1.2
# Of a group, all of which is read before its first result is given out: larger groups
# would be no faster, and stopping has to wait for the group.
GROUP_TEXTS, GROUP_CHARACTERS = 32, 4000


def groups(texts: Iterable[str]) -> Iterator[list[str]]:
    """Group texts, in their order, to be read a group at a time.

    >>> [len(group) for group in groups(["a" * 1000, "b" * 3001, "c"])]
    [1, 2]
    """
    group: list[str] = []
    n_characters = 0
    for text in texts:
        n_characters += len(text)
        if group and (len(group) == GROUP_TEXTS or n_characters > GROUP_CHARACTERS):
            yield group
            group, n_characters = [], len(text)
        group.append(text)
    if group:
        yield group


def batches(lengths: Sequence[int], bytes_per_cell: int) -> Iterator[list[int]]:
    """Group texts by length so that little is padded and memory stays bounded.

    lengths: tokens of each text. Yields lists of indices, shortest texts first; one
    batch's attention takes at most BATCH_BYTES, unless a single text takes more.

    >>> list(batches([5, 4, 5, 8], bytes_per_cell=BATCH_BYTES // 50))
    [[1, 0], [2], [3]]
    """
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        size = (len(batch) + 1) * lengths[i] ** 2 * bytes_per_cell
        longest = MOST_STRETCH * lengths[batch[0]] + 1 if batch else 0
        if batch and (size > BATCH_BYTES or lengths[i] > longest):
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
