"""BERT's forward pass as one TensorFlow function over a checkpoint's arrays.

Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for
Language Understanding". Two things differ from the reference class: every layer's
attention comes back, and each head's output passes a gate (1 = as trained,
0 = silent). Turning text into ids is `engine`'s job.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from model_cache.checkpoint import BrokenCheckpoint
from model_cache.lean_tensorflow import tf

ACTIVATIONS = {
    "gelu": lambda x: tf.nn.gelu(x, approximate=False),
    "gelu_new": lambda x: tf.nn.gelu(x, approximate=True),
    "relu": tf.nn.relu,
}
# Added to the logits of padding; its exp() is exactly 0 in float32.
FAR_BELOW_ANY_LOGIT = -1e9


class Layer(NamedTuple):
    """One encoder layer's weights; h = hidden size, i = intermediate size."""

    qkv: tf.Tensor  # [h, 3h]; the query part already divided by sqrt(head size)
    qkv_bias: tf.Tensor
    output: tf.Tensor  # [h, h]
    output_bias: tf.Tensor
    attention_norm: tuple[tf.Tensor, tf.Tensor]
    widen: tf.Tensor  # [h, i]
    widen_bias: tf.Tensor
    narrow: tf.Tensor  # [i, h]
    narrow_bias: tf.Tensor
    output_norm: tuple[tf.Tensor, tf.Tensor]


