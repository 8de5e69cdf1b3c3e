"""The engine computes what TFBertForMaskedLM computes: logits, attention, words."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model_cache.checkpoint import read_checkpoint
from model_cache.engine import Engine
from model_cache.reference import load_reference, run_reference
from tests.support.random_bert import write_random_bert

pytestmark = pytest.mark.slow
BUNDLED = Path("model_cache/bundled")
TOLERANCE = 1e-4
SENTENCES = (
    "a",
    "Then I picked up a [MASK] from the table.",
    "The turtle [MASK] slowly across the [MASK].",
    "the turtle moved slowly, then the turtle moved slowly across a road!",
)
LONGEST = " ".join(["turtle"] * 509 + ["[MASK]"])  # 512 tokens with [CLS] and [SEP]


class Pair:
    """An engine and the reference class over one checkpoint."""

    def __init__(self, folder: Path):
        checkpoint = read_checkpoint(folder)
        self.engine = Engine("test", checkpoint)
        self.reference = load_reference(checkpoint)

    def expected(self, *ids: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        longest = max(map(len, ids))
        rows = np.array([list(row) + [0] * (longest - len(row)) for row in ids])
        padding = np.array([[1] * len(r) + [0] * (longest - len(r)) for r in ids])
        return run_reference(self.reference, rows, padding)

    def check(self, text: str) -> None:
        reading = self.engine.read(text, k=10)
        attention, logits = self.expected(reading.ids)
        np.testing.assert_allclose(reading.attention, attention[:, 0], atol=TOLERANCE)
        for mask, predictions in zip(
            reading.mask_positions, reading.predictions, strict=True
        ):
            at_mask = logits[0, mask]
            best = np.argsort(-at_mask, kind="stable")[:10]
            assert [p.id for p in predictions] == best.tolist()
            # The tenth of all words, guessed by a person.
            guess = self.engine.guess(reading.text, predictions[-1].token)
            number = reading.mask_positions.index(mask)
            assert guess[number].rank == 10
            powers = np.exp(at_mask - at_mask.max())
            np.testing.assert_allclose(
                [p.probability for p in predictions],
                (powers / powers.sum())[best],
                atol=TOLERANCE,
            )


@pytest.fixture(scope="module")
def bundled() -> Pair:
    return Pair(BUNDLED)


SHAPES = {
    "2x4": {},
    "cased": {"lower_case": False},
    "old layer norm names": {"old_names": True},
    "3x2, relu": {
        "num_hidden_layers": 3,
        "num_attention_heads": 2,
        "hidden_act": "relu",
    },
    "1x8, gelu_new": {
        "num_hidden_layers": 1,
        "num_attention_heads": 8,
        "hidden_act": "gelu_new",
    },
    "larger epsilon": {"layer_norm_eps": 1e-3},
}


@pytest.fixture(scope="module", params=SHAPES.values(), ids=SHAPES.keys())
def random_pair(request, tmp_path_factory) -> Pair:
    folder = tmp_path_factory.mktemp("model")
    return Pair(write_random_bert(folder, seed=7, **request.param))


@pytest.mark.parametrize("text", [*SENTENCES, LONGEST], ids=lambda t: t[:30])
def test_random_models_read_as_the_reference_class(random_pair, text):
    random_pair.check(text)


@pytest.mark.parametrize("text", [*SENTENCES, LONGEST], ids=lambda t: t[:30])
def test_the_bundled_model_reads_as_the_reference_class(bundled, text):
    bundled.check(text)


def test_logits_are_those_of_the_reference_class(bundled):
    ids = bundled.engine.read(SENTENCES[1]).ids
    _, expected = bundled.expected(ids)
    masks = [[0, position] for position in range(len(ids))]
    _, logits = bundled.engine.encoder(
        np.array([ids]), np.ones((1, len(ids))), masks, np.ones((1, 12, 12))
    )
    np.testing.assert_allclose(logits, expected[0], atol=TOLERANCE)


def test_a_padded_batch_reads_as_the_reference_class(bundled):
    texts = [SENTENCES[1], SENTENCES[0], SENTENCES[2]]
    readings = bundled.engine.read_many(texts)
    attention, logits = bundled.expected(*[reading.ids for reading in readings])
    for row, reading in enumerate(readings):
        n = reading.n_tokens
        np.testing.assert_allclose(
            reading.attention, attention[:, row, :, :n, :n], atol=TOLERANCE
        )
        for mask, predictions in zip(
            reading.mask_positions, reading.predictions, strict=True
        ):
            assert predictions[0].id == logits[row, mask].argmax()


def test_a_silent_head_is_the_reference_class_without_that_heads_output(tmp_path):
    folder = write_random_bert(tmp_path, seed=3)
    checkpoint = read_checkpoint(folder)
    layer, head, head_size = 1, 2, 8
    gates = np.ones((2, 4))
    gates[layer, head] = 0
    silenced = Engine("test", checkpoint).read(SENTENCES[1], k=5, gates=gates)

    # Columns of the attention output matrix are its inputs: zero this head's.
    name = f"bert.encoder.layer.{layer}.attention.output.dense.weight"
    matrix = checkpoint.arrays[name].copy()
    matrix[:, head * head_size : (head + 1) * head_size] = 0
    arrays = dict(checkpoint.arrays) | {name: matrix}
    reference = load_reference(replace(checkpoint, arrays=arrays))
    ids = np.array([silenced.ids])
    _, logits = run_reference(reference, ids, np.ones_like(ids))
    best = np.argsort(-logits[0, silenced.mask_positions[0]], kind="stable")[:5]
    assert [p.id for p in silenced.predictions[0]] == best.tolist()


def test_gates_of_one_change_nothing(bundled):
    plain = bundled.engine.read(SENTENCES[1])
    gated = bundled.engine.read(SENTENCES[1], gates=np.ones((12, 12)))
    np.testing.assert_array_equal(plain.attention, gated.attention)
    assert plain.predictions == gated.predictions
