"""Files of a claim's sentences: lines of text, or a table made with a spreadsheet."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from attention.claims.lines import BAR, FORM, MAX_LINE, parse

UTF16_MARKS = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE
SEPARATORS = ",;\t"  # spreadsheets differ by country
COLUMNS = {"sentence": "text", "from": "query", "to": "key"}  # and their other names
FIRST_COLUMNS = [0, 1, 2]
SEPARATOR_LINE = re.compile('"?sep=([,;\t])"?')  # tells Excel how to read the rest
TRIED = 50  # lines, to find the separator and the header


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
    if not "".join(lines).strip():
        raise NotLines(f"{name} is empty. Write one example a line: {FORM}.")
    return lines


def _decoded(data: bytes, name: str) -> str:
    """Return text of UTF-8 or marked UTF-16, each line ended by one line feed."""
    try:
        text = data.decode("utf-16" if data.startswith(UTF16_MARKS) else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"  # a picture, a workbook, another encoding
    if "\0" in text:  # also UTF-16 without its mark
        raise NotLines(f"{name} is not UTF-8 text. Save it as UTF-8, or as CSV UTF-8.")
    # Not splitlines: for an editor, U+2028 and form feeds end no line.
    return text.replace("\r\n", "\n").replace("\r", "\n")


def csv_lines(text: str) -> list[str]:
    """Turn a table into lines, each row at the number of its first line in the file.

    Its columns are sentence, from, to: the first three, or those that a header names
    so. It may instead have lines with vertical bars, in quotation marks or without.
    Raises csv.Error.
    """
    lines = text.rstrip("\n").split("\n")
    separators = SEPARATORS
    if told := SEPARATOR_LINE.fullmatch(lines[0]):
        separators, lines[0] = told[1], ""
    sample = [line[:MAX_LINE] for line in lines[:TRIED]]
    # Sentences have commas of their own: the right separator gives most examples.
    examples = {one: _n_examples(sample, one) for one in separators}
    best = max(separators, key=lambda one: (examples[one], lines[0].count(one)))
    if BAR in text:
        found, malformed = parse(sample)
        if not malformed or len(found) > examples[best]:
            return lines
    result = [""] * len(lines)
    for start, line in _row_lines(lines, best):
        result[start] = line
    return result


def _n_examples(lines: Sequence[str], separator: str) -> int:
    found: list[str] = []
    # What comes before a fault still tells whether this is the separator.
    with suppress(csv.Error):
        found.extend(line for _, line in _row_lines(lines, separator))
    return len(parse(found)[0])


def _row_lines(lines: Sequence[str], separator: str) -> Iterator[tuple[int, str]]:
    """Yield each row, but for a header, as a line with the index of its first line."""
    columns, width = None, len(FIRST_COLUMNS)
    for start, end, row in _rows(lines, separator):
        line = _line(row, columns or FIRST_COLUMNS, width)
        line = line or " ".join(lines[start:end])  # `parse` says what is wrong with it
        if columns is None and start < TRIED:
            if BAR in line and parse([line])[0]:
                columns = FIRST_COLUMNS  # a header would have come before
            elif columns := _named_columns(row):
                width = max(len(row), width)
                continue
        yield start, line


def _rows(lines: Sequence[str], separator: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the rows that are not blank, each after the slice of lines it is in."""
    reader = csv.reader(
        io.StringIO("\n".join(lines)),
        delimiter=separator,
        skipinitialspace=True,
        strict=True,  # or a quotation mark that is never closed takes in all the rest
    )
    start = 0
    try:
        for row in reader:
            if row and "".join(row).strip():
                yield start, reader.line_num, row
            start = reader.line_num
    except csv.Error as error:
        where = f"in the row of line {start + 1}. Look at its quotation marks"
        raise csv.Error(f"{error}, {where}") from error


def _named_columns(row: Sequence[str]) -> list[int] | None:
    """Return where the three columns are, or None if this is no header.

    Raises csv.Error for a header that lacks one.
    """
    names = [cell.strip().lower() for cell in row]
    found = {
        column: names.index(column if column in names else other)
        for column, other in COLUMNS.items()
        if column in names or other in names
    }
    if found == {"sentence": 0}:  # the others' names are of another language
        return FIRST_COLUMNS
    if len(found) < 2 or "sentence" not in found:
        return None  # a cell may happen to be such a word
    if missing := [column for column in COLUMNS if column not in found]:
        raise csv.Error(f"its header has no column named “{missing[0]}”")
    return list(found.values())


def _line(row: Sequence[str], columns: Sequence[int], width: int) -> str:
    """Write a row's three columns or its only cell as a line, "" if it has neither."""
    if not "".join(row[1:]).strip():
        return " ".join(row[0].split())
    if len(row) <= max(columns) or "".join(row[width:]).strip():
        return ""
    sentence, query, key = (" ".join(row[column].split()) for column in columns)
    if BAR in query + key or not (sentence and query and key):
        return ""  # a line of text that has commas
    return f"{sentence} {BAR} {query} -> {key}"
