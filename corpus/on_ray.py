"""Jobs on Ray: worker processes of this machine or of a cluster, an engine in each.

One machine needs no Ray: `corpus.atlas` works without it. It is for treebanks that
outgrow one machine, and it restarts a job whose worker or machine was lost. Blocks
travel as addresses in a file, which every machine of a cluster reads for itself; only
counts come back.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

# Before ray is imported: send no usage reports, and print only what ends a run.
os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}

import ray
import ray.data

from corpus.treebank import Block
from corpus.work import Job, do, load_engine

ROOT = Path(__file__).parents[1]
# Jobs that Ray tracks at once, each with one or more blocks.
MOST_TASKS = 1000
# Bytes; the counts of a block take 50,000. Ray would take a third of the memory.
STORE = 100_000_000
# What the machines of a cluster do not need of this project.
NOT_SENT = [".git", ".venv", "tests", "docs", "benchmarks", "corpus/treebanks"]


class Worker:
    """One process's engine."""

    def __init__(self, model_id: str, n_threads: int):
        self._engine = load_engine(model_id, n_threads)

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[Any]]:
        """Measure the one job of a batch."""
        (number,), (half,) = batch["number"], batch["half"]
        block = Block(**{name: batch[name][0] for name in Block.__annotations__})
        counts = do(self._engine, Job(block, None if half < 0 else int(half)))
        return {"number": [number], "counts": [counts.to_bytes()]}


def run(
    todo: Mapping[int, Job],
    model_id: str,
    address: str | None = None,
    n_workers: int | None = None,
) -> Iterator[tuple[int, bytes]]:
    """Yield the number of each job and its counts, as they are ready.

    address: of a Ray cluster; None starts Ray on this machine for as long as it takes.
    n_workers: processes; None is one for each processor that Ray has.
    Raises ConnectionError if there is no cluster at the address.
    """
    start(address)
    try:
        n_processors = int(ray.cluster_resources()["CPU"])
        n_workers = n_workers or n_processors
        rows = ray.data.from_items(
            [_row(number, job) for number, job in todo.items()],
            override_num_blocks=min(len(todo), MOST_TASKS),
        )
        done = rows.map_batches(
            Worker,
            fn_constructor_args=(model_id, max(n_processors // n_workers, 1)),
            batch_size=1,
            num_cpus=1,
            compute=ray.data.ActorPoolStrategy(size=min(n_workers, len(todo))),
        )
        for row in done.iter_rows():
            yield row["number"], row["counts"]
    finally:
        ray.shutdown()


def start(address: str | None) -> None:
    """Connect to a cluster, or start Ray on this machine. Raises ConnectionError."""
    environment: dict[str, object] = {"env_vars": {"PYTHONPATH": str(ROOT)}}
    if address is not None:
        environment = {"working_dir": str(ROOT), "excludes": NOT_SENT}
    here = {} if address else {"include_dashboard": False, "object_store_memory": STORE}
    ray.init(
        address=address or "local",
        runtime_env=environment,
        log_to_driver=False,
        logging_level="ERROR",
        **here,
    )
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False  # the command has its own
    logging.getLogger("ray.data").setLevel(logging.ERROR)


def _row(number: int, job: Job) -> dict[str, object]:
    half = -1 if job.half is None else job.half
    return {"number": number, "half": half, **asdict(job.block)}
