"""Streamlit's caches around the engine: each model and each reading once a process.

The one place besides the page that knows Streamlit. TensorFlow is imported with the
first engine, not with this module, so that the page's frame is there first. A run of
the page gives up its turn (turns.py) before it waits here for what another computes.
"""

import ctypes
import gc
import os
import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TYPE_CHECKING

import cachetools
import numpy as np
import streamlit as st

from attention.claims.lines import Example, Malformed
from attention.claims.measure import Measured, measure_each
from attention.heads.ablation import (
    divergence,
    each_head_ablated,
    gates_without,
    top_word_change,
)
from attention.heads.roles import HeadRoles, head_roles
from attention.heads.stability import varied_sentences
from attention.reading import MAX_K, Guess, Head, Reading
from model_cache import default
from model_cache.catalog import find_model
from model_cache.hashes import WEIGHTS
from model_cache.hub import find_local
from model_cache.turns import PAGES

if TYPE_CHECKING:  # loads TensorFlow
    from model_cache.engine import Engine

Heads = frozenset[Head]

READINGS_BYTES = 200_000_000  # 512 tokens of BERT base are 151 MB
RANKINGS = 200  # of heads or of a guess: about 1 kB each
MEASURED_BYTES = 30_000_000  # some 15,000 sentences of claims
M_MMAP_THRESHOLD = -3  # of malloc.h
LARGE_ARRAY = 1_000_000  # bytes
# Each engine keeps its weights in memory: the bundled one and one that visitors
# chose, so that a small server is not filled by curiosity.
MAX_ENGINES = 2


@st.cache_resource(show_spinner=False)
def default_model() -> tuple[str, str]:
    """Return the id of the model a new visitor gets, and a notice for the operator.

    Fixed for the process, so that one URL means one page.
    """
    model, notice = default.default_model(setting("ATTENTION_MODEL"))
    return model.id, notice


def setting(name: str) -> str | None:
    """Return a deployment's setting from the environment or Streamlit's secrets."""
    if value := os.environ.get(name):
        return value
    try:
        return st.secrets[name]
    except (FileNotFoundError, KeyError):
        return None


def engine(model_id: str) -> "Engine":
    """Return the engine of a model whose files are on this computer.

    Raises BrokenCheckpoint if they cannot be used.
    """
    with PAGES.paused():
        return _engine(model_id)


@st.cache_resource(max_entries=MAX_ENGINES, show_spinner=False)
def _engine(model_id: str) -> "Engine":
    from model_cache.checkpoint import (
        BrokenCheckpoint,
        damaged,
        read_checkpoint,
    )
    from model_cache.engine import Engine

    _return_large_arrays()
    model = find_model(model_id)
    if (folder := find_local(model)) is None:
        raise BrokenCheckpoint(
            f"The files of {model_id} are no longer on this computer. Get the model "
            "again, or choose another."
        )
    ready = Engine(model_id, read_checkpoint(folder))
    if ready.shape != model.shape:
        raise BrokenCheckpoint(
            f"{model_id} has layers x heads {ready.shape}, but the catalog says "
            f"{model.shape}. Correct catalog.toml."
        )
    trial = ready.read("Compiled before the first visitor's [MASK].", MAX_K)
    if not sum(found.probability for found in trial.predictions[0]) > 0:  # none, NaN
        raise damaged(folder, WEIGHTS)
    _return_freed_memory()
    return ready


@st.cache_resource(show_spinner=False)
def settle() -> None:
    """Take what is loaded by now out of garbage collection, once in a process.

    Streamlit collects garbage after each run of the page, and looking through the
    370,000 objects of TensorFlow and Altair takes a quarter of a second in which no
    other visitor is served. They live as long as the process.
    """
    gc.collect()
    gc.freeze()
    _return_freed_memory()


def _return_large_arrays() -> None:
    """Have what a long text's arrays took go back as they are freed, on Linux.

    The C library there raises its limit for that to the largest array yet, 13 MB of a
    layer's attention, and then each thread keeps some: 0.3 GB in a class where one
    student reads 500 tokens again and again.
    """
    options = getattr(ctypes.CDLL(None), "mallopt", None)
    if options is not None:
        options(M_MMAP_THRESHOLD, LARGE_ARRAY)


