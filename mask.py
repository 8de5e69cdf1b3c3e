"""Complete a sentence at [MASK] with BERT, and draw where its heads look.

CS50's "Attention" with its function names, and more: see --help. Standard output
has the completed sentences and nothing else. TensorFlow is loaded when a sentence
is about to be read, not with this module.
"""

import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from attention.exports import all_heads
from attention.pictures.cs50 import diagram_name, diagram_png, gray_color
from attention.reading import Head, Reading
from command.check import TOLERANCE, load_check, require_reference
from command.claims import run_claims
from command.files import make_folder, require_files, write_whole
from command.models import default_model, load, require_heads
from command.options import parse
from command.outputs import (
    print_predictions,
    save_csv,
    save_diagrams,
    save_roles,
    save_sheet,
)
from command.sentences import ask, at_line, stdin_lines
from command.terminal import MANY, Failed, progress, say
from model_cache.catalog import BERT_BASE, find_model

K = 3  # completed sentences to print
INTERRUPTED = 130  # what a shell reports for Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = parse(arguments, BERT_BASE, K)
    # A terminal that lacks a character shows its number, not a traceback.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return run(options)
    except KeyboardInterrupt:
        say("Interrupted.")
        return INTERRUPTED
    except BrokenPipeError:  # such as: mask.py ... | head -1
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (Failed, ImportError, ValueError, OSError) as error:
        say(str(error))
        return 1


def run(options: Namespace) -> int:
    model = find_model(options.model) if options.model else default_model()
    require_heads(model, options.heads or [])
    if options.claims is not None:
        return run_claims(options, lambda: load(model)[0])
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
    total = len(sentences)
    readings = engine.read_each((text for _, text in sentences), options.k)
    with progress("Read", total, unit=" sentences", disable=total < MANY) as bar:
        for (line, _), reading in zip(sentences, readings, strict=True):
            bar.clear()
            if isinstance(reading, Reading):
                print_predictions(reading, options.json)
                save(reading, line, options)
                n_faults += difference is not None and difference(reading) > TOLERANCE
            else:
                say(at_line(line, reading))
                n_faults += 1
            bar.update()
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


# CS50's functions.


def get_mask_token_index(mask_token_id: int, inputs: Any) -> int | None:
    """Return the position of the first mask, from 0; None if there is none.

    inputs: a tokenizer's, with input_ids of shape (1, n), any kind of array.
    """
    has_keys = hasattr(inputs, "__getitem__")
    ids = np.asarray(inputs["input_ids"] if has_keys else inputs.input_ids)
    positions = np.flatnonzero(np.atleast_2d(ids)[0] == mask_token_id)
    return int(positions[0]) if positions.size else None


def get_color_for_attention_score(attention_score: float) -> tuple[int, int, int]:
    """Return the gray for a score: 0 is black, 1 is white; three ints, 0-255."""
    return gray_color(attention_score)


def visualize_attentions(
    tokens: Sequence[str], attentions: Iterable[ArrayLike]
) -> None:
    """Draw each head of each layer; attentions: layers of shape (1, heads, n, n)."""
    for layer, heads in enumerate(attentions, start=1):
        for head, weights in enumerate(np.asarray(heads)[0], start=1):
            generate_diagram(layer, head, tokens, weights)


def generate_diagram(
    layer_number: int,
    head_number: int,
    tokens: Sequence[str],
    attention_weights: ArrayLike,
) -> None:
    """Write Attention_Layer{}_Head{}.png to the current folder; numbers from 1."""
    name = diagram_name(Head.numbered(layer_number, head_number))
    write_whole(Path(name), [diagram_png(tuple(tokens), attention_weights)])


if __name__ == "__main__":
    sys.exit(main())
