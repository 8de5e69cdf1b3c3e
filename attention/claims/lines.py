"""A claim's sentences, as a student types them: one a line, a vertical bar, two words.

"The turtle moved slowly. | slowly -> moved" says: here "slowly" should look at
"moved". See attention.naming for words that occur more than once.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from attention.naming import Span, find_word, name_word

BAR = "|"
# As typed, and as word processors change it.
ARROW = re.compile("[-–—]+>|→")
MAX_EXAMPLES = 2000
MAX_MALFORMED = 100  # such lines are listed; more are the sign of another file
# 512 tokens are seldom over 2,500 characters; see also `naming.MAX_NAME`.
MAX_LINE = 10_000  # characters
FORM = "sentence | from -> to"


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

    @property
    def content(self) -> tuple[str, Span, Span]:
        """Its identity for finding copies; ignores line number and case."""
        return self.text.casefold(), self.query, self.key


@dataclass(frozen=True)
class Malformed:
    """A line that is not tested."""

    line: int
    reason: str  # what is wrong and what to write instead
    lines: int = 1  # this one and so many more below it that are not listed

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


def parse(lines: Iterable[str]) -> tuple[list[Example], list[Malformed]]:
    """Return the examples, at most MAX_EXAMPLES, and the lines that are none.

    Of these, the first MAX_MALFORMED have a reason each, the others one together. A
    copy of an earlier line is none: it would look like evidence. Blank lines are
    skipped, and counted in the numbers of lines.
    """
    examples: list[Example] = []
    malformed: list[Malformed] = []
    unlisted, beyond = [], []  # numbers of lines
    lines_of: dict[tuple[str, Span, Span], int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if len(examples) == MAX_EXAMPLES:
            beyond.append(number)
            continue
        try:
            example = read_line(number, line)
            if (earlier := lines_of.setdefault(example.content, number)) != number:
                raise ValueError(
                    f"it repeats line {earlier}, and a copy is no new evidence"
                )
            examples.append(example)
        except ValueError as error:
            if len(malformed) < MAX_MALFORMED:
                malformed.append(Malformed(number, str(error)))
            else:
                unlisted.append(number)
    if unlisted:
        malformed.append(_more_from(unlisted[0], len(unlisted)))
    if beyond:
        reason = (
            f"only the first {MAX_EXAMPLES:,} sentences are tested; from here on "
            f"{len(beyond):,} are left out"
        )
        malformed.append(Malformed(beyond[0], reason, len(beyond)))
    return examples, malformed


def listed(malformed: Iterable[Malformed]) -> list[Malformed]:
    """Return them by their lines, with a reason each for the first MAX_MALFORMED.

    `parse` leaves no more, but a model refuses lines as well.
    """
    ordered = sorted(malformed, key=lambda one: one.line)
    ones = [one for one in ordered if one.lines == 1]
    many = [one for one in ordered if one.lines > 1]
    if rest := ones[MAX_MALFORMED:]:
        many.insert(0, _more_from(rest[0].line, len(rest)))
    return ones[:MAX_MALFORMED] + many


def _more_from(line: int, n: int) -> Malformed:
    return Malformed(line, f"from here on {n:,} more; correct those above first", n)


def read_line(number: int, line: str) -> Example:
    """Return one line's example. Raises ValueError with the reason if it is none."""
    if len(line) > MAX_LINE:
        raise ValueError(f"the line has over {MAX_LINE:,} characters; shorten it")
    text, bar, pair = line.rpartition(BAR)
    if not bar:
        raise ValueError(f"there is no vertical bar; write {FORM}{_of_tables(line)}")
    words = [word.strip() for word in ARROW.split(pair)]
    if len(words) != 2 or not all(words):
        raise ValueError(
            f"two words and an arrow belong behind the vertical bar; write {FORM}"
        )
    text = " ".join(text.split())
    if not text:
        raise ValueError(f"there is no sentence before the vertical bar; write {FORM}")
    query, key = (find_word(text, word) for word in words)
    if query[0] < key[1] and key[0] < query[1]:
        raise ValueError("from and to are the same word; choose two different ones")
    return Example(number, text, query, key)


def _of_tables(line: str) -> str:
    """Mention tables where a line looks like a row of one."""
    if not re.search("[,;\t]", line):
        return ""
    return (
        ", or in a .csv the columns sentence, from, to (a sentence with commas in "
        "quotation marks)"
    )


def write_line(text: str, query: Span, key: Span) -> str:
    """Write an example as `read_line` reads it back."""
    return f"{' '.join(text.split())} {BAR} {_names(text, query, key)}"


def _names(text: str, query: Span, key: Span) -> str:
    return f"{name_word(text, query)} -> {name_word(text, key)}"
