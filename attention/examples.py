"""A claim's sentences, as a student types them: one a line, the pair behind a bar.

"The turtle moved slowly. | slowly -> moved" says: here "slowly" should look at
"moved". A word that occurs more than once carries its number: "the#2 -> dog".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

BAR = "|"
ARROW = re.compile("->|→")
NUMBERED = re.compile(r"(.+)#([1-9][0-9]{0,3})", re.DOTALL)
# Chinese and Japanese write words without spaces, and BERT reads each sign by itself.
SIGN_BY_SIGN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]")
MAX_EXAMPLES = 2000
MAX_MALFORMED = 100  # such lines in a file are the sign that it is another file
# 512 tokens are seldom over 2,500 characters. To look for a word takes the product of
# both lengths, and every visitor waits: hours, for a word and a line of a megabyte.
MAX_LINE, MAX_NAME = 10_000, 100  # characters
# Keyboards type the one, word processors and web pages print the other.
APOSTROPHE = re.compile("['’]")
FORM = "sentence | from -> to"

Span = tuple[int, int]  # start and end in a text


@dataclass(frozen=True)
class Example:
    """A sentence in which one word should look at another."""

    line: int  # from 1
    text: str
    query: Span
    key: Span

    @cached_property
    def pair(self) -> str:
        """The two words as a line names them: "slowly -> moved", "the#2 -> cat"."""
        return _names(self.text, self.query, self.key)


@dataclass(frozen=True)
class Malformed:
    """A line that is not tested."""

    line: int
    reason: str  # what is wrong and what to write instead

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


def parse(lines: Iterable[str]) -> tuple[list[Example], list[Malformed]]:
    """Return the examples, at most MAX_EXAMPLES, and the lines that are none.

    After MAX_MALFORMED of these the rest is not read.

    Blank lines are skipped, and counted in the numbers of lines.
    """
    examples, malformed = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if len(examples) == MAX_EXAMPLES:
            reason = f"only the first {MAX_EXAMPLES:,} sentences are tested"
            malformed.append(Malformed(number, reason))
            break
        if len(malformed) == MAX_MALFORMED:
            reason = f"after {MAX_MALFORMED} lines that say no pair, no more is read"
            malformed.append(Malformed(number, reason))
            break
        try:
            examples.append(read_line(number, line))
        except ValueError as error:
            malformed.append(Malformed(number, str(error)))
    return examples, malformed


def read_line(number: int, line: str) -> Example:
    """Return one line's example. Raises ValueError with the reason if it is none."""
    if len(line) > MAX_LINE:
        raise ValueError(f"the line has over {MAX_LINE:,} characters; shorten it")
    text, bar, pair = line.rpartition(BAR)
    if not bar:
        raise ValueError(f"there is no bar; write {FORM}")
    words = [word.strip() for word in ARROW.split(pair)]
    if len(words) != 2 or not all(words):
        raise ValueError(f"two words and an arrow belong behind the bar; write {FORM}")
    text = " ".join(text.split())
    if not text:
        raise ValueError(f"there is no sentence before the bar; write {FORM}")
    query, key = (find_word(text, word) for word in words)
    if query[0] < key[1] and key[0] < query[1]:
        raise ValueError("from and to are the same word; choose two different ones")
    return Example(number, text, query, key)


def find_word(text: str, name: str) -> Span:
    """Return where a word stands in a text. Raises ValueError with the reason.

    name: the word, or "the#2" for the second "the"; capitals count as small letters,
    unless they single one out.

    >>> find_word("The dog saw the cat.", "The")
    (0, 3)
    >>> find_word("The dog saw the cat.", "the#2")
    (12, 15)
    """
    if len(name) > MAX_NAME:
        raise ValueError(f"“{name[:20]}…” is too long for a word")
    if found := occurrences(text, name):
        exact = [span for span in found if text[slice(*span)] == name]
        for only in (found, exact):
            if len(only) == 1:
                return only[0]
        raise ValueError(
            f"“{name}” occurs {len(found)} times; write {name}#1 for the first"
        )
    if numbered := NUMBERED.fullmatch(name):
        word, turn = numbered[1], int(numbered[2])
        found = occurrences(text, word)
        if len(found) >= turn:
            return found[turn - 1]
        if found:
            times = "once" if len(found) == 1 else f"{len(found)} times"
            raise ValueError(f"“{word}” occurs only {times}, so there is no {name}")
    raise ValueError(f"“{name}” is not a word of the sentence")


def occurrences(text: str, word: str) -> list[Span]:
    """Return every place where text has this whole word, capital or small.

    >>> occurrences("I don’t.", "Don't")
    [(2, 7)]
    """
    pattern = APOSTROPHE.sub(APOSTROPHE.pattern, re.escape(word))
    spans = (m.span() for m in re.finditer(pattern, text, re.IGNORECASE))
    return [
        (start, end)
        for start, end in spans
        if not is_inside_word(text, start) and not is_inside_word(text, end)
    ]


def is_inside_word(text: str, boundary: int) -> bool:
    """Tell whether the characters on both sides of a boundary are of one word.

    >>> [is_inside_word("slow-ly", i) for i in (0, 1, 4, 7)]
    [False, True, False, False]
    """
    around = text[max(boundary - 1, 0) : boundary + 1]
    return len(around) == 2 and boundary > 0 and all(map(_is_letter, around))


def _is_letter(character: str) -> bool:
    return character.isalnum() and not SIGN_BY_SIGN.match(character)


def write_line(text: str, query: Span, key: Span) -> str:
    """Write an example as `read_line` reads it back."""
    return f"{' '.join(text.split())} {BAR} {_names(text, query, key)}"


def _names(text: str, query: Span, key: Span) -> str:
    return f"{_name(text, query)} -> {_name(text, key)}"


def _name(text: str, span: Span) -> str:
    word = text[slice(*span)]
    found = occurrences(text, word)
    if len(found) == 1 or span not in found:
        return word  # if not found, `read_line` says so
    return f"{word}#{found.index(span) + 1}"
