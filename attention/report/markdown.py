"""What students take home: their findings as CS50's analysis.md or as a web page.

A finding's texts may be anybody's. They come out as they were typed, and what looks
like markup in them stays letters. report_file.py keeps findings to go on with later.
"""

import base64
import hashlib
import html
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, groupby

from attention.exports import ZIP_DATE, slug

NOTHING = "Nothing has been added yet."
HONESTY = "Attention is what a head weighs, not proof of why BERT chose a word."

# Neither UTF-8 nor HTML can hold them: control characters, halves of surrogate pairs.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

# What Markdown reads as markup within a line. BERT's own tokens are no links as long
# as nothing makes them one; underscores inside a word and a lone & are only letters.
MARKUP = re.compile(
    r"""(?P<token>\[(?:MASK|CLS|SEP|UNK|PAD)\](?![\[(:]))
    | [\\`*<~|\[\]]
    | (?<![^\W_])_ | _(?![^\W_])
    | &(?=\#?\w+;)
    # GitHub looks for these where backslashes are gone already: www.links, http://links,
    # :emoji:, e-mail@addresses and $formulas$ (of which two signs are needed).
    | (?P<github>(?<=www)\.|://|:(?=[\w+-]+:)|@(?=\S)|\$(?=[^$]*\$))""",
    re.VERBOSE | re.IGNORECASE,
)
# Where a line would start (or a heading's closing #s end) something other than text:
# a list, a line under a heading or a table's, a heading, a quotation; or, in an image's
# description, a footnote.
LINE_MARKUP = re.compile(
    r"""^([0-9]{1,9})(?=[.)](?:\s|$))
    | ^(?=[-+](?:[\s:-]|$) | :- | =(?:[\s=]|$) | \# | > | \^)
    | (?<=\s)(?=\#+$)""",
    re.VERBOSE | re.MULTILINE,
)

CSS = """
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 44rem; padding: 1rem; overflow-wrap: anywhere;
  font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; }
h2, p, li, figcaption { unicode-bidi: plaintext; } /* Arabic begins at the right. */
figure { margin: 1.5rem 0; }
img { max-width: 100%; height: auto; background: #fff; }
figcaption, footer { color: #555; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #161616; }
  figcaption, footer { color: #aaa; }
}
"""
CSS_HASH = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
# This style and the pictures inside the file; no script, no form, no address.
POLICY = (
    f"default-src 'none'; style-src 'sha256-{CSS_HASH}'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class Figure:
    png: bytes
    caption: str
    alt: str


@dataclass(frozen=True)
class Finding:
    """What a student pinned: what the page measured, and what they make of it."""

    title: str  # the section's heading: "Layer 4, Head 11"
    model: str  # the catalog's id of the model that answered
    says: tuple[str, ...]  # what the page measured, a sentence each
    sentences: tuple[str, ...]  # examples, anybody's text
    figures: tuple[Figure, ...]
    note: str = ""  # the student's own words; empty lines between paragraphs


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


def markdown(findings: Sequence[Finding]) -> str:
    """Return findings in the form of CS50's analysis.md, a section a title.

    Pictures are referred to as figures/NAME, where `report_zip` puts them.
    """
    blocks = ["# Analysis"]
    for part in sections(findings):
        blocks.append(f"## {escaped(part.title)}")
        # A backslash at a line's end keeps the line break.
        blocks += [escaped("\n".join(p)).replace("\n", "\\\n") for p in part.paragraphs]
        for lead, items in part.lists:
            bullets = [f"- {escaped(item)}" for item in items]
            blocks.append("\n".join([escaped(lead), *bullets]))
        for name, figure in part.figures:
            blocks.append(f"![{escaped_alt(figure.alt)}](figures/{name})")
            blocks += [f"*{escaped(line)}*" for line in lines_of([figure.caption])]
    return "\n\n".join([*blocks, escaped(closing(findings))]) + "\n"


def escaped(text: str) -> str:
    """Return Markdown that shows these lines as they are, on GitHub too.

    >>> print(escaped("1. The *turtle* at [MASK] -> a_b, a@b.c"))
    1\\. The \\*turtle\\* at [MASK] -> a_b, a<span>@</span>b.c
    """

    def literal(match: re.Match[str]) -> str:
        if match["token"]:
            return match[0]
        # GitHub's own advice for $: an element of its own, which no filter sees into.
        return f"<span>{match[0]}</span>" if match["github"] else "\\" + match[0]

    return LINE_MARKUP.sub(r"\1\\", MARKUP.sub(literal, text))


def escaped_alt(text: str) -> str:
    """Return Markdown for an image's description, which is no place for elements."""
    literal = MARKUP.sub(lambda m: m["token"] or "\\" + m[0], one_line(text))
    return LINE_MARKUP.sub(r"\1\\", literal)


def report_zip(findings: Sequence[Finding]) -> bytes:
    """Return analysis.md and its figures/ in one ZIP: same findings, same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("analysis.md", ZIP_DATE), markdown(findings))
        for part in sections(findings):
            for name, figure in part.figures:
                place = zipfile.ZipInfo(f"figures/{name}", ZIP_DATE)
                archive.writestr(place, figure.png)
    return file.getvalue()


def report_html(findings: Sequence[Finding]) -> str:
    """Return findings as one HTML document that needs no other file and no network."""
    blocks = ["<h1>Analysis</h1>"]
    for part in sections(findings):
        blocks.append(f"<h2>{html.escape(part.title)}</h2>")
        blocks += [f"<p>{html_lines(lines, '<br>')}</p>" for lines in part.paragraphs]
        for lead, items in part.lists:
            bullets = html_lines(items, "</li>\n<li>")
            blocks.append(
                f"<p>{html.escape(lead)}</p>\n<ul>\n<li>{bullets}</li>\n</ul>"
            )
        blocks += [html_figure(figure) for _, figure in part.figures]
    blocks.append(f"<footer><p>{html.escape(closing(findings))}</p></footer>")
    body = "\n".join(blocks)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{html.escape(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Analysis - Attention</title>
<style>{CSS}</style>
</head>
<body>
{body}
</body>
</html>
"""


def html_lines(lines: Iterable[str], between: str) -> str:
    return between.join(map(html.escape, lines))


def html_figure(figure: Figure) -> str:
    source = "data:image/png;base64," + base64.b64encode(figure.png).decode()
    alt, caption = (html.escape(one_line(t)) for t in (figure.alt, figure.caption))
    return (
        f'<figure>\n<img src="{source}" alt="{alt}">\n'
        f"<figcaption>{caption}</figcaption>\n</figure>"
    )
