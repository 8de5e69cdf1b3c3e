"""The class our forward pass is held to: TFBertForMaskedLM with the same weights.

For tests, benchmarks and `mask.py --check`; the page never loads it. Needs tf-keras.
"""

import numpy as np
import transformers
from transformers import BertConfig, TFBertForMaskedLM
from transformers.modeling_tf_pytorch_utils import (
    load_pytorch_state_dict_in_tf2_model,
)

from model_cache.checkpoint import Checkpoint

# It speaks of its own deprecation and of weights that were all found.
transformers.logging.set_verbosity_error()


def load_reference(checkpoint: Checkpoint) -> TFBertForMaskedLM:
    """Return the reference class with a checkpoint's weights.

    The class cannot read safetensors in PyTorch's naming itself (transformers
    4.57), so its variables are set from the arrays.
    """
    config = BertConfig(**checkpoint.config, attn_implementation="eager")
    model = TFBertForMaskedLM(config)
    model(model.dummy_inputs)  # makes the variables
    arrays = {name: a.astype(np.float32) for name, a in checkpoint.arrays.items()}
    return load_pytorch_state_dict_in_tf2_model(
        model, arrays, allow_missing_keys=True, tf_to_pt_weight_rename=None
    )


def run_reference(
    model: TFBertForMaskedLM, ids: np.ndarray, padding_mask: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return attention [layers, batch, heads, query, key], logits [batch, n, vocab]."""
    result = model(input_ids=ids, attention_mask=padding_mask, output_attentions=True)
    attention = np.stack([layer.numpy() for layer in result.attentions])
    return attention, result.logits.numpy()
