"""Between word pieces and the words a person typed."""

from attention.reading import MASK, Reading


def word_spans(reading: Reading) -> list[tuple[int, int]]:
    """Return where each word stands in the text, (start, end), in reading order."""
    spans: dict[int, tuple[int, int]] = {}
    for word, (start, end) in zip(reading.word_ids, reading.spans, strict=True):
        if word is not None:
            first, _ = spans.get(word, (start, end))
            spans[word] = (first, end)
    return list(spans.values())


def hide_word(text: str, span: tuple[int, int]) -> str:
    """Put [MASK] in the place of a word.

    >>> hide_word("The turtle moved.", (4, 10))
    'The [MASK] moved.'
    """
    return text[: span[0]] + MASK + text[span[1] :]
