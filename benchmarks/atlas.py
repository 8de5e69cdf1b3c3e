"""An atlas's speed: sentences a second, beside a loop as CS50's program would do it.

python -m benchmarks.atlas TREEBANK.conllu: the bundled model, every way on the same
sentences. Promise: at least 8 x the loop, which reads one sentence at a time with
TFBertForMaskedLM and counts what our way counts.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import tensorflow as tf

from corpus.counts import Counts
from corpus.measure import count
from corpus.on_ray import run
from corpus.treebank import Sentence, read_block
from corpus.work import Job, do, jobs
from model_cache.batches import batches
from model_cache.catalog import BUNDLED, find_model
from model_cache.checkpoint import Checkpoint, read_checkpoint
from model_cache.engine import Engine
from model_cache.hub import find_local
from model_cache.reference import load_reference
from tests.support.random_bert import BERT_BASE, write_random_bert

LOOP_SENTENCES = 150  # enough for a rate; all of them would take an hour
TIMES = 6  # that Ray gets the treebank's blocks
PROMISE = 8


def loop_rate(checkpoint: Checkpoint, engine: Engine, todo: Sequence[Sentence]):
    """Return sentences a second of CS50's way; the engine only divides into tokens."""
    model = load_reference(checkpoint)
    readings = dict(engine.read_words([one.tokens for one in todo]))
    counts = Counts.none(engine.shape)

    def read(i: int) -> None:
        ids = readings[i].ids
        result = model(
            input_ids=tf.constant([ids]),
            token_type_ids=tf.zeros((1, len(ids)), tf.int32),
            attention_mask=tf.ones((1, len(ids)), tf.int32),
            output_attentions=True,
        )
        attention = np.stack([layer.numpy()[0] for layer in result.attentions])
        count(counts, replace(readings[i], attention=attention), 0, todo[i])

    read(0)
    start = time.perf_counter()
    for i in range(len(todo)):
        read(i)
    return len(todo) / (time.perf_counter() - start)


def plain_rate(engine: Engine, todo: Sequence[Job]) -> float:
    """Return sentences a second of one process."""
    do(engine, todo[0])
    start = time.perf_counter()
    n = sum(int(do(engine, job).sentences.sum()) for job in todo)
    return n / (time.perf_counter() - start)


def single_rate(engine: Engine, todo: Sequence[Sentence]) -> float:
    """Return sentences a second of our way, were sentences read one at a time."""
    counts = Counts.none(engine.shape)
    start = time.perf_counter()
    for one in todo:
        ((_, reading),) = engine.read_words([one.tokens])
        count(counts, reading, 0, one)
    return len(todo) / (time.perf_counter() - start)


def ray_rate(todo: list[Job], n_workers: int) -> tuple[float, float]:
    """Return sentences a second once all workers work, and the seconds before that."""
    start = time.perf_counter()
    found = [
        (time.perf_counter(), int(Counts.from_bytes(counts).sentences.sum()))
        for _, counts in run(
            # Results come in bursts; of many, one more or less does not matter.
            dict(enumerate(todo * TIMES)),
            BUNDLED,
            n_workers=n_workers,
        )
    ]
    begun, ended = found[n_workers - 1][0], found[-1][0]
    n = sum(sentences for _, sentences in found[n_workers:])
    return n / (ended - begun), begun - start


def padding(engine: Engine, blocks: Sequence[list[Sentence]]) -> Iterator[float]:
    """Yield how many times the tokens needed are computed: as batched, and unsorted."""
    lengths = [
        [
            len(reading.ids)
            for _, reading in engine.read_words([one.tokens for one in block])
        ]
        for block in blocks
    ]
    for order in (np.sort, np.random.default_rng(0).permutation):
        computed = needed = 0
        for block in lengths:
            of_block = order(block)
            for batch in batches(sorted(block), 4 * engine.shape[0] * engine.shape[1]):
                some = of_block[batch]
                computed += len(some) * max(some)
                needed += sum(some)
        yield computed / needed


def report(rates: dict[str, float]) -> None:
    """Print rates and their ratios to the first, the loop's."""
    loop = next(iter(rates.values()))
    for name, rate in rates.items():
        print(f"  {name:28}{rate:8.1f} sentences/s {rate / loop:6.1f} x")


def main() -> None:
    """Print every way's rate and its ratio to the loop's, for two models."""
    treebank = Path(sys.argv[1])
    todo = list(jobs([treebank]))
    blocks = [
        [one for one in read_block(job.block) if isinstance(one, Sentence)]
        for job in todo
    ]
    some = [one for block in blocks for one in block][:LOOP_SENTENCES]
    print(f"{treebank.name}: {sum(map(len, blocks)):,} sentences")

    checkpoint = read_checkpoint(find_local(find_model(BUNDLED)))
    engine = Engine(BUNDLED, checkpoint)
    engine.read("compiled before it counts")
    rates = {
        "loop, as CS50's program": loop_rate(checkpoint, engine, some),
        "our engine, one at a time": single_rate(engine, some),
        "one process": plain_rate(engine, todo),
    }
    before = {}
    for n_workers in (1, 2):
        name = f"Ray, {n_workers} worker{'s' * (n_workers > 1)}"
        rates[name], before[name] = ray_rate(todo, n_workers)
    print(BUNDLED)
    report(rates)
    for name, seconds in before.items():
        print(f"  {name}: {seconds:.0f} s to start, which the rate leaves out")
    batched, unsorted = padding(engine, blocks)
    print(f"  padding: {batched:.2f} x the tokens; unsorted {unsorted:.2f} x")
    best = max(rates.values()) / rates["loop, as CS50's program"]
    print(f"  promise: {PROMISE} x; {'held' if best >= PROMISE else 'not held'}")

    vocabulary = (checkpoint.folder / "vocab.txt").read_text("utf-8").split("\n")[:-1]
    with tempfile.TemporaryDirectory() as folder:
        large = read_checkpoint(
            write_random_bert(Path(folder), vocabulary=vocabulary, **BERT_BASE)
        )
        engine = Engine("BERT base's shape, random weights", large)
        print(engine.model)
        loop = loop_rate(large, engine, some)
        report({"loop": loop, "one process": plain_rate(engine, todo[:1])})


if __name__ == "__main__":
    main()
