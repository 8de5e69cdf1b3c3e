"""From word pieces to words: where they are, and what heads give one from another."""

import unicodedata
from collections.abc import Sequence

import numpy as np

from attention.reading import MASK, NO_WORDS, UNKNOWN, Reading

ASCII_SYMBOLS = frozenset("$+<=>^`|~")  # punctuation to BERT, though not to Unicode
Groups = Sequence[Sequence[int]]  # each word's positions


# What a token is


def ordinary(reading: Reading) -> np.ndarray:
    """True for each ordinary (non-special) token, not [CLS] or [SEP]: bool [n]."""
    return np.array([token not in NO_WORDS for token in reading.tokens])


def is_punctuation(token: str) -> bool:
    """True if a token is made of punctuation, as BERT's tokenizer sees it.

    >>> [is_punctuation(token) for token in (".", "##'", "$", "[MASK]", "a")]
    [True, True, True, False, False]
    """
    characters = token.removeprefix("##")
    return all(
        unicodedata.category(c).startswith("P") or c in ASCII_SYMBOLS
        for c in characters
    )


# Attention between words


def word_pieces(reading: Reading) -> dict[int, list[int]]:
    """Return each word's positions by its number, [CLS] and [SEP] left out."""
    words: dict[int, list[int]] = {}
    is_ordinary = ordinary(reading)
    for position, word in enumerate(reading.word_ids):
        if word is not None and is_ordinary[position]:
            words.setdefault(word, []).append(position)
    return words


def to_words(
    attention: np.ndarray, words: Groups, queries: Groups | None = None
) -> np.ndarray:
    """Join attention from pieces to words, after Clark et al. 2019, section 4.1.

    Attention to a word is the sum over its pieces, attention from a word the mean, so
    rows that summed to 1 still do. attention: [..., tokens, tokens]. queries: the words
    whose rows are wanted, if not all. Result: [..., queries, words].
    """
    queries = words if queries is None else queries
    rows, columns = np.concatenate(queries), np.concatenate(words)
    everything = np.arange(attention.shape[-1])
    # All tokens in their order need no copy, which of 512 would take 151 MB.
    if not all(np.array_equal(some, everything) for some in (rows, columns)):
        attention = attention[..., rows[:, None], columns]
    summed = np.add.reduceat(attention, _starts(words), axis=-1)
    sizes = np.array([len(word) for word in queries], np.float32)
    return np.add.reduceat(summed, _starts(queries), axis=-2) / sizes[:, None]


def looked_at(
    rows: np.ndarray, queries: Sequence[int], keys: Sequence[int]
) -> np.ndarray:
    """Return, for each pair of a query and a key, the word that the query looks at.

    That is the word that gets most of its attention, but itself; ties go against the
    key. A head points from a query to its key if the result is that key.
    rows: [layers, heads, pairs, words], each pair's query's. Result: [layers, heads,
    pairs].
    """
    pairs = np.arange(len(keys))
    rivals = rows.copy()
    rivals[..., pairs, queries] = -1
    rivals[..., pairs, keys] = -1
    is_key = rows[..., pairs, keys] > rivals.max(axis=-1)
    return np.where(is_key, keys, rivals.argmax(axis=-1))


def _starts(groups: Groups) -> np.ndarray:
    """Return where each group begins among the positions of all, in their order."""
    return np.cumsum([0, *(len(group) for group in groups[:-1])])


# Words of the text


def word_spans(reading: Reading) -> list[tuple[int, int]]:
    """Return where each word stands in the text, (start, end), in reading order."""
    spans: dict[int, tuple[int, int]] = {}
    for word, (start, end) in zip(reading.word_ids, reading.spans, strict=True):
        if word is not None:
            first, _ = spans.get(word, (start, end))
            spans[word] = (first, end)
    return list(spans.values())


def unknown_words(reading: Reading) -> list[str]:
    """Return what a text's [UNK] stand for, each once, in reading order."""
    words = (
        reading.text[start:end]
        for token, (start, end) in zip(reading.tokens, reading.spans, strict=True)
        if token == UNKNOWN
    )
    return [word for word in dict.fromkeys(words) if word != UNKNOWN]


def hide_word(text: str, span: tuple[int, int]) -> str:
    """Put [MASK] in the place of a word.

    >>> hide_word("The turtle moved.", (4, 10))
    'The [MASK] moved.'
    """
    return text[: span[0]] + MASK + text[span[1] :]
