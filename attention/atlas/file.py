"""Atlases as files: NumPy's .npz, with JSON that says what the arrays are of.

Anybody may have made a file. So no more of it is unpacked than an atlas has: the names
and sizes of all members are checked first, then each array's header, then its numbers.
Nothing in it is ever run: arrays of objects, which are pickles, are refused.
"""

import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeGuard

import numpy as np
from numpy.lib import format as npy

from attention.atlas.rates import FARTHEST, SPLITS, Atlas, Habits, Relation, Source
from attention.atlas.relations import DIRECTIONS

ABOUT = "about"  # JSON as UTF-8, an array of bytes
COUNTS = ("instances", "hits", "offsets")  # of Relation, one after another
HABITS = ("sentences", "mean", "spread", "labels")  # of Habits
SCORES = ("mean", "spread")
INTEGERS, FLOATS, BYTES = np.dtype("<i8"), np.dtype("<f4"), np.dtype("u1")
VERSION = 2
# Of a file that somebody uploads. One of 144 heads has 46 kB and unpacks to 0.3 MB.
MAX_MEGABYTES = 2
MOST_BYTES = MAX_MEGABYTES * 1_000_000
MOST_UNPACKED, MOST_ABOUT = 20_000_000, 200_000
MOST_RELATIONS, MOST_LABELS = 200, 50
MOST_NAME, MOST_TEXT = 60, 1000  # characters
MOST_COUNT = 10**12  # a sum of such counts is still exact
PARQUET = b"PAR1"  # how the files of version 1 begin
OLD = (
    "Atlases are .npz files now, no longer Parquet: make a new one with "
    "`python -m corpus.atlas TREEBANK.conllu --model MODEL --out FILE.npz`."
)
DAMAGED = "This file is no atlas, or damaged."


class BadAtlas(ValueError):
    """A file that is no atlas; str() says why and what to do."""

    @classmethod
    def because(cls, why: str) -> "BadAtlas":
        return cls(f"{why} Give a file that `python -m corpus.atlas` wrote.")


