"""Files of a claim's sentences: lines of text, or a table made with a spreadsheet."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

from attention.examples import BAR, parse

UTF16_MARKS = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE
CSV_HEADERS = {"sentence", "text"}
TRIED = 50  # lines, to find out what separates columns


class NotLines(ValueError):
    """str() says what is wrong with a file and what to do."""


def read_lines(data: bytes, is_table: bool, name: str = "This file") -> list[str]:
    """Return a file's lines, as `attention.examples.parse` takes them.

    is_table: it is a CSV. Raises NotLines, whose sentence begins with name.
    """
    text = _decoded(data, name)
    if not is_table:
        return text.split("\n")
    try:
        return csv_lines(text)
    except csv.Error as error:
        raise NotLines(f"{name} is not a table: {error}.") from error


def _decoded(data: bytes, name: str) -> str:
    """Return text of UTF-8 or marked UTF-16, each line ended by one line feed."""
    try:
        text = data.decode("utf-16" if data.startswith(UTF16_MARKS) else "utf-8-sig")
    except UnicodeDecodeError:
        text = None  # a picture, a workbook, another encoding
    if text is None or "\0" in text:  # that is UTF-16 without its mark
        raise NotLines(f"{name} is not UTF-8 text. Save it as UTF-8, or as CSV UTF-8.")
    # Not splitlines: for an editor, U+2028 and form feeds end no line.
    return io.StringIO(text, newline=None).read()


def csv_lines(data: str) -> list[str]:
    """Turn a table with the columns sentence, from, to into lines, one a row.

    Lines with bars, a row each, may be there instead, in quotation marks or without.
    A header becomes a blank line, so that numbers of lines stay those of the file.
    Raises csv.Error.
    """
    as_it_is = data.split("\n")
    first = as_it_is[0]

    def lines(separator: str) -> Iterator[str]:
        return map(_line, csv.reader(io.StringIO(data), delimiter=separator))

    def fit(separator: str) -> tuple[int, int]:
        return _n_examples(lines(separator)), first.count(separator)

    if BAR in data and not parse(as_it_is[:TRIED])[1]:
        return as_it_is
    # Spreadsheets differ by country, and sentences have commas of their own.
    best = max(",;\t", key=fit)
    if BAR in data and _n_examples(as_it_is) >= _n_examples(lines(best)):
        return as_it_is
    return list(lines(best))


def _n_examples(lines: Iterable[str]) -> int:
    return len(parse(islice(lines, TRIED))[0])


def _line(row: list[str]) -> str:
    cells = [" ".join(cell.split()) for cell in row]
    while cells and not cells[-1]:
        cells.pop()  # a spreadsheet's rows are as long as its longest
    if not cells or cells[0].lower() in CSV_HEADERS:
        return ""
    sentence, *pair = cells
    return f"{sentence} {BAR} {' -> '.join(pair)}" if pair else sentence
