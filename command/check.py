"""mask.py --check: how far a reading is from TFBertForMaskedLM's."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from attention.reading import Reading
from command.terminal import Failed, say

if TYPE_CHECKING:  # loads TensorFlow
    from model_cache.checkpoint import Checkpoint
    from model_cache.engine import Engine

TOLERANCE = 1e-4


def require_reference() -> None:
    if find_spec("tf_keras") is None:
        raise Failed(
            "--check needs tf-keras, which is not installed: "
            "pip install -r requirements-dev.txt"
        )


def load_check(
    engine: "Engine", checkpoint: "Checkpoint"
) -> Callable[[Reading], float]:
    """Return a function: how far is a reading from TFBertForMaskedLM's?"""
    try:
        from model_cache.reference import load_reference, run_reference
    except ImportError as error:
        raise Failed(
            "--check needs TFBertForMaskedLM, of transformers 4 with tf-keras: "
            "pip install -r requirements-dev.txt"
        ) from error
    reference = load_reference(checkpoint)

    def difference(reading: Reading) -> float:
        ids, masks = np.array([reading.ids]), np.array(reading.mask_positions)
        ones = np.ones_like(ids)
        attention, logits = run_reference(reference, ids, ones)
        at_masks = np.stack([np.zeros_like(masks), masks], axis=-1)
        gates = np.ones((1, *engine.shape), np.float32)
        _, our_logits = engine.encoder(ids, ones, at_masks, gates)
        of_attention = np.abs(reading.attention - attention[:, 0]).max()
        of_logits = np.abs(our_logits - logits[0, masks]).max()
        say(
            f"Largest difference from TFBertForMaskedLM: {of_logits:.1e} in logits, "
            f"{of_attention:.1e} in attention; allowed are {TOLERANCE:.0e}."
        )
        return max(of_attention, of_logits)

    return difference
