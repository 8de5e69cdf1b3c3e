"""The engine beside CS50's way and beside its bare matrix products, in one run.

python -m benchmarks.engine: BERT base's shape with random weights, 12 and 16 tokens.
Promise: at most 0.15 x the time of CS50's way, at most 1.6 x its matrix products.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf

from benchmarks.timing import interleaved
from model_cache.checkpoint import Checkpoint, read_checkpoint
from model_cache.engine import Engine
from model_cache.reference import load_reference
from tests.support.random_bert import BERT_BASE, write_random_bert

SENTENCES = {
    12: "then i picked up a [MASK] from the table .",
    16: "then i picked up a [MASK] from the table . then i moved .",
}


def cs50s_way(checkpoint: Checkpoint, ids: tuple[int, ...]) -> Callable[[], object]:
    """Return CS50's call: the class, eagerly, with attentions; then the top words."""
    model = load_reference(checkpoint)
    inputs = {
        "input_ids": tf.constant([ids]),
        "token_type_ids": tf.zeros((1, len(ids)), tf.int32),
        "attention_mask": tf.ones((1, len(ids)), tf.int32),
    }
    mask = ids.index(4)

    def run():
        result = model(**inputs, output_attentions=True)
        top = tf.math.top_k(result.logits[0, mask], 3).indices.numpy()
        return top, [layer.numpy() for layer in result.attentions]

    return run


def matrix_products(config: dict, n_tokens: int) -> Callable[[], object]:
    """Return the forward pass's matrix products alone, one tf.function."""
    size, wide = config["hidden_size"], config["intermediate_size"]
    heads = config["num_attention_heads"]
    rng = np.random.default_rng(0)

    def matrix(*shape: int) -> tf.Tensor:
        return tf.constant(rng.normal(size=shape, scale=0.02).astype(np.float32))

    layers = [
        (matrix(size, 3 * size), matrix(size, size), matrix(size, wide))
        + (matrix(wide, size),)
        for _ in range(config["num_hidden_layers"])
    ]
    words, transform = matrix(config["vocab_size"], size), matrix(size, size)
    rows = matrix(n_tokens, size)
    per_head = matrix(heads, n_tokens, size // heads)

    @tf.function
    def run():
        x, total = rows, 0.0
        for qkv, output, widen, narrow in layers:
            total += tf.reduce_sum((x @ qkv)[0])
            weights = tf.matmul(per_head + x[0, 0], per_head, transpose_b=True)
            total += tf.reduce_sum(tf.matmul(weights, per_head)[0, 0])
            x = x @ output
            x = (x @ widen) @ narrow
        return total, tf.matmul(x[:1] @ transform, words, transpose_b=True)

    return lambda: [part.numpy() for part in run()]


def main() -> None:
    vocabulary = [f"[unused{i}]" for i in range(30522)]
    vocabulary[:5] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = sorted(set(" ".join(SENTENCES.values()).split()) - {"[MASK]"})
    vocabulary[5 : 5 + len(words)] = words
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = read_checkpoint(
            write_random_bert(Path(folder), vocabulary=vocabulary, **BERT_BASE)
        )
        engine = Engine("BERT base's shape, random weights", checkpoint)
        # The reference reads the files once more.
        for n_tokens, text in SENTENCES.items():
            ids = engine.read(text).ids
            assert len(ids) == n_tokens, len(ids)
            seconds = interleaved(
                {
                    "engine.read": lambda text=text: engine.read(text),
                    "CS50's way": cs50s_way(checkpoint, ids),
                    "matrix products": matrix_products(checkpoint.config, n_tokens),
                }
            )
            ours = seconds["engine.read"]
            print(f"\n{n_tokens} tokens")
            for name, time in seconds.items():
                ratio = f"engine is {ours / time:.3f} x" if time != ours else ""
                print(f"  {name:16} {time * 1000:8.1f} ms  {ratio}")


if __name__ == "__main__":
    main()
