"""A report as CS50's analysis.md, alone or in a ZIP with its pictures.

Texts come out as they were typed, and what looks like markup in them stays letters.
"""

import io
import re
import zipfile
from collections.abc import Sequence

from attention.exports import ZIP_DATE
from attention.report.finding import Finding, closing, lines_of, one_line, sections

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
