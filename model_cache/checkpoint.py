"""A checkpoint's folder -> its config and named arrays. NumPy, no TensorFlow."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from model_cache.hashes import SUMS, WEIGHTS, sha256

CONFIG = "config.json"
# Checkpoints converted from TensorFlow 1 name the two halves of a layer norm so.
OLD_NAMES = {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"}
# The masked-word head multiplies by the word embeddings; some files leave it out.
NEEDED = (
    "bert.embeddings.word_embeddings.weight",
    "cls.predictions.transform.dense.weight",
    "cls.predictions.bias",
)
COUNTS = ("num_hidden_layers", "num_attention_heads")
# Fields of the config that give the number of rows of an array.
ROWS = {
    "vocab_size": "bert.embeddings.word_embeddings.weight",
    "max_position_embeddings": "bert.embeddings.position_embeddings.weight",
}


class BrokenCheckpoint(ValueError):
    """A checkpoint's files are missing, damaged, or not a BERT with a word head.

    str() names their folder where that is known, for the owner of the computer;
    `fault` is the same without it, for visitors of a page.
    """

    def __init__(self, fault: str, folder: Path | None = None):
        self.fault = fault
        super().__init__(f"{fault} Its folder is {folder}." if folder else fault)


class Arrays(Mapping[str, np.ndarray]):
    """The arrays of a safetensors file, each read from disk when asked for.

    So the peak of memory while a model loads is the model and one array, not two
    models. Names are those that today's BertForMaskedLM gives.
    """

    def __init__(self, path: Path):
        self._path = path
        with safe_open(path, "numpy") as file:
            names = file.keys()
        self._stored_names = {current_name(name): name for name in names}

    def __getitem__(self, name: str) -> np.ndarray:
        stored = self._stored_names[name]
        # Opened for each array: what was read of a mapped file counts as memory in
        # use until it is closed, a second model by the end.
        with safe_open(self._path, "numpy") as file:
            return file.get_tensor(stored)

    def __contains__(self, name: object) -> bool:
        return name in self._stored_names  # Mapping's own would read the array

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored_names)

    def __len__(self) -> int:
        return len(self._stored_names)

    def n_rows(self, name: str) -> int:
        """Return the length of an array's first axis, without reading it."""
        with safe_open(self._path, "numpy") as file:
            return file.get_slice(self._stored_names[name]).get_shape()[0]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """One model's numbers, as trained."""

    folder: Path  # the tokenizer reads its own files from here
    config: Mapping[str, Any]  # as JSON has it; Encoder checks what it needs
    arrays: Mapping[str, np.ndarray]  # PyTorch's names, [out, in] matrices


def read_checkpoint(folder: Path) -> Checkpoint:
    """Read config.json and model.safetensors in `folder`.

    Raises BrokenCheckpoint, naming the folder, if they cannot be used.
    """
    require_sums(folder)
    try:
        name = CONFIG
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        name = WEIGHTS
        arrays = Arrays(folder / WEIGHTS)
    except (OSError, ValueError, SafetensorError) as error:
        raise damaged(folder, name) from error
    if missing := [name for name in NEEDED if name not in arrays]:
        raise BrokenCheckpoint(
            f"The model has no {missing[0]}: it is not a BERT with a masked-word "
            "head. Choose another checkpoint.",
            folder,
        )
    require_counts(folder, config, arrays)
    return Checkpoint(folder, config, arrays)


def damaged(folder: Path, name: str) -> BrokenCheckpoint:
    return BrokenCheckpoint(
        f"The model's {name} is missing or damaged; delete the model's folder and "
        "get the model again.",
        folder,
    )


def require_sums(folder: Path) -> None:
    """Raise BrokenCheckpoint for a file that is not as SHA256SUMS has it."""
    if not (folder / SUMS).exists():
        return
    name = SUMS
    try:
        for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
            wanted, name = line.split()
            if (found := sha256(folder / name)) != wanted:
                raise ValueError(f"{name} has the SHA-256 {found}, not {wanted}")
    except (OSError, ValueError) as error:
        raise damaged(folder, name) from error


def require_counts(folder: Path, config: object, arrays: Arrays) -> None:
    """Raise BrokenCheckpoint if config.json does not fit the arrays."""
    if not isinstance(config, Mapping):
        raise damaged(folder, CONFIG)
    expected = {
        field: arrays.n_rows(name) for field, name in ROWS.items() if name in arrays
    }
    for field in (*COUNTS, *ROWS):
        value = config.get(field)
        is_count = type(value) is int and value > 0
        if not is_count or value != expected.get(field, value):
            raise BrokenCheckpoint(
                f"The model's {CONFIG} says {field} = {value!r} instead of "
                f"{expected.get(field, 'a number above 0')}; get the model again.",
                folder,
            )


def current_name(name: str) -> str:
    """Return the name that today's BertForMaskedLM gives to an array.

    >>> current_name("bert.embeddings.LayerNorm.gamma")
    'bert.embeddings.LayerNorm.weight'
    """
    for old, new in OLD_NAMES.items():
        name = name.replace(old, new)
    return name
