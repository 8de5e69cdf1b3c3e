"""Text -> BERT's tokens: a checkpoint's tokenizer, safe to call from many threads."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Protocol

from transformers import BertTokenizerFast

from model_cache.checkpoint import BrokenCheckpoint
from model_cache.unreadable import (
    EmptyText,
    HalfACharacter,
    NotOnePiece,
    TooManyCharacters,
    TooManyTokens,
)

# Not even counted in tokens beyond this: 6 million characters take 16 s to count.
MAX_CHARACTERS = 100_000
# A Python string can hold one half of a pair, the tokenizer cannot.
SURROGATE = re.compile("[\ud800-\udfff]")


class Encoding(Protocol):
    """What is used of an encoding of the library tokenizers, which has no types."""

    ids: list[int]
    tokens: list[str]
    word_ids: list[int | None]
    offsets: list[tuple[int, int]]


class Tokenizer:
    """The tokenizer of one model."""

    def __init__(self, model: str, folder: Path, vocab_size: int, max_tokens: int):
        """Read the tokenizer of `folder`, which people know as `model`.

        max_tokens: that the model reads at once. Raises BrokenCheckpoint.
        """
        try:
            tokenizer = BertTokenizerFast.from_pretrained(folder, local_files_only=True)
        except Exception as error:  # tokenizers raises any kind, even bare ones
            raise BrokenCheckpoint(
                f"The tokenizer of {model} cannot be read. Get the model again.",
                folder,
            ) from error
        self.mask_id = tokenizer.mask_token_id
        self.max_tokens = max_tokens
        # Some checkpoints pad their vocabulary: such ids have no piece.
        self.vocabulary = [
            piece or f"[id {i}]"
            for i, piece in enumerate(
                tokenizer.convert_ids_to_tokens(range(vocab_size))
            )
        ]
        # A checkpoint's tokenizer.json may cut long texts silently. And a call to
        # the class changes such settings under other threads; its core does not.
        self._core = tokenizer.backend_tokenizer
        self._core.no_truncation()
        self._core.no_padding()

    def encode(self, text: str, words: Sequence[str] | None = None) -> Encoding:
        """Return the tokens of a text, or of its words where those are given.

        Raises UnreadableText.
        """
        if not text.strip():
            raise EmptyText
        _require_sound(text)
        encoding = self._core.encode(
            text if words is None else list(words), is_pretokenized=words is not None
        )
        if len(encoding.ids) > self.max_tokens:
            raise TooManyTokens(len(encoding.ids), self.max_tokens)
        if len(encoding.ids) == 2:  # only [CLS] and [SEP]: control characters, say
            raise EmptyText
        return encoding

    def id_of(self, word: str) -> int:
        """Return the id of a word of one piece, such as "table" or "##ly".

        Raises UnreadableText, mostly NotOnePiece.
        """
        _require_sound(word)
        id_ = self._core.token_to_id(word)
        if id_ is not None:
            return id_
        pieces = self._core.encode(word, add_special_tokens=False)
        if len(pieces.ids) != 1:
            raise NotOnePiece(word, pieces.tokens)
        return pieces.ids[0]


def _require_sound(text: str) -> None:
    """Raise UnreadableText for what the tokenizer cannot or should not be given."""
    if len(text) > MAX_CHARACTERS:
        raise TooManyCharacters(len(text))
    if SURROGATE.search(text):
        raise HalfACharacter


def spans_in_text(
    encoding: Encoding, words: Sequence[str]
) -> Iterator[tuple[int, int]]:
    """Yield each token's place among words with spaces between them.

    A tokenizer that is given words counts in each.
    """
    starts = list(accumulate((len(word) + 1 for word in words), initial=0))
    for word, (start, end) in zip(encoding.word_ids, encoding.offsets, strict=True):
        yield (0, 0) if word is None else (starts[word] + start, starts[word] + end)