def _return_freed_memory() -> None:
    """Give back what importing and loading used for a moment: 60 MB on Linux.

    The C library there keeps it otherwise; others have no such call or need.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def read(model_id: str, text: str, silent: Heads = frozenset()) -> Reading:
    """Return the model's reading of text with MAX_K predictions.

    silent: heads whose output is set to zero.
    Computed once, however many visitors ask for the same sentence at once.
    Raises BrokenCheckpoint, or UnreadableText with a sentence for the visitor.
    """
    with PAGES.paused():
        return _reader()(model_id, text, silent)


def effects(
    model_id: str, text: str, tell: Callable[[float], object]
) -> tuple[np.ndarray, np.ndarray]:
    """Silence each head by itself; return what that changes at the first mask.

    tell: called with the share of heads that are done, 0-1.
    Result: change of the likeliest word's probability and divergence (silence.py),
    both [layers * heads]. Computed once for a sentence.
    """
    with PAGES.paused():
        return _ranker()(model_id, text, tell)


def guess(model_id: str, text: str, word: str) -> tuple[Guess, ...]:
    """Return a word's probability and rank at each [MASK].

    Raises UnreadableText with a sentence for the visitor, for the text or the word.
    """
    with PAGES.paused():
        return _guess(model_id, text, word)


@st.cache_data(max_entries=RANKINGS, show_spinner=False)
def _guess(model_id: str, text: str, word: str) -> tuple[Guess, ...]:
    return engine(model_id).guess(text, word)


def measure(
    model_id: str, examples: Sequence[Example]
) -> Iterator[Measured | Malformed]:
    """Yield what each example of a claim gives; those measured before are kept.

    Sentences are read as results are taken, so that a caller can stop at any time.
    """
    kept, lock = _measured()
    with lock:
        known = [kept.get((model_id, example)) for example in examples]
    pairs = list(zip(examples, known, strict=True))
    measured = _measure(model_id, [one for one, result in pairs if result is None])
    for example, result in pairs:
        if result is not None:
            yield result
            continue
        found = next(measured)
        if isinstance(found, Measured):  # others may be of any length
            with lock:
                kept[model_id, example] = found
        yield found


def _measure(
    model_id: str, examples: Sequence[Example]
) -> Iterator[Measured | Malformed]:
    texts = [example.text for example in examples]
    yield from measure_each(engine(model_id).read_each(texts, k=1), examples)


def varied_roles(model_id: str) -> list[HeadRoles]:
    """Return every head's roles in each of the built-in varied sentences."""
    with PAGES.paused():
        return _varied_roles(model_id)


@st.cache_resource(max_entries=MAX_ENGINES, show_spinner=False)
def _varied_roles(model_id: str) -> list[HeadRoles]:
    readings = engine(model_id).read_many(varied_sentences(), k=1)
    return [head_roles(reading) for reading in readings]


@st.cache_resource(show_spinner=False)
def _measured() -> tuple[
    cachetools.LRUCache[tuple[str, Example], Measured], threading.Lock
]:
    return (
        cachetools.LRUCache(MEASURED_BYTES, getsizeof=_measured_size),
        threading.Lock(),
    )


def _measured_size(result: Measured) -> int:
    texts = 100 * len(result.words) + 4 * len(result.example.text)
    return result.looked.nbytes + result.weight.nbytes + texts


@st.cache_resource(show_spinner=False)
def _ranker() -> Callable[
    [str, str, Callable[[float], object]], tuple[np.ndarray, np.ndarray]
]:
    @cachetools.cached(
        cachetools.LRUCache(RANKINGS),
        key=lambda model_id, text, tell: (model_id, text),
        condition=threading.Condition(),
    )
    def compute(
        model_id: str, text: str, tell: Callable[[float], object]
    ) -> tuple[np.ndarray, np.ndarray]:
        ready = engine(model_id)
        everything = np.ones((1, *ready.shape), np.float32)
        _, before = next(ready.probabilities(text, everything))
        gates = each_head_ablated(ready.shape)
        changes, divergences = [], []
        for start, after in ready.probabilities(text, gates):
            changes.append(top_word_change(before[0, 0], after[:, 0]))
            divergences.append(divergence(before[0, 0], after[:, 0]))
            tell((start + len(after)) / len(gates))
        return np.concatenate(changes), np.concatenate(divergences)

    return compute


@st.cache_resource(show_spinner=False)
def _reader() -> Callable[[str, str, Heads], Reading]:
    @cachetools.cached(Readings(READINGS_BYTES), condition=threading.Condition())
    def compute(model_id: str, text: str, silent: Heads) -> Reading:
        ready = engine(model_id)
        return ready.read(text, MAX_K, gates_without(ready.shape, silent))

    return compute


class Readings(cachetools.LRUCache[tuple[Hashable, ...], Reading]):
    """The readings used last, up to a number of bytes; one that is larger, alone.

    512 tokens of BERT large are 403 MB. Without it, each click would read them again.
    """

    def __init__(self, maxsize: int):
        super().__init__(maxsize, getsizeof=lambda kept: min(_size(kept), maxsize))


def _size(reading: Reading) -> int:
    words = sum(len(p.sentence) for mask in reading.predictions for p in mask)
    return reading.attention.nbytes + 4 * words
