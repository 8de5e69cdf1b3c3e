"""Readings made by hand, for tests of what is done with a reading."""

import numpy as np

from attention.reading import MASK, Reading


def make_reading(attention: np.ndarray, words: str = "the dog the cat") -> Reading:
    """Return a reading of `words` (split at spaces) between [CLS] and [SEP].

    attention: [layers, heads, n, n] for n = words + 2.
    """
    tokens = ["[CLS]", *words.split(), "[SEP]"]
    ends = np.cumsum([len(word) + 1 for word in words.split()]) - 1
    spans = [
        (int(end) - len(w), int(end))
        for w, end in zip(words.split(), ends, strict=True)
    ]
    return Reading(
        text=words,
        model="made by hand",
        tokens=tuple(tokens),
        ids=tuple(range(len(tokens))),
        word_ids=(None, *range(len(tokens) - 2), None),
        spans=((0, 0), *spans, (0, 0)),
        mask_positions=tuple(i for i, t in enumerate(tokens) if t == MASK),
        predictions=(),
        attention=np.asarray(attention, np.float32),
    )
