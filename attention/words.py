"""Between word pieces and the words a person typed."""

from attention.reading import MASK, UNKNOWN, Reading


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
