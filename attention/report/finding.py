"""What a student takes home: findings, and the sections that a report has of them.

A finding's texts may be anybody's; here each becomes a line, not yet escaped.
markdown.py and html.py write them, file.py keeps them to go on with later.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from typing import Annotated

from msgspec import Meta, Struct

from attention.exports import slug
from attention.fields import cut

NOTHING = "Nothing has been added yet."
HONESTY = "Attention is what a head weighs, not proof of why BERT chose a word."

# Neither UTF-8 nor HTML can hold them: control characters, halves of surrogate pairs.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


# What a file of findings may have, and so a finding. Characters:
MAX_TITLE, MAX_LINE, MAX_SENTENCE, MAX_NOTE = 300, 2000, 10_000, 20_000
# Entries of one finding; the page lists as many masks as there may be figures.
MAX_SAYS, MAX_SENTENCES, MAX_FIGURES = 50, 20, 8

Title = Annotated[str, Meta(max_length=MAX_TITLE)]
Line = Annotated[str, Meta(max_length=MAX_LINE)]
Sentence = Annotated[str, Meta(max_length=MAX_SENTENCE)]


class Figure(Struct, frozen=True, forbid_unknown_fields=True):
    png: bytes
    caption: Line
    alt: Line


class Finding(Struct, frozen=True, forbid_unknown_fields=True):
    """What a student pinned: what the page measured, and what they make of it."""

    title: Title  # the section's heading: "Layer 4, Head 11"
    model: Title  # the catalog's id of the model that answered
    # What the page measured, a sentence each.
    says: Annotated[tuple[Line, ...], Meta(max_length=MAX_SAYS)]
    # Examples, anybody's text.
    sentences: Annotated[tuple[Sentence, ...], Meta(max_length=MAX_SENTENCES)]
    figures: Annotated[tuple[Figure, ...], Meta(max_length=MAX_FIGURES)]
    # The student's own words; empty lines between paragraphs.
    note: Annotated[str, Meta(max_length=MAX_NOTE)] = ""


def fitted(finding: Finding) -> Finding:
    """Return a finding cut to what a file may hold; what is cut ends in "…"."""
    return Finding(
        title=cut(finding.title, MAX_TITLE),
        model=cut(finding.model, MAX_TITLE),
        says=tuple(cut(line, MAX_LINE) for line in finding.says[:MAX_SAYS]),
        sentences=tuple(
            cut(line, MAX_SENTENCE) for line in finding.sentences[:MAX_SENTENCES]
        ),
        figures=tuple(
            Figure(one.png, cut(one.caption, MAX_LINE), cut(one.alt, MAX_LINE))
            for one in finding.figures[:MAX_FIGURES]
        ),
        note=cut(finding.note, MAX_NOTE),
    )


@dataclass(frozen=True)
class Section:
    """All findings of one title, their texts cleaned but not yet escaped."""

    title: str
    paragraphs: list[tuple[str, ...]]  # of the notes, in lines
    lists: list[tuple[str, list[str]]]  # what introduces a list, and its items
    figures: list[tuple[str, Figure]]  # with the names of their files


def sections(findings: Iterable[Finding]) -> list[Section]:
    """Merge findings of one title, each at the place of the first.

    Nothing is said or shown twice in a section. Pictures are numbered through the
    whole report, so that no two have one name: "01-layer-4-head-11.png".
    """
    by_title: dict[str, list[Finding]] = {}
    for finding in findings:
        by_title.setdefault(one_line(finding.title), []).append(finding)
    numbers = count(1)
    return [section(title, same, numbers) for title, same in by_title.items()]


def section(title: str, findings: list[Finding], numbers: Iterator[int]) -> Section:
    notes = dict.fromkeys(finding.note for finding in findings)
    says: dict[str, list[str]] = {}
    for finding in findings:
        says.setdefault(one_line(finding.model), []).extend(finding.says)
    lists = [(f"What Attention measured in {model}:", says[model]) for model in says]
    examples = [text for finding in findings for text in finding.sentences]
    lists.append(("Example Sentences:", examples))
    lists = [(lead, lines_of(texts)) for lead, texts in lists]
    figures = dict.fromkeys(figure for f in findings for figure in f.figures)
    return Section(
        title,
        [lines for note in notes for lines in paragraphs(note)],
        [(lead, items) for lead, items in lists if items],
        [
            (f"{number:02}-{slug(title)}.png", figure)
            for figure, number in zip(figures, numbers, strict=False)
        ],
    )


def one_line(text: str) -> str:
    """Return text on one line, with U+FFFD for what no file can hold.

    >>> one_line("The  turtle\\n moved\\x00")
    'The turtle moved�'
    """
    return UNPRINTABLE.sub("\ufffd", " ".join(text.split()))


def lines_of(texts: Iterable[str]) -> list[str]:
    """Return texts as single lines, without empty and repeated ones."""
    return [line for line in dict.fromkeys(map(one_line, texts)) if line]


def paragraphs(note: str) -> list[tuple[str, ...]]:
    """Return a note's paragraphs, which empty lines divide, as lines.

    >>> paragraphs("one\\ntwo\\n\\nthree")
    [('one', 'two'), ('three',)]
    """
    lines = map(one_line, note.splitlines())
    return [tuple(group) for is_text, group in groupby(lines, key=bool) if is_text]


def closing(findings: Sequence[Finding]) -> str:
    """Return the report's last line: who answered, and what that is worth."""
    models = lines_of(finding.model for finding in findings)
    return f"Answered by {', '.join(models)}. {HONESTY}" if models else NOTHING
