"""The work of an atlas in pieces that any process can do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from attention.atlas.rates import DEV, TEST
from corpus.counts import Counts
from corpus.measure import measure
from corpus.treebank import Block, blocks, read_block
from model_cache.catalog import Model, find_model
from model_cache.checkpoint import read_checkpoint
from model_cache.hub import download, find_local

if TYPE_CHECKING:  # loads TensorFlow
    from model_cache.engine import Engine


@dataclass(frozen=True)
class Job:
    """A block to measure."""

    block: Block
    half: int | None  # of all its sentences; None: they alternate


def jobs(treebanks: Sequence[Path]) -> Iterator[Job]:
    """Divide treebanks: of several, the first is the half that heads are chosen on.

    Raises OSError and treebank.NotATreebank.
    """
    for i, path in enumerate(treebanks):
        half = DEV if i == 0 else TEST
        for block in blocks(path):
            yield Job(block, half if len(treebanks) > 1 else None)


def load_engine(model_id: str, n_threads: int) -> "Engine":
    """Return a model's engine for a process that may use so many threads.

    Raises DownloadFailed, BrokenCheckpoint.
    """
    return engine_of(local_folder(find_model(model_id)), model_id, n_threads)


def engine_of(folder: Path, model_id: str, n_threads: int) -> "Engine":
    """Return the engine of a folder; all of a process have the same n_threads.

    Raises BrokenCheckpoint.
    """
    from model_cache.encoder import use_threads  # loads TensorFlow
    from model_cache.engine import Engine

    use_threads(n_threads)
    return Engine(model_id, read_checkpoint(folder))


def local_folder(model: Model) -> Path:
    """Return where a model is, downloaded if need be. Raises DownloadFailed."""
    return find_local(model) or download(model)


def do(engine: "Engine", job: Job) -> Counts:
    """Measure a job's block. Raises OSError."""
    return measure(
        engine,
        (
            ((job.block.sentence + i) % 2 if job.half is None else job.half, sentence)
            for i, sentence in enumerate(read_block(job.block))
        ),
    )
