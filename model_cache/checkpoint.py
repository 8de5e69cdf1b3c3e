"""A checkpoint's folder -> its config and named arrays. NumPy, no TensorFlow."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

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


class Arrays(Mapping[str, np.ndarray]):
    """The arrays of a safetensors file, each read from disk when asked for.

    So the peak of memory while a model loads is the model and one array, not two
    models. Names are those that today's BertForMaskedLM gives.
    """

    def __init__(self, path: Path):
        self._file = safe_open(path, "numpy")
        self._stored_names = {
            current_name(name): name
            for name in self._file.keys()  # noqa: SIM118 (not a dict)
        }

    def __getitem__(self, name: str) -> np.ndarray:
        return self._file.get_tensor(self._stored_names[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored_names)

    def __len__(self) -> int:
        return len(self._stored_names)


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
        arrays = Arrays(folder / "model.safetensors")
    except (OSError, ValueError, SafetensorError) as error:
        raise BrokenCheckpoint(
            f"The model in {folder} cannot be read ({error}). "
            "Delete that folder and get the model again."
        ) from error
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
