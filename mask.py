"""Complete a sentence at [MASK] with BERT, and draw where its heads look.

CS50's "Attention" with its function names, and more: see --help. Standard output
has the completed sentences and nothing else. TensorFlow is loaded when a sentence
is about to be read, not with this module.
"""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from attention.cs50 import diagram_name, diagram_png, gray_color
from attention.exports import all_heads
from attention.reading import Reading, head_name
from command.files import CannotWrite, make_folder, write_whole
from command.options import parser
from command.outputs import (
    print_predictions,
    save_csv,
    save_diagrams,
    save_roles,
    save_sheet,
)
from command.sentences import Sentence, ask, at_line, batches, stdin_lines
from command.terminal import Bar, say
from model_cache.catalog import BUNDLED, Model, UnknownModel, find_model

MODEL = "bert-base-uncased"  # answers where it is on this computer
K = 3  # completed sentences to print

MANY = 20  # sentences, from which on a bar shows how far it is
TOLERANCE = 1e-4  # of --check
INTERRUPTED = 130  # what a shell reports for Ctrl-C


class Failed(Exception):
    """str() is one sentence for the user: what happened, what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = parser(MODEL, K).parse_args(arguments)
    # A terminal that lacks a character shows its number, not a traceback.
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return run(options)
    except KeyboardInterrupt:
        say("Interrupted.")
        return INTERRUPTED
    except BrokenPipeError:  # such as: mask.py ... | head -1
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (Failed, CannotWrite, ValueError, OSError) as error:
        say(str(error))
        return 1


def run(options: Namespace) -> int:
    model = find_model(options.model) if options.model else default_model()
    require_heads(model, options.heads or [])
    if options.check:
        require_reference()
    are_lines = options.text == "-"
    sentences, n_faults = stdin_lines() if are_lines else ([ask(options.text)], 0)
    if are_lines and not options.output:
        options.no_diagrams = True
    if not sentences:
        return 1
    # These fail now, or not for this reason.
    require_files(options.sheet, options.csv, options.roles)
    if not options.no_diagrams:
        make_folder(options.output or Path())

    engine, checkpoint = load(model)
    difference = load_check(engine, checkpoint) if options.check else None
    bar = Bar("Read")
    for n_read, (line, reading) in enumerate(read(engine, sentences, options.k), 1):
        bar.clear()
        if isinstance(reading, Reading):
            print_predictions(reading, options.json)
            save(reading, line, options)
            n_faults += difference is not None and difference(reading) > TOLERANCE
        else:
            say(at_line(line, reading))
            n_faults += 1
        if len(sentences) >= MANY:
            bar.show(n_read, len(sentences), " sentences")
    bar.clear()
    return 1 if n_faults else 0


def save(reading: Reading, line: int, options: Namespace) -> None:
    """Write the files that were asked for, named after the line if there is one."""
    heads = list(dict.fromkeys(options.heads or all_heads(reading)))
    ending = f"line{line}" if line else ""
    if not options.no_diagrams:
        save_diagrams(reading, (options.output or Path()) / ending, heads)
    if path := options.sheet:
        save_sheet(reading, named_after(path, ending))
    if path := options.csv:
        save_csv(reading, named_after(path, ending), heads)
    if path := options.roles:
        save_roles(reading, named_after(path, ending))


def named_after(path: Path, ending: str) -> Path:
    """Return heads-line2.png for heads.png, where the sentence is a line's."""
    return path.with_stem(f"{path.stem}-{ending}") if ending else path


def default_model() -> Model:
    """Return the model for a command without --model; it is on this computer."""
    from model_cache.hub import find_local

    if wanted := os.environ.get("ATTENTION_MODEL"):
        try:
            model = find_model(wanted)
        except UnknownModel as error:
            say(f"ATTENTION_MODEL is set to something else. {error}")
            return find_model(BUNDLED)
        if find_local(model):
            return model
        say(f"{wanted} (ATTENTION_MODEL) is not here; --model {wanted} downloads it.")
        return find_model(BUNDLED)
    return find_model(MODEL if find_local(find_model(MODEL)) else BUNDLED)


