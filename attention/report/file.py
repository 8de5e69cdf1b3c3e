"""Keep findings in a file, to go on with them later: `save`, and `load` of anything.

A student may choose any file, and anybody may make one. `load` returns what `save`
could have written, or raises BadFile; of pictures nothing but the pixels gets in.
"""

import base64
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jsonschema import Draft202012Validator
from PIL import Image

from attention.report.finding import Figure, Finding

Json = dict[str, Any]  # an object; DOCUMENT says of which

FORMAT = "attention"
VERSION = 1
MAX_MEGABYTES = 20
MAX_FINDINGS = 200
MAX_FIGURES = 8  # of one finding; the page lists as many masks
MAX_SAYS, MAX_SENTENCES = 50, 20  # entries of one finding
# Characters.
MAX_TITLE, MAX_LINE, MAX_SENTENCE, MAX_NOTE = 300, 2000, 10_000, 20_000
MAX_SIDE = 6000  # pixels of a picture
MAX_PIXELS = 300_000_000  # of all pictures; 500 diagrams, or 6 s of drawing at worst
# Outside strings, where a file within the limits below has about 2,000. To parse a
# file that is nothing but brackets would take 0.5 GB.
MAX_BRACKETS = 3000

ADVICE = "choose the file that Attention saved, whose name ends in .json."
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
# A string that has no end counts as one, or looking for ends would take forever.
STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
# Modes whose pixels a PNG stores as they are; "P" keeps its small palette.
PLAIN_MODES = {"1", "L", "P", "RGB", "RGBA"}


class BadFile(ValueError):
    """str() tells a student what is wrong with their file and what to do."""


def text(length: int) -> Json:
    return {"type": "string", "maxLength": length}


def array(items: int, item: Json) -> Json:
    return {"type": "array", "maxItems": items, "items": item}


def record(**properties: Json) -> Json:
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


# Lengths in characters. A picture's is limited by the file's.
FIGURE = record(caption=text(MAX_LINE), alt=text(MAX_LINE), png={"type": "string"})
FINDING = record(
    title=text(MAX_TITLE),
    model=text(MAX_TITLE),
    says=array(MAX_SAYS, text(MAX_LINE)),
    sentences=array(MAX_SENTENCES, text(MAX_SENTENCE)),
    note=text(MAX_NOTE),
    figures=array(MAX_FIGURES, FIGURE),
)
VIEW_LENGTH = 1_000_000  # characters; a claim may have 2,000 sentences
VIEW = {
    "type": "object",
    "maxProperties": 40,
    "propertyNames": text(40),
    "additionalProperties": text(VIEW_LENGTH),
}
DOCUMENT = Draft202012Validator(
    record(
        format={"const": FORMAT},
        version={"const": VERSION},
        view=VIEW,
        findings=array(MAX_FINDINGS, FINDING),
    )
)
UNITS = {"maxLength": "characters", "maxItems": "entries", "maxProperties": "entries"}


