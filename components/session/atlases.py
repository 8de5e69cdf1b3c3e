"""The atlases at hand: of the folder corpus/atlases, and one that a visitor uploaded.

Each file of the folder is read once in the process.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import streamlit as st

from attention.atlas.file import MOST_BYTES, BadAtlas, load
from attention.atlas.rates import Atlas
from attention.claims.lines import Example
from attention.reading import Reading
from model_cache.catalog import UnknownModel, find_model
from model_cache.hashes import WEIGHTS, sha256, weights_sha256
from model_cache.hub import find_local

ROOT = Path(__file__).parents[2] / "corpus"
ATLASES, TREEBANKS = ROOT / "atlases", ROOT / "treebanks"
SMALL_TREEBANK = ROOT / "small.conllu"  # our own
OWN = "atlas_own"  # a visitor's upload, for the session
CHOICE = "atlas_file"  # which of several
MOST_KEPT = 8  # atlases, 0.3 MB each

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """An atlas at hand."""

    name: str  # as visitors choose it
    atlas: Atlas
    path: Path | None  # None: uploaded


def found_atlases() -> list[Found]:
    """Return every atlas that can be read, the visitor's own first."""
    own = st.session_state.get(OWN)
    uploaded = [Found("your own", own, None)] if own else []
    read = [(path, _of_file(path)) for path in _files()]
    return uploaded + [Found(path.name, one, path) for path, one in read if one]


def count_broken() -> int:
    """Return how many files of the folder are no atlases."""
    return sum(_of_file(path) is None for path in _files())


def atlases_of(reading: Reading) -> list[Found]:
    """Return the atlases of a reading's model; the likeliest first."""
    found = [one for one in found_atlases() if _fits(one.atlas, reading)]
    # What `python -m corpus.atlas` calls it goes before others of the folder.
    usual = f"{reading.model}.npz"
    return sorted(found, key=lambda one: (one.path is not None, one.name != usual))


def chosen_atlas(reading: Reading) -> Found | None:
    """Return the chosen one of a reading's atlases, None if there is none."""
    found = atlases_of(reading)
    chosen = [one for one in found if one.name == st.session_state.get(CHOICE)]
    return next(iter([*chosen, *found]), None)


def _fits(atlas: Atlas, reading: Reading) -> bool:
    """True if an atlas was measured with the weights that a reading comes from.

    Models of one name may have been trained further, and one model may have two names.
    """
    # The shape, too: an upload may claim any weights.
    return atlas.shape == reading.shape and atlas.source.model_sha256 == weights_of(
        reading.model
    )


def weights_of(model_id: str) -> str | None:
    """Return the SHA-256 of a model's weights; None where the model is not here."""
    try:
        folder = find_local(find_model(model_id))
        return _weights(folder, *_state(folder / WEIGHTS)) if folder else None
    except (UnknownModel, OSError):
        return None


@lru_cache(maxsize=20)
def _weights(folder: Path, changed: int, size: int) -> str:
    return weights_sha256(folder)


def treebanks_of(files: Mapping[str, str]) -> list[Path]:
    """Return those of an atlas's treebanks that are at hand, unchanged.

    files: name -> SHA-256, of anybody's atlas: a name opens nothing, it is only
    compared with what the folder has.
    """
    here = TREEBANKS.glob("*.conllu")
    return sorted(p for p in here if p.name in files and files[p.name] == _sha256(p))


def examples_from(paths: Sequence[Path]) -> Mapping[str, tuple[Example, ...]]:
    """Return corpus.examples' examples of each relation; made once a process.

    Raises OSError, NotATreebank.
    """
    return _examples(tuple((path, *_state(path)) for path in paths))


def _files() -> list[Path]:
    # A Parquet file is no atlas any more; the log says how to make a new one.
    return sorted([*ATLASES.glob("*.npz"), *ATLASES.glob("*.parquet")])


def _state(path: Path) -> tuple[int, int]:
    """Return what distinguishes a changed file from the one that was read."""
    about = path.stat()
    return about.st_mtime_ns, about.st_size


def _of_file(path: Path) -> Atlas | None:
    try:
        return _load(path, *_state(path))
    except OSError:  # deleted meanwhile
        return None


@lru_cache(maxsize=MOST_KEPT)
def _load(path: Path, changed: int, size: int) -> Atlas | None:
    """Read an atlas; None, and a line in the log, if it cannot be read."""
    try:
        if size > MOST_BYTES:
            raise BadAtlas(f"It has {size:,} bytes.")
        return load(path.read_bytes())
    except (BadAtlas, OSError) as error:
        logger.warning("cannot read the atlas %s: %s", path, error)
        return None


@st.cache_resource(max_entries=2, show_spinner="Looking for examples …")
def _examples(
    files: tuple[tuple[Path, int, int], ...],
) -> Mapping[str, tuple[Example, ...]]:
    from corpus.examples import examples

    return examples([path for path, _, _ in files])


def _sha256(path: Path) -> str:
    return _digest(path, *_state(path))


@lru_cache(maxsize=20)
def _digest(path: Path, changed: int, size: int) -> str:
    return sha256(path)
