"""Why a text cannot be read: one sentence each, for the person who typed it."""

from collections.abc import Sequence


class UnreadableText(ValueError):
    """A text that no reading can be made of; the message says what to do."""


class EmptyText(UnreadableText):
    def __init__(self) -> None:
        super().__init__("Type a sentence: there is nothing to read yet.")


class HalfACharacter(UnreadableText):
    def __init__(self) -> None:
        super().__init__(
            "This text has half of a character in it, which no model can read. "
            "Delete it, or type the text again."
        )


class TooManyTokens(UnreadableText):
    def __init__(self, n_tokens: int, limit: int):
        super().__init__(
            f"This text has {n_tokens:,} tokens; BERT reads at most {limit} at once "
            f"([CLS] and [SEP] included). Shorten it by {n_tokens - limit:,}."
        )


class TooManyCharacters(UnreadableText):
    def __init__(self, n_characters: int):
        super().__init__(
            f"This text has {n_characters:,} characters, far more than BERT reads at "
            "once. Shorten it to a paragraph."
        )


class NotOnePiece(UnreadableText):
    def __init__(self, word: str, pieces: Sequence[str]):
        super().__init__(
            f"“{word}” is {len(pieces)} word pieces to this model "
            f"({' '.join(pieces[:6])}{' …' * (len(pieces) > 6)}), and it puts one at "
            "[MASK]. Guess a shorter or more common word."
            if pieces
            else "Type one word as your guess."
        )
