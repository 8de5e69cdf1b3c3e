"""Files of a claim's sentences: lines of text, or a table made with a spreadsheet."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from attention.claims.lines import BAR, FORM, parse

UTF16_MARKS = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE
# What a header may call each column.
COLUMNS = {"sentence": ["text"], "from": ["query"], "to": ["key"]}
FIRST_COLUMNS = [0, 1, 2]
SEPARATOR_LINE = re.compile('"?sep=."?')  # what tells Excel how to read the rest
TRIED = 50  # lines, to find out what separates columns


class NotLines(ValueError):
    """str() says what is wrong with a file and what to do."""


def read_lines(data: bytes, is_table: bool, name: str = "This file") -> list[str]:
    """Return a file's lines, as `attention.claims.lines.parse` takes them.

    is_table: it is a CSV. Raises NotLines, whose sentence begins with name.
    """
    text = _decoded(data, name)
    try:
        lines = csv_lines(text) if is_table else text.split("\n")
    except csv.Error as error:
        raise NotLines(f"{name} is not a table: {error}.") from error
    if not any(line.strip() for line in lines):
        raise NotLines(f"{name} is empty. Write one example a line: {FORM}.")
    return lines


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
    """Turn a table into lines that have the numbers of the file's.

    Its columns are sentence, from, to: the first three, or those that a header names
    so. Lines with bars, a row each, may be there instead, in quotation marks or
    without. Raises csv.Error.
    """
    as_it_is = data.split("\n")
    if BAR in data and not parse(as_it_is[:TRIED])[1]:
        return as_it_is
    # Spreadsheets differ by country, and sentences have commas of their own.
    best = max(",;\t", key=lambda one: (_n_examples(data, one), as_it_is[0].count(one)))
    if BAR in data and len(parse(as_it_is[:TRIED])[0]) > _n_examples(data, best):
        return as_it_is
    return list(_row_lines(data, best))


def _n_examples(data: str, separator: str) -> int:
    lines: list[str] = []
    # What comes before a fault still tells whether this is the separator.
    with suppress(csv.Error):
        lines.extend(islice(_row_lines(data, separator), TRIED))
    return len(parse(lines)[0])


def _row_lines(data: str, separator: str) -> Iterator[str]:
    """Yield a line for each line of the file: a row at its first, then blank ones."""
    rows = csv.reader(
        io.StringIO(data, newline=""),
        delimiter=separator,
        skipinitialspace=True,
        strict=True,  # or a quotation mark that is never closed takes in all the rest
    )
    as_it_is = data.split("\n")
    columns: list[int] = []  # until a header or an example has been seen
    width, first = len(COLUMNS), 1
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise csv.Error(
                f"{error}, in the row of line {first}. Look at its quotation marks"
            ) from error
        if row is None:
            return
        cells = [" ".join(cell.split()) for cell in row]
        raw = " ".join(as_it_is[first - 1 : rows.line_num])
        # A blank row is no header either: a file may be a megabyte of them.
        if not any(cells) or SEPARATOR_LINE.fullmatch(raw):
            line = ""
        elif not columns and (columns := _named_columns(cells)):
            line, width = "", max(len(row), width)
        else:
            line = _line(cells, columns or FIRST_COLUMNS, width, raw)
        if line and not columns and _is_example(line):
            columns = FIRST_COLUMNS  # a header would have come before
        yield line
        yield from [""] * (rows.line_num - first)
        first = rows.line_num + 1


def _named_columns(header: list[str]) -> list[int]:
    """Return where the columns are, nothing if this is no header.

    Raises csv.Error for a header that names only some.
    """
    if _is_example(_in_columns(header, FIRST_COLUMNS)):
        return []  # of which a word is "sentence"
    names = [cell.lower() for cell in header]
    found = {
        column: names.index(name)
        for column, others in COLUMNS.items()
        for name in reversed((column, *others))  # the column's own name comes last
        if name in names
    }
    if "sentence" not in found:
        return []
    if missing := [column for column in COLUMNS if column not in found]:
        if found == {"sentence": 0}:  # the others' names are of another language
            return FIRST_COLUMNS
        if len(found) == 1:
            return []  # a cell that happens to be such a word
        raise csv.Error(f"its header has no column named “{missing[0]}”")
    return list(found.values())


def _line(cells: list[str], columns: list[int], width: int, raw: str) -> str:
    """Write a row as a line; one that has not the columns stays as it is."""
    while cells and not cells[-1]:
        cells.pop()  # a spreadsheet's rows are as long as its longest
    if len(cells) < 2:
        return "".join(cells)
    if _is_example(raw) or not max(columns) < len(cells) <= width:
        return raw
    return _in_columns(cells, columns)


def _in_columns(cells: list[str], columns: list[int]) -> str:
    if len(cells) <= max(columns):
        return ""
    sentence, query, key = (cells[column] for column in columns)
    return f"{sentence} {BAR} {query} -> {key}"


def _is_example(line: str) -> bool:
    return BAR in line and bool(parse([line])[0])
