"""Random checkpoints of any shape, written to a folder as a hub would serve them."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

VOCABULARY = (
    ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ",", "!", "?", "'", '"']
    + [chr(c) for c in range(ord("a"), ord("z") + 1)]
    + ["##" + chr(c) for c in range(ord("a"), ord("z") + 1)]
    + [
        "the",
        "turtle",
        "moved",
        "slowly",
        "across",
        "road",
        "then",
        "i",
        "picked",
        "up",
        "from",
        "table",
    ]
    + ["Then", "The", "I", "Paris", "##ly", "##ing"]
)
TINY = {
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "hidden_size": 32,
    "intermediate_size": 64,
}
BERT_BASE = {
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "hidden_size": 768,
    "intermediate_size": 3072,
}


def write_random_bert(
    folder: Path,
    *,
    seed: int = 0,
    lower_case: bool = True,
    vocabulary: list[str] = VOCABULARY,
    old_names: bool = False,
    **shape: int | str,
) -> Path:
    """Write config.json, vocab.txt, tokenizer_config.json and model.safetensors.

    shape: fields of config.json; the rest is TINY. old_names: layer norms are
    called gamma and beta, as in checkpoints converted from TensorFlow 1.
    """
    config = {
        "model_type": "bert",
        "architectures": ["BertForMaskedLM"],
        "vocab_size": len(vocabulary),
        "max_position_embeddings": 512,
        "type_vocab_size": 2,
        "layer_norm_eps": 1e-12,
        "hidden_act": "gelu",
        **TINY,
        **shape,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"do_lower_case": lower_case, "tokenizer_class": "BertTokenizer"})
    )
    arrays = random_arrays(config, np.random.default_rng(seed))
    if old_names:
        arrays = {
            name.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
                "LayerNorm.bias", "LayerNorm.beta"
            ): array
            for name, array in arrays.items()
        }
    save_file(arrays, folder / "model.safetensors")
    return folder


def random_arrays(config: dict, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return every array of BertForMaskedLM, in PyTorch's names and [out, in]."""
    size, wide = config["hidden_size"], config["intermediate_size"]

    def normal(*shape: int, spread: float = 0.05, centre: float = 0.0) -> np.ndarray:
        return rng.normal(centre, spread, shape).astype(np.float32)

    arrays: dict[str, np.ndarray] = {}

    def dense(name: str, n_out: int, n_in: int) -> None:
        # Wide enough that heads differ and attention is not uniform.
        arrays[f"{name}.weight"] = normal(n_out, n_in, spread=1.2 * n_in**-0.5)
        arrays[f"{name}.bias"] = normal(n_out)

    def norm(name: str) -> None:
        arrays[f"{name}.weight"] = normal(size, centre=1.0)
        arrays[f"{name}.bias"] = normal(size)

    for name, rows in (
        ("word", config["vocab_size"]),
        ("position", config["max_position_embeddings"]),
        ("token_type", config["type_vocab_size"]),
    ):
        arrays[f"bert.embeddings.{name}_embeddings.weight"] = normal(rows, size)
    norm("bert.embeddings.LayerNorm")
    for i in range(config["num_hidden_layers"]):
        layer = f"bert.encoder.layer.{i}"
        for part in ("query", "key", "value"):
            dense(f"{layer}.attention.self.{part}", size, size)
        dense(f"{layer}.attention.output.dense", size, size)
        norm(f"{layer}.attention.output.LayerNorm")
        dense(f"{layer}.intermediate.dense", wide, size)
        dense(f"{layer}.output.dense", size, wide)
        norm(f"{layer}.output.LayerNorm")
    dense("cls.predictions.transform.dense", size, size)
    norm("cls.predictions.transform.LayerNorm")
    arrays["cls.predictions.bias"] = normal(config["vocab_size"])
    return arrays