class Encoder:
    """A compiled BERT with its masked-word head; safe to call from many threads."""

    def __init__(self, config: Mapping[str, Any], arrays: Mapping[str, np.ndarray]):
        """Take a checkpoint's config.json and its arrays in PyTorch's naming.

        Raises BrokenCheckpoint if this forward pass cannot compute them.
        """
        check_config(config)
        self.n_layers = config["num_hidden_layers"]
        self.n_heads = config["num_attention_heads"]
        self.max_tokens = config["max_position_embeddings"]
        self._epsilon = config.get("layer_norm_eps", 1e-12)
        self._activation = ACTIVATIONS[config.get("hidden_act", "gelu")]
        try:
            self._load(arrays)
        except KeyError as error:
            raise BrokenCheckpoint(
                f"The checkpoint has no {error}, which its config.json promises. "
                "Get the model again, or choose another."
            ) from error
        signature = [
            tf.TensorSpec([None, None], tf.int32),
            tf.TensorSpec([None, None], tf.float32),
            tf.TensorSpec([None, 2], tf.int32),
            tf.TensorSpec([None, self.n_layers, self.n_heads], tf.float32),
        ]
        self._compiled = tf.function(
            self._forward, input_signature=signature, autograph=False
        )
        # Attention that nobody asks for is freed layer by layer.
        self._compiled_logits = tf.function(
            lambda *inputs: self._forward(*inputs)[-1],
            input_signature=signature,
            autograph=False,
        )

    def __call__(
        self,
        ids: np.ndarray,
        padding_mask: np.ndarray,
        masks: np.ndarray,
        gates: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Run a batch.

        ids: [batch, n]; padding_mask: [batch, n], 1 for tokens and 0 for padding;
        masks: [m, 2], a (row, position) for each [MASK]; gates: [1 or batch,
        layers, heads].
        Result: attention [layers, batch, heads, query, key], logits [m, vocabulary].
        """
        *layers, logits = self._compiled(*_tensors(ids, padding_mask, masks, gates))
        # Not stacked by TensorFlow, and not by .numpy(), which copies: TensorFlow
        # keeps the memory it once took, 151 MB a copy for 512 tokens of BERT base.
        attention = np.stack([np.asarray(layer) for layer in layers])
        return attention, np.asarray(logits)

    def logits(self, *inputs: np.ndarray) -> np.ndarray:
        """Run a batch for its logits alone, in a third of the memory."""
        return np.asarray(self._compiled_logits(*_tensors(*inputs)))

    def _load(self, arrays: Mapping[str, np.ndarray]) -> None:
        def bias(name: str) -> tf.Tensor:
            return tensor(arrays[name])

        def weight(name: str) -> tf.Tensor:
            # PyTorch keeps [out, in]; we multiply from the right.
            return tensor(arrays[name].T)

        def norm(name: str) -> tuple[tf.Tensor, tf.Tensor]:
            return bias(f"{name}.weight"), bias(f"{name}.bias")

        def layer(name: str) -> Layer:
            attention = f"{name}.attention.self"
            parts = [f"{attention}.{part}" for part in ("query", "key", "value")]
            matrices = [arrays[f"{p}.weight"].T.astype(np.float32) for p in parts]
            biases = [arrays[f"{p}.bias"].astype(np.float32) for p in parts]
            # The scaling of the dot product, paid once here instead of per call.
            scale = np.float32((matrices[0].shape[0] / self.n_heads) ** -0.5)
            matrices[0] = matrices[0] * scale
            biases[0] = biases[0] * scale
            return Layer(
                qkv=tensor(np.concatenate(matrices, axis=1)),
                qkv_bias=tensor(np.concatenate(biases)),
                output=weight(f"{name}.attention.output.dense.weight"),
                output_bias=bias(f"{name}.attention.output.dense.bias"),
                attention_norm=norm(f"{name}.attention.output.LayerNorm"),
                widen=weight(f"{name}.intermediate.dense.weight"),
                widen_bias=bias(f"{name}.intermediate.dense.bias"),
                narrow=weight(f"{name}.output.dense.weight"),
                narrow_bias=bias(f"{name}.output.dense.bias"),
                output_norm=norm(f"{name}.output.LayerNorm"),
            )

        embeddings, head = "bert.embeddings", "cls.predictions"
        self._words = bias(f"{embeddings}.word_embeddings.weight")
        # One sentence at a time: every token is of type 0.
        self._positions = bias(
            f"{embeddings}.position_embeddings.weight"
        ) + tf.constant(
            arrays[f"{embeddings}.token_type_embeddings.weight"][0], tf.float32
        )
        self._embedding_norm = norm(f"{embeddings}.LayerNorm")
        self._layers = [layer(f"bert.encoder.layer.{i}") for i in range(self.n_layers)]
        self._transform = weight(f"{head}.transform.dense.weight")
        self._transform_bias = bias(f"{head}.transform.dense.bias")
        self._transform_norm = norm(f"{head}.transform.LayerNorm")
        self._vocabulary_bias = bias(f"{head}.bias")

    def _forward(
        self,
        ids: tf.Tensor,
        padding_mask: tf.Tensor,
        masks: tf.Tensor,
        gates: tf.Tensor,
    ) -> tuple[tf.Tensor, ...]:
        n_tokens = tf.shape(ids)[1]
        hidden = tf.gather(self._words, ids) + self._positions[:n_tokens]
        hidden = self._norm(hidden, self._embedding_norm)
        padding = (1.0 - padding_mask)[:, None, None, :] * FAR_BELOW_ANY_LOGIT
        attention = []
        for i, layer in enumerate(self._layers):
            hidden, weights = self._run_layer(hidden, layer, padding, gates[:, i])
            attention.append(weights)
        at_masks = tf.gather_nd(hidden, masks)
        at_masks = at_masks @ self._transform + self._transform_bias
        at_masks = self._norm(self._activation(at_masks), self._transform_norm)
        logits = tf.matmul(at_masks, self._words, transpose_b=True)
        return *attention, logits + self._vocabulary_bias

    def _run_layer(
        self, hidden: tf.Tensor, layer: Layer, padding: tf.Tensor, gates: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        batch, n_tokens, size = tf.unstack(tf.shape(hidden))
        rows = tf.reshape(hidden, [-1, size])
        qkv = tf.reshape(
            tf.nn.bias_add(rows @ layer.qkv, layer.qkv_bias),
            [batch, n_tokens, 3, self.n_heads, size // self.n_heads],
        )
        query, key, value = tf.unstack(tf.transpose(qkv, [2, 0, 3, 1, 4]))
        weights = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) + padding)
        mixed = tf.matmul(weights, value) * gates[:, :, None, None]
        mixed = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [-1, size])
        mixed = tf.nn.bias_add(mixed @ layer.output, layer.output_bias)
        rows = self._norm(rows + mixed, layer.attention_norm)
        wide = self._activation(tf.nn.bias_add(rows @ layer.widen, layer.widen_bias))
        narrow = tf.nn.bias_add(wide @ layer.narrow, layer.narrow_bias)
        rows = self._norm(rows + narrow, layer.output_norm)
        return tf.reshape(rows, [batch, n_tokens, size]), weights

    def _norm(self, x: tf.Tensor, weights: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
        scale, offset = weights
        mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
        return tf.nn.batch_normalization(
            x, mean, variance, offset, scale, self._epsilon
        )


def tensor(array: np.ndarray) -> tf.Tensor:
    """Copy an array into a float32 tensor.

    A constant keeps its array alive until an operation runs: without one here, every
    array of a checkpoint would be there twice while it loads.
    """
    return tf.identity(tf.constant(array, tf.float32))


def _tensors(
    ids: np.ndarray, padding_mask: np.ndarray, masks: np.ndarray, gates: np.ndarray
) -> tuple[tf.Tensor, ...]:
    return (
        tf.constant(ids, tf.int32),
        tf.constant(padding_mask, tf.float32),
        tf.constant(masks, tf.int32, shape=[len(masks), 2]),
        tf.constant(gates, tf.float32),
    )


def check_config(config: Mapping[str, Any]) -> None:
    """Raise BrokenCheckpoint if config.json is not that of BERT as published."""
    seen = {
        "model_type": config.get("model_type"),
        "position_embedding_type": config.get("position_embedding_type", "absolute"),
    }
    expected = {"model_type": "bert", "position_embedding_type": "absolute"}
    for field, value in expected.items():
        if seen[field] != value:
            raise BrokenCheckpoint(
                f"The checkpoint's config.json says {field} = {seen[field]!r}; only "
                f"{value!r} can be read here. Choose a checkpoint of BERT."
            )
    activation = config.get("hidden_act", "gelu")
    if activation not in ACTIVATIONS:
        raise BrokenCheckpoint(
            f"The checkpoint's activation {activation!r} is unknown; expected one of "
            f"{', '.join(ACTIVATIONS)}."
        )


def use_threads(n: int) -> None:
    """Let every operation run on n threads; call it before anything is computed.

    For a process that shares its processors with others. Raises RuntimeError later.
    """
    tf.config.threading.set_intra_op_parallelism_threads(n)
    tf.config.threading.set_inter_op_parallelism_threads(1)