def fitted(finding: Finding) -> Finding:
    """Return a finding cut to what a file may hold; what is cut ends in "…"."""
    return replace(
        finding,
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


def cut(words: str, length: int) -> str:
    """Return at most this many characters of a text.

    >>> cut("The turtle moved.", 11)
    'The turtle…'
    """
    return words if len(words) <= length else words[: length - 1] + "…"


def save(findings: Sequence[Finding], view: Mapping[str, str]) -> bytes:
    """Return findings, and the page's view as names and texts, in UTF-8 JSON.

    Lone surrogates, which UTF-8 has not, become U+FFFD.
    Raises ValueError for more than `load` would take.
    """
    document = {
        "format": FORMAT,
        "version": VERSION,
        "view": dict(view),
        "findings": [finding_record(finding) for finding in findings],
    }
    written = json.dumps(document, ensure_ascii=False)
    data = re.sub("[\ud800-\udfff]", "\ufffd", written).encode()
    found = oddity(data) or mismatch(document)
    if found:
        raise ValueError(f"The report cannot be saved, its file {found}: shorten it.")
    check_pictures([f.png for finding in findings for f in finding.figures])
    return data


def finding_record(finding: Finding) -> Json:
    return {
        "title": finding.title,
        "model": finding.model,
        "says": list(finding.says),
        "sentences": list(finding.sentences),
        "note": finding.note,
        "figures": [
            {
                "caption": figure.caption,
                "alt": figure.alt,
                "png": base64.b64encode(figure.png).decode(),
            }
            for figure in finding.figures
        ],
    }


def load(data: bytes) -> tuple[tuple[Finding, ...], dict[str, str]]:
    """Return the findings and the view that `save` was given.

    Pictures have the same pixels, encoded anew.
    Raises BadFile for whatever `save` does not write.
    """
    document = parsed(data)
    records = document["findings"]
    pngs = iter(redrawn([f["png"] for each in records for f in each["figures"]]))
    findings = tuple(
        Finding(
            each["title"],
            each["model"],
            tuple(each["says"]),
            tuple(each["sentences"]),
            tuple(Figure(next(pngs), f["caption"], f["alt"]) for f in each["figures"]),
            each["note"],
        )
        for each in records
    )
    return findings, document["view"]


def parsed(data: bytes) -> Json:
    """Return the file's content, which DOCUMENT describes. Raises BadFile."""
    found = oddity(data)
    if found:
        raise BadFile(f"This file {found}: {ADVICE}")
    try:
        document = json.loads(
            data.decode("utf-8-sig"),  # an editor may have put a mark at its start
            object_pairs_hook=without_repetition,
        )
        json.dumps(document, ensure_ascii=False).encode()  # has no lone surrogates
        found = mismatch(document)
    except (ValueError, RecursionError) as error:
        raise BadFile(f"This file is not JSON, or is damaged: {ADVICE}") from error
    if is_newer(document):
        raise BadFile("This file was made by a newer Attention: open it there.")
    if found:
        raise BadFile(f"This file {found}: {ADVICE}")
    return document


def oddity(data: bytes) -> str:
    """Tell what is wrong with a file at first sight, "" for nothing."""
    if not data:
        return "is empty"
    if data.startswith(ZIP_STARTS):
        return "is a ZIP, not the report itself"
    if len(data) > MAX_MEGABYTES * 1_000_000:
        return f"has more than {MAX_MEGABYTES} MB"
    structure = STRING.sub(b"", data)
    if structure.count(b"[") + structure.count(b"{") > MAX_BRACKETS:
        return "has more lists in it than a report"
    return ""


def without_repetition(pairs: list[tuple[str, object]]) -> Json:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("A name stands twice in one object.")
    return dict(pairs)


def is_newer(document: object) -> bool:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return False
    version = document.get("version")
    return isinstance(version, int) and version > VERSION


def mismatch(document: object) -> str:
    """Tell where a document first differs from what `save` writes, "" for nowhere.

    "has more than 6 entries at finding 3, figures"
    """
    error = next(DOCUMENT.iter_errors(document), None)
    if error is None:
        return ""
    unit = UNITS.get(error.validator)
    what = (
        f"has more than {error.validator_value:,} {unit}"
        if unit
        else "is not as Attention saves it"
    )
    return f"{what}{place(list(error.absolute_path))}"


def place(path: Sequence[str | int]) -> str:
    """Name a place in the document; of the view nothing but its name is ours."""
    if len(path) < 2 or path[0] != "findings":
        return "".join(f" at {name}" for name in path[:1])
    return f" at finding {int(path[1]) + 1}" + "".join(
        f", {name}" for name in path[2:3]
    )


def redrawn(encoded: Sequence[str]) -> list[bytes]:
    """Return PNGs of the same pixels, of base64 PNGs. Raises BadFile."""
    try:
        pngs = [base64.b64decode(png, validate=True) for png in encoded]
        check_pictures(pngs)
        return [pixels_only(png) for png in pngs]
    # There is no end to what Pillow raises for files made to break it.
    except Exception as error:
        raise BadFile(
            f"This file has a picture that is damaged or too large: {ADVICE}"
        ) from error


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