def save(atlas: Atlas) -> bytes:
    """Write an atlas as an .npz file."""
    habits = atlas.habits
    about = {
        "version": VERSION,
        "shape": atlas.shape,
        "relations": list(atlas.relations),
        "roles": habits.roles,
        "called": habits.called,
        "source": asdict(atlas.source),
    }
    relations = atlas.relations.values()
    arrays: dict[str, Any] = {
        ABOUT: np.frombuffer(json.dumps(about).encode(), BYTES),
        **{name: [getattr(one, name) for one in relations] for name in COUNTS},
        **{name: getattr(habits, name) for name in HABITS},
    }
    for name, array in arrays.items():
        arrays[name] = np.asarray(array, _type(name), order="C")
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def load(data: bytes) -> Atlas:
    """Read what `save` wrote. Raises BadAtlas for anything else.

    The message never quotes the file, which may be hostile.
    """
    if data.startswith(PARQUET):
        raise BadAtlas(OLD)
    if len(data) > MOST_BYTES:
        raise BadAtlas.because(f"This file has over {MAX_MEGABYTES} MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _require_modest(archive)
            about = json.loads(_array(archive, ABOUT).tobytes())
            if about["version"] == VERSION:
                return _atlas(archive, about)
    except _Odd as error:
        raise BadAtlas.because(
            "This atlas is not complete, or has impossible counts."
        ) from (error)
    except Exception as error:  # a damaged archive raises any kind
        raise BadAtlas.because(DAMAGED) from error
    raise BadAtlas.because(f"This atlas is not of version {VERSION}.")


class _Odd(ValueError):
    """What an atlas says of itself, or its counts, cannot be."""


# Members and their headers, before their content


def _require_modest(archive: zipfile.ZipFile) -> None:
    """Raise _Odd unless the members say that they are those of an atlas, and as small.

    A member that says less than it has is cut off there; see _array.
    """
    members = archive.infolist()
    wanted = [f"{name}.npy" for name in (ABOUT, *COUNTS, *HABITS)]
    if sorted(member.filename for member in members) != sorted(wanted):
        raise _Odd("other members")
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        raise _Odd("more than an atlas has")
    # Other ways to pack may take memory without end, whatever the size.
    if any(member.compress_type != zipfile.ZIP_DEFLATED for member in members):
        raise _Odd("packed as no atlas is")


def _array(
    archive: zipfile.ZipFile, name: str, shape: tuple[int, ...] | None = None
) -> np.ndarray:
    """Return an array of this very shape; of ABOUT, of any length. Raises _Odd."""
    member = archive.getinfo(f"{name}.npy")
    with archive.open(member) as file:
        if npy.read_magic(file) != (1, 0):
            raise _Odd("another version of .npy")
        found, is_fortran, type_ = npy.read_array_header_1_0(file)
        size = member.file_size - file.tell()
        if shape is None:
            shape = (min(size, MOST_ABOUT),)
        if (found, is_fortran, type_) != (shape, False, _type(name)):
            raise _Odd("an array of another shape or type")
        if size != math.prod(shape) * type_.itemsize:
            raise _Odd("an array of another size")
        # Unpacks no more than it asks for, unlike read() without a number.
        return np.frombuffer(file.read(size), type_).reshape(shape)


def _type(name: str) -> np.dtype:
    if name == ABOUT:
        return BYTES
    return FLOATS if name in SCORES else INTEGERS


# What it says of itself, and its numbers


def _atlas(archive: zipfile.ZipFile, about: Mapping[str, Any]) -> Atlas:
    try:
        layers, heads = shape = _shape(about["shape"])
        relations = _names(about["relations"], MOST_RELATIONS)
        roles = _names(about["roles"], MOST_LABELS)
        called = _names(about["called"], MOST_LABELS)
        source = _source(about["source"])
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise _Odd("what it says of itself") from error
    axes = (len(relations), len(SPLITS))
    instances = _array(archive, "instances", axes)
    hits = _array(archive, "hits", (*axes, len(DIRECTIONS), layers, heads))
    offsets = _array(archive, "offsets", (*axes, 2 * FARTHEST + 1))
    _require_counts(instances, hits, offsets)
    habits = Habits(
        _array(archive, "sentences", (len(roles),)),
        _array(archive, "mean", (*shape, len(roles))),
        _array(archive, "spread", (*shape, len(roles))),
        _array(archive, "labels", (*shape, len(called))),
        roles,
        called,
    )
    _require_habits(habits)
    each = zip(relations, instances, hits, offsets, strict=True)
    return Atlas(source, {name: Relation(*counts) for name, *counts in each}, habits)


def _shape(value: Sequence[object]) -> tuple[int, int]:
    layers, heads = value
    if not (_is_size(layers) and _is_size(heads)):
        raise ValueError(f"a model of {layers!r} layers of {heads!r} heads")
    return layers, heads


def _is_size(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 < value <= 100


def _names(value: list[str], most: int) -> tuple[str, ...]:
    if type(value) is not list or not 0 < len(value) <= most:
        raise ValueError("no names, or too many")
    if len(set(value)) < len(value) or not all(map(_is_name, value)):
        raise ValueError("a name that is none, or there twice")
    return tuple(value)


def _is_name(name: str) -> bool:
    return bool(name.strip()) and name.isprintable() and len(name) <= MOST_NAME


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


def _require_counts(
    instances: np.ndarray, hits: np.ndarray, offsets: np.ndarray
) -> None:
    n = instances[:, :, None]
    is_right = (
        _are_counts(instances, hits, offsets)
        and (instances.sum(axis=1) > 0).all()
        and (hits <= n[..., None, None]).all()
        and (offsets.sum(axis=2) <= instances).all()
    )
    if not is_right:
        raise _Odd("counts of a relation that cannot be")


def _require_habits(habits: Habits) -> None:
    for scores in (habits.mean, habits.spread):
        if not ((scores >= 0) & (scores <= 1 + 1e-3)).all():  # some rounding allowed
            raise _Odd("a score that is no share")
    if not _are_counts(habits.sentences, habits.labels):
        raise _Odd("a habit's count that cannot be")


def _are_counts(*arrays: np.ndarray) -> bool:
    # Each alone first: sums of huge numbers may turn out small.
    return all(((some >= 0) & (some <= MOST_COUNT)).all() for some in arrays)
