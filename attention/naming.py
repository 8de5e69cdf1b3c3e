"""Words of a sentence by name: "slowly", or "the#2" for the second "the"."""

import re

from attention.reading import NO_WORDS

NUMBERED = re.compile(r"(.+)#([1-9][0-9]{0,3})", re.DOTALL)
# Chinese and Japanese write words without spaces, and BERT reads each sign by itself.
SIGN_BY_SIGN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]")
# Keyboards type the one, word processors and web pages print the other.
APOSTROPHE = re.compile("['’]")
# Characters. To look for a word takes the product of both lengths, and every visitor
# waits: hours, for a word and a line of a megabyte.
MAX_NAME = 100
MOST_TOLD = 40  # characters of a word in a reason

Span = tuple[int, int]  # start and end in a text


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
        raise ValueError(f"“{name[:MOST_TOLD]}…” is too long for a word")
    if name in NO_WORDS:
        raise ValueError(f"{name} does not count; name two words of the sentence")
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
    if whole := _word_around(text, name):
        raise ValueError(f"“{name}” is only a part of “{whole}”; name all of it")
    raise ValueError(
        f"“{name}” is not a word of the sentence; copy it as it stands there"
    )


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


def _word_around(text: str, part: str) -> str:
    """Return the first word that contains this part, "" if no word does."""
    if not (found := re.search(re.escape(part), text, re.IGNORECASE)):
        return ""
    start, end = found.span()
    while is_inside_word(text, start):
        start -= 1
    while is_inside_word(text, end):
        end += 1
    whole = text[start:end]
    return whole if len(whole) <= MOST_TOLD else f"{whole[:MOST_TOLD]}…"


def is_inside_word(text: str, boundary: int) -> bool:
    """True if the characters on both sides of a boundary belong to one word.

    >>> [is_inside_word("slow-ly", i) for i in (0, 1, 4, 7)]
    [False, True, False, False]
    """
    around = text[max(boundary - 1, 0) : boundary + 1]
    return len(around) == 2 and boundary > 0 and all(map(_is_letter, around))


def _is_letter(character: str) -> bool:
    return character.isalnum() and not SIGN_BY_SIGN.match(character)


def name_word(text: str, span: Span) -> str:
    """Name the word at a span as `find_word` finds it again."""
    word = text[slice(*span)]
    found = occurrences(text, word)
    if len(found) == 1 or span not in found:
        return word  # if not found, `find_word` says so
    return f"{word}#{found.index(span) + 1}"
