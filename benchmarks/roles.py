"""The overview with roles beside the engine, for one sentence on BERT base's shape.

python -m benchmarks.roles: promise at most 0.5 x the engine's own time at 32 tokens.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tempfile
from pathlib import Path

from attention.heads.roles import head_roles
from attention.pictures.overview import overview_png
from benchmarks.timing import interleaved
from model_cache.checkpoint import read_checkpoint
from model_cache.engine import Engine
from tests.support.random_bert import BERT_BASE, write_random_bert

TEXT = "the turtle moved slowly across the road . " * 3 + "then i moved a [MASK] ."


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = read_checkpoint(write_random_bert(Path(folder), **BERT_BASE))
        engine = Engine("BERT base's shape, random weights", checkpoint)
    reading = engine.read(TEXT)
    seconds = interleaved(
        {
            "engine.read": lambda: engine.read(TEXT),
            "roles": lambda: head_roles(reading),
            "overview's picture": lambda: overview_png(reading.attention),
        }
    )
    print(f"\n{reading.n_tokens} tokens, 144 heads")
    for name, time in seconds.items():
        ratio = time / seconds["engine.read"]
        print(f"  {name:20} {time * 1000:6.1f} ms  {ratio:.3f} x the engine")


if __name__ == "__main__":
    main()
