"""A reading as files to take away: CSV, the ZIP of all diagrams, and their names.

NumPy alone, so that mask.py starts fast; only read_csv loads pandas.
"""

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from attention.pictures.cs50 import diagram_name, diagram_png, fitting_cell
from attention.reading import Head, Reading

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("layer", "head", "query", "key", "query_token", "key_token", "score")
# What spreadsheets take for the beginning of a formula, wide forms included.
FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")
PROTECTION = "'"
NEEDS_QUOTES = re.compile(r'[",\r\n]')

SLUG_LENGTH = 40  # characters of the sentence in a file's name
ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the format's first: same reading, same bytes


def all_heads(reading: Reading) -> list[Head]:
    """Return every head, layer by layer."""
    return [Head(*at) for at in np.ndindex(*reading.shape)]


def head_csv(reading: Reading, head: Head) -> bytes:
    """Return one head in long format, as all_heads_csv does."""
    return b"".join(csv_parts(reading, [head]))


def all_heads_csv(reading: Reading) -> bytes:
    """Return every head in long format: UTF-8, columns as in heads.frames.head_frame.

    Scores have as many digits as give back the same float32. Tokens are protected
    as in `safe_cell`; read_csv returns what was written.
    """
    return b"".join(csv_parts(reading, all_heads(reading)))


def read_csv(file: "Path | IO[bytes]") -> "pd.DataFrame":
    """Read such a CSV back as the frame it was made from."""
    import pandas as pd

    frame = pd.read_csv(
        file,
        dtype={"score": np.float32},
        converters={"query_token": original_cell, "key_token": original_cell},
        keep_default_na=False,  # "null" and "NA" are words
    )
    return frame.astype({"query_token": object, "key_token": object})


def csv_parts(reading: Reading, heads: Sequence[Head]) -> Iterator[bytes]:
    """Yield the CSV's header, then head by head: 512 tokens are 2 GB in all."""
    yield (",".join(COLUMNS) + "\n").encode()
    cells = [quoted(safe_cell(token)) for token in reading.tokens]
    pairs = [
        f"{query},{key},{query_cell},{key_cell},"
        for query, query_cell in enumerate(cells)
        for key, key_cell in enumerate(cells)
    ]
    for head in heads:
        start = "{},{},".format(*head.numbers)
        scores = reading.attention[head].ravel().astype(str).tolist()
        lines = (
            f"{start}{pair}{score}\n" for pair, score in zip(pairs, scores, strict=True)
        )
        yield "".join(lines).encode()


def safe_cell(token: str) -> str:
    """Keep a spreadsheet from running a token as a formula; `original_cell` undoes it.

    Tokens are anybody's text. One that starts like a formula gets an apostrophe in
    front, and so does one that starts with an apostrophe, or the two could not
    be told apart. A single character is no formula and stays as it is: "-", "=" or
    "'" is nearly all that BERT's tokenizer leaves of such text.

    >>> [safe_cell(token) for token in ("-", "=1+1", "'s", "table")]
    ['-', "'=1+1", "''s", 'table']
    """
    is_risky = len(token) > 1 and token.startswith((*FORMULA_STARTS, PROTECTION))
    return PROTECTION + token if is_risky else token


def original_cell(cell: str) -> str:
    """Return the token that `safe_cell` was given.

    >>> [original_cell(cell) for cell in ("-", "'=1+1", "''s", "table")]
    ['-', '=1+1', "'s", 'table']
    """
    return cell[1:] if len(cell) > 1 and cell.startswith(PROTECTION) else cell


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if NEEDS_QUOTES.search(cell) else cell


def fitting_diagram(reading: Reading, head: Head) -> bytes:
    """Return a head's CS50-style diagram, with smaller cells from 131 tokens on."""
    cell = fitting_cell(reading.n_tokens)
    return diagram_png(reading.tokens, reading.attention[head], cell)


def diagrams_zip(reading: Reading) -> bytes:
    """Return all heads' diagrams in one ZIP: 144 of 512 tokens are 45 MB."""
    file = io.BytesIO()
    # A PNG is compressed already: storing it takes no time and no more room.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for head in all_heads(reading):
            name = zipfile.ZipInfo(diagram_name(head), ZIP_DATE)
            archive.writestr(name, fitting_diagram(reading, head))
    return file.getvalue()


def file_name(reading: Reading, ending: str, head: Head | None = None) -> str:
    """Name a file after model, sentence, view and, if given, head.

    ending: what follows, "png" or "cs50.png". The name is ASCII without spaces or
    separators, so that it is one on every system; a sentence that ASCII cannot tell
    is named by a checksum.

    "attention-small-12x12_then-i-picked-up-a-mask_layer3-head10.png"
    """
    parts = [slug(reading.model), slug(reading.text)]
    if reading.view:
        parts.append("-".join(reading.view))
    if head is not None:
        parts.append("layer{}-head{}".format(*head.numbers))
    return "_".join(parts) + f".{ending}"


def slug(text: str) -> str:
    """Return text in small ASCII letters, digits and hyphens, SLUG_LENGTH at most.

    >>> slug("Then I picked up a [MASK], naïvely!")
    'then-i-picked-up-a-mask-naively'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = "-".join(re.findall("[a-z0-9]+", plain.lower()))
    if len(words) > SLUG_LENGTH:  # at the end of a word, if there is one
        words = words[: SLUG_LENGTH + 1].rpartition("-")[0] or words[:SLUG_LENGTH]
    return words or f"text-{zlib.crc32(text.encode('utf-8', 'replace')):08x}"
