"""The sentences mask.py is given: an argument, an answer, or a file's lines."""

import sys

from attention.reading import MASK
from command.terminal import say

NO_MASK = f"Input must include mask token {MASK}."
NOT_UTF8 = "This is not UTF-8 text."
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Sentence = tuple[int, str]  # its line, or 0 if it is not from standard input


class UnusableText(ValueError):
    """str() is one sentence for the user: what is wrong with a text."""


def ask(text: str | None) -> Sentence:
    """Return the sentence, asked for if there is none yet."""
    if text is None:
        print("Text: ", end="", file=sys.stderr, flush=True)
        text = sys.stdin.readline().strip()
    require_readable(text)
    return 0, text


def stdin_lines() -> tuple[list[Sentence], int]:
    """Return standard input's sentences, and how many lines are at fault."""
    sentences, n_faults = [], 0
    lines = sys.stdin.buffer.read().removeprefix(BYTE_ORDER_MARK).splitlines()
    for line, content in enumerate(lines, start=1):
        try:
            if text := content.decode().strip():
                require_readable(text)
                sentences.append((line, text))
        except UnicodeDecodeError:
            say(at_line(line, NOT_UTF8))
            n_faults += 1
        except UnusableText as error:
            say(at_line(line, error))
            n_faults += 1
    if not sentences and not n_faults:
        say("Standard input holds no sentence.")
    return sentences, n_faults


def require_readable(text: str) -> None:
    """Raise UnusableText for what no model needs to be loaded to refuse."""
    if MASK not in text:
        raise UnusableText(NO_MASK)
    try:
        text.encode()
    except UnicodeEncodeError as error:  # bytes of an argument that are no character
        raise UnusableText(NOT_UTF8) from error


def at_line(line: int, problem: object) -> str:
    return f"Line {line}: {problem}" if line else str(problem)
