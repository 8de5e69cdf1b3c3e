"""Which model answers mask.py, and getting it ready. No TensorFlow until `load`."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from attention.reading import Head
from command.terminal import Failed, progress, say
from model_cache.catalog import BUNDLED, Model, find_model

if TYPE_CHECKING:  # loads TensorFlow
    from model_cache.checkpoint import Checkpoint
    from model_cache.engine import Engine


def default_model() -> Model:
    """Return the model for a command without --model; it is on this computer."""
    from model_cache import default
    from model_cache.hub import find_local

    model, notice = default.default_model(os.environ.get("ATTENTION_MODEL"))
    if notice:
        say(notice)
    if find_local(model):
        return model
    say(f"{model.id} (ATTENTION_MODEL) is not here; --model {model.id} downloads it.")
    return find_model(BUNDLED)


def require_heads(model: Model, heads: Sequence[Head]) -> None:
    for head in heads:
        if not head.is_within(model.shape):
            raise Failed(
                f"{model.id} has no {head.name.lower()}; "
                f"it has {model.layers} layers of {model.heads} heads."
            )


def load(model: Model) -> tuple["Engine", "Checkpoint"]:
    """Return the model's engine and checkpoint, downloaded first if need be."""
    from model_cache.hub import DownloadFailed, download, find_local

    folder = find_local(model)
    if folder is None:
        what, size = f"Downloading {model.id}", model.megabytes * 10**6
        try:
            with progress(what, size, unit="B", unit_scale=True) as bar:
                folder = download(model, lambda p: bar.update(p.done - bar.n))
        except DownloadFailed as error:
            raise Failed(str(error)) from error
    from model_cache.checkpoint import read_checkpoint
    from model_cache.engine import Engine

    checkpoint = read_checkpoint(folder)
    engine = Engine(model.id, checkpoint)
    say(f"Model: {model.id}")
    return engine, checkpoint
