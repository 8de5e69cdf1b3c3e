"""Keep findings in a file, to go on with them later: `save`, and `load` of anything.

A student may choose any file, and anybody may make one. `load` returns what `save`
could have written, or raises BadFile; of pictures nothing but the pixels gets in.
"""

import codecs
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace
from PIL import Image

from attention.report.finding import Finding

VERSION: Final = 1
MAX_MEGABYTES = 20
MAX_FINDINGS = 200
MAX_NAMES = 40  # of a view, and the characters of one
MAX_VALUE = 1_000_000  # characters; a claim may have 2,000 sentences
MAX_SIDE = 6000  # pixels of a picture
MAX_PIXELS = 300_000_000  # of all pictures; 500 diagrams, or 6 s of drawing at worst

ADVICE = "choose the file that Attention saved, whose name ends in .json."
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
# msgspec's messages, of which nothing is told but these words and numbers: they
# quote the file, which may be hostile.
LIMIT = re.compile(r"Expected `(str|array|object)` of length <= (\d+)")
PLACE = re.compile(
    r" - at (?:`key` in )?`\$\.(view|findings)(?:\[(\d{1,3})\]"
    rf"(?:\.({'|'.join(Finding.__struct_fields__)}))?)?[^`]*`$"
)
# Modes whose pixels a PNG stores as they are; "P" keeps its small palette.
PLAIN_MODES = {"1", "L", "P", "RGB", "RGBA"}


class BadFile(ValueError):
    """str() says what is wrong with a student's file and what to do."""


class Document(Struct, forbid_unknown_fields=True):
    """What a file has in it."""

    format: Literal["attention"]
    version: Literal[1]
    view: Annotated[
        dict[
            Annotated[str, Meta(max_length=MAX_NAMES)],
            Annotated[str, Meta(max_length=MAX_VALUE)],
        ],
        Meta(max_length=MAX_NAMES),
    ]
    findings: Annotated[tuple[Finding, ...], Meta(max_length=MAX_FINDINGS)]


class AnyVersion(Struct):
    format: Literal["attention"]
    version: int


def save(findings: Sequence[Finding], view: Mapping[str, str]) -> bytes:
    """Return findings, and the page's view as names and texts, in UTF-8 JSON.

    Lone surrogates, which UTF-8 cannot encode, become U+FFFD.
    Raises ValueError for more than `load` would take.
    """
    document = Document("attention", VERSION, dict(view), tuple(findings))
    written = json.dumps(msgspec.to_builtins(document), ensure_ascii=False)
    data = re.sub("[\ud800-\udfff]", "\ufffd", written).encode()
    try:
        decoded(data)
    except ValueError as error:
        message = f"The report cannot be saved, its file {error}: shorten it."
        raise ValueError(message) from error
    check_pictures(pictures(findings))
    return data


def load(data: bytes) -> tuple[tuple[Finding, ...], dict[str, str]]:
    """Return the findings and the view that `save` was given.

    Pictures have the same pixels, encoded again.
    Raises BadFile for whatever `save` does not write; but a note may be missing.
    """
    data = data.removeprefix(codecs.BOM_UTF8)  # an editor may have put it there
    try:
        document = decoded(data)
    except ValueError as error:
        if is_newer(data):
            message = "This file was made by a newer Attention: open it there."
        else:
            message = f"This file {error}: {ADVICE}"
        raise BadFile(message) from error
    return redrawn(document.findings), document.view


def decoded(data: bytes) -> Document:
    """Raises ValueError, whose str() goes on from "This file "."""
    if found := oddity(data):
        raise ValueError(found)
    try:
        # Stops at the first wrong type, before a hostile file fills the memory.
        document = msgspec.json.decode(data, type=Document)
        json.loads(data, object_pairs_hook=require_no_repetition)
    except msgspec.ValidationError as error:
        raise ValueError(mismatch(str(error))) from error
    except (ValueError, RecursionError) as error:
        raise ValueError("is not JSON, or is damaged") from error
    return document


def oddity(data: bytes) -> str:
    """Return what is wrong with a file at first sight, "" if nothing is."""
    if not data:
        return "is empty"
    if data.startswith(ZIP_STARTS):
        return "is a ZIP, not the report itself"
    if len(data) > MAX_MEGABYTES * 1_000_000:
        return f"has more than {MAX_MEGABYTES} MB"
    return ""


def require_no_repetition(pairs: list[tuple[str, object]]) -> None:
    """Raise ValueError for {"a": 1, "a": 2}, of which msgspec takes the last."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("A name stands twice in one object.")


def is_newer(data: bytes) -> bool:
    try:
        return msgspec.json.decode(data, type=AnyVersion).version > VERSION
    except (msgspec.DecodeError, RecursionError):
        return False


def mismatch(said: str) -> str:
    """Return where a document first differs from what `save` writes.

    said: by msgspec. Result: "has more than 8 entries at finding 3, figures"
    """
    what = "is not as Attention saves it"
    if limit := LIMIT.match(said):
        unit = "characters" if limit[1] == "str" else "entries"
        what = f"has more than {int(limit[2]):,} {unit}"
    if place := PLACE.search(said):
        part, number, field = place.groups()
        what += f" at finding {int(number) + 1}" if number else f" at {part}"
        what += f", {field}" if field else ""
    return what


def redrawn(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings whose pictures are encoded again. Raises BadFile."""
    try:
        check_pictures(pictures(findings))
        return tuple(
            replace(
                finding,
                figures=tuple(
                    replace(figure, png=pixels_only(figure.png))
                    for figure in finding.figures
                ),
            )
            for finding in findings
        )
    # There is no end to what Pillow raises for files made to break it.
    except Exception as error:
        raise BadFile(
            f"This file has a picture that is damaged or too large: {ADVICE}"
        ) from error


def pictures(findings: Sequence[Finding]) -> list[bytes]:
    return [figure.png for finding in findings for figure in finding.figures]


def check_pictures(pngs: Sequence[bytes]) -> None:
    """Raise ValueError, or an error of Pillow's, unless all are whole and small."""
    n_pixels = 0
    for png in pngs:
        with opened(png) as picture:
            if max(picture.size) > MAX_SIDE:
                raise ValueError(
                    f"A picture has a side of more than {MAX_SIDE} pixels."
                )
            n_pixels += picture.width * picture.height
            picture.verify()  # every checksum, to the end, and draws nothing
    if n_pixels > MAX_PIXELS:
        raise ValueError("The report's pictures are too large together: remove some.")


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png), formats=["PNG"])


def pixels_only(png: bytes) -> bytes:
    """Return a PNG without comments, dates and colour profiles."""
    with opened(png) as picture:
        if picture.has_transparency_data or picture.mode not in PLAIN_MODES:
            picture = picture.convert("RGBA")
        picture.load()
        picture.info = {}
        file = io.BytesIO()
        picture.save(file, "PNG")
    return file.getvalue()
