"""Atlases as Parquet files: atlas_table's rows, and in the metadata their origin."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TypeGuard

import pyarrow as pa
import pyarrow.parquet as pq

from attention.atlas.rates import Atlas, Source
from attention.atlas.table import COLUMNS, TEXTS, from_table, to_table

ABOUT = b"atlas"  # the metadata's key; its value is JSON
VERSION = 1
# Of a file that somebody uploads. One of 144 heads has 0.1 MB, 26,000 rows; one of 384
# heads three times as much.
MOST_BYTES, MOST_ROWS = 2_000_000, 300_000
MOST_TEXT = 1000  # characters
DAMAGED = "This file is no atlas, or damaged."
# What Arrow, JSON and NumPy raise for a damaged file or numbers that do not fit.
UNREADABLE = (
    pa.ArrowException,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    OverflowError,
    AttributeError,
    RecursionError,
)


class BadAtlas(ValueError):
    """A file that is no atlas; str() says why and what to do."""

    def __init__(self, why: str):
        self.why = why
        super().__init__(f"{why} Give a file that `python -m corpus.atlas` wrote.")


def save(atlas: Atlas) -> bytes:
    """Write an atlas as a Parquet file."""
    about = {"version": VERSION, "shape": atlas.shape, **asdict(atlas.source)}
    stream = io.BytesIO()
    pq.write_table(
        to_table(atlas).replace_schema_metadata({ABOUT: json.dumps(about)}),
        stream,
        compression="zstd",
    )
    return stream.getvalue()


def load(data: bytes) -> Atlas:
    """Read what `save` wrote. Raises BadAtlas for anything else.

    Whose sentence repeats nothing of the file: anybody may have made it. A file made
    to harm may end the process or fill its memory; see attention.atlas.apart.
    """
    if len(data) > MOST_BYTES:
        raise BadAtlas(f"This file has over {MOST_BYTES // 1_000_000} MB.")
    try:
        # Texts stay numbers of a dictionary: of one long text repeated in each row,
        # there would be as many copies otherwise.
        file = pq.ParquetFile(io.BytesIO(data), read_dictionary=TEXTS)
        about = json.loads(file.schema_arrow.metadata[ABOUT])
    except UNREADABLE as error:
        raise BadAtlas(DAMAGED) from error
    if not isinstance(about, dict) or about.pop("version", None) != VERSION:
        raise BadAtlas(f"This atlas is not of version {VERSION}.")
    if not _is_modest(file):
        raise BadAtlas("This file is laid out as no atlas is.")
    try:
        shape = _shape(about.pop("shape"))
        relations, habits = from_table(file.read(use_threads=False), shape)
        return Atlas(_source(about), relations, habits)
    except UNREADABLE as error:
        raise BadAtlas("This atlas is not complete, or has odd counts.") from error


def _is_modest(file: pq.ParquetFile) -> bool:
    """Tell whether a file says that it has no more than an atlas has."""
    about = file.metadata
    groups = [about.row_group(i) for i in range(about.num_row_groups)]
    return about.num_rows == sum(group.num_rows for group in groups) <= MOST_ROWS and [
        (field.name, field.type) for field in file.schema_arrow
    ] == [(name, _read_as(type_)) for name, type_ in COLUMNS.items()]


def _read_as(type_: pa.DataType) -> pa.DataType:
    return pa.dictionary(pa.int32(), type_) if type_ == pa.string() else type_


def _shape(value: Sequence[object]) -> tuple[int, int]:
    layers, heads = value
    if not (_is_count(layers) and _is_count(heads)):
        raise ValueError(f"a model of {layers!r} layers of {heads!r} heads")
    return layers, heads


def _is_count(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 < value <= 100


def _source(about: dict[str, Any]) -> Source:
    source = Source(**about)
    texts = [source.model, source.model_sha256, source.command, *source.files]
    texts += [*source.files.values(), *source.skipped]
    numbers = [source.sentences, *source.skipped.values()]
    # What is not printable cannot be sent to a browser, as half a surrogate pair.
    if not all(text.isprintable() and len(text) <= MOST_TEXT for text in texts):
        raise ValueError("a text where it is from is no proper text")
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError("a number where it is from is no count")
    return source