def require_heads(model: Model, heads: Sequence[tuple[int, int]]) -> None:
    for layer, head in heads:
        if layer >= model.layers or head >= model.heads:
            raise Failed(
                f"{model.id} has no {head_name(layer, head).lower()}; "
                f"it has {model.layers} layers of {model.heads} heads."
            )


def require_files(*paths: Path | None) -> None:
    """Raise Failed for a file that cannot be one, or that is asked for twice."""
    paths = [path for path in paths if path is not None]
    for path in paths:
        if path.is_dir():
            raise Failed(f"Cannot write {path}: it is a folder. Name a file.")
        if not path.parent.is_dir():
            raise Failed(f"Cannot write {path}: there is no folder {path.parent}.")
        if paths.count(path) > 1:
            raise Failed(f"{path} is asked for twice. Name two files.")


def load(model: Model):
    """Return the model's engine and checkpoint, downloaded first if need be."""
    from model_cache.hub import DownloadFailed, download, find_local

    folder = find_local(model)
    if folder is None:
        bar = Bar(f"Downloading {model.id}")
        try:
            folder = download(
                model, lambda p: bar.show(p.done // 10**6, p.total // 10**6, " MB")
            )
        except DownloadFailed as error:
            raise Failed(str(error)) from error
        finally:
            bar.clear()
    from model_cache.checkpoint import read_checkpoint
    from model_cache.engine import Engine

    checkpoint = read_checkpoint(folder)
    engine = Engine(model.id, checkpoint)
    say(f"Model: {model.id}")
    return engine, checkpoint


def read(
    engine, sentences: Sequence[Sentence], k: int
) -> Iterator[tuple[int, Reading | ValueError]]:
    """Yield each sentence's line with its reading, or with what is wrong with it."""
    for batch in batches(sentences):
        try:
            results = engine.read_many([text for _, text in batch], k)
        except ValueError:  # one of them; which one?
            results = [read_or_error(engine, text, k) for _, text in batch]
        for (line, _), result in zip(batch, results, strict=True):
            yield line, result


def read_or_error(engine, text: str, k: int) -> Reading | ValueError:
    from model_cache.engine import UnreadableText

    try:
        return engine.read(text, k)
    except UnreadableText as error:
        return error


def require_reference() -> None:
    if find_spec("tf_keras") is None:
        raise Failed(
            "--check needs tf-keras, which is not installed: "
            "pip install -r requirements-dev.txt"
        )


def load_check(engine, checkpoint) -> Callable[[Reading], float]:
    """Return what tells how far a reading is from TFBertForMaskedLM's."""
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


# CS50's functions.


def get_mask_token_index(mask_token_id, inputs) -> int | None:
    """Return the position of the first mask, from 0; None if there is none.

    inputs: a tokenizer's, with input_ids of shape (1, n), any kind of array.
    """
    has_keys = hasattr(inputs, "__getitem__")
    ids = np.asarray(inputs["input_ids"] if has_keys else inputs.input_ids)
    positions = np.flatnonzero(np.atleast_2d(ids)[0] == mask_token_id)
    return int(positions[0]) if positions.size else None


def get_color_for_attention_score(attention_score) -> tuple[int, int, int]:
    """Return the gray for a score: 0 is black, 1 is white; three ints, 0-255."""
    return gray_color(attention_score)


def visualize_attentions(tokens, attentions) -> None:
    """Draw each head of each layer; attentions: layers of shape (1, heads, n, n)."""
    for layer, heads in enumerate(attentions, start=1):
        for head, weights in enumerate(np.asarray(heads)[0], start=1):
            generate_diagram(layer, head, tokens, weights)


def generate_diagram(layer_number, head_number, tokens, attention_weights) -> None:
    """Write Attention_Layer{}_Head{}.png to the current folder; numbers from 1."""
    name = diagram_name(layer_number - 1, head_number - 1)
    write_whole(Path(name), [diagram_png(tuple(tokens), attention_weights)])


if __name__ == "__main__":
    sys.exit(main())
