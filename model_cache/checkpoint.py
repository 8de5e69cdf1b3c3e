"""A checkpoint's folder -> its config and named arrays. NumPy, no TensorFlow."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

# Checkpoints converted from TensorFlow 1 name the two halves of a layer norm so.
OLD_NAMES = {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"}
# The masked-word head multiplies by the word embeddings; some files leave it out.
NEEDED = (
    "bert.embeddings.word_embeddings.weight",
    "cls.predictions.transform.dense.weight",
    "cls.predictions.bias",
)


class BrokenCheckpoint(ValueError):
    """A checkpoint's files are missing, damaged, or not a BERT with a word head."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """One model's numbers, as trained."""

    folder: Path  # the tokenizer reads its own files from here
    config: Mapping
    arrays: Mapping[str, np.ndarray]  # PyTorch's names, [out, in] matrices


def read_checkpoint(folder: Path) -> Checkpoint:
    """Read config.json and model.safetensors in `folder`.

    Raises BrokenCheckpoint, naming the folder, if they cannot be used.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        arrays = load_file(folder / "model.safetensors")
    except (OSError, ValueError, SafetensorError) as error:
        raise BrokenCheckpoint(
            f"The model in {folder} cannot be read ({error}). "
            "Delete that folder and get the model again."
        ) from error
    arrays = {current_name(name): array for name, array in arrays.items()}
    if missing := [name for name in NEEDED if name not in arrays]:
        raise BrokenCheckpoint(
            f"The model in {folder} has no {missing[0]}: it is not a BERT "
            "with a masked-word head. Choose another checkpoint."
        )
    return Checkpoint(folder, config, arrays)


def current_name(name: str) -> str:
    """Return the name that today's BertForMaskedLM gives to an array.

    >>> current_name("bert.embeddings.LayerNorm.gamma")
    'bert.embeddings.LayerNorm.weight'
    """
    for old, new in OLD_NAMES.items():
        name = name.replace(old, new)
    return name
