"""mask.py --claims: a claim about heads, tested on the sentences of a file."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attention.claims.files import NotLines, read_lines
from attention.claims.lines import FORM, Example, Malformed, listed, parse
from attention.claims.measure import Measured, Result, judge, measure_each
from attention.claims.verdict import describe_best, describe_guesses, describe_head
from attention.reading import Head
from command.files import require_files, write_whole
from command.terminal import MANY, Failed, progress, say

STANDARD_INPUT = "-"

if TYPE_CHECKING:  # loads TensorFlow
    from model_cache.engine import Engine

Heads = Sequence[Head]


def run_claims(options: Namespace, load_engine: Callable[[], "Engine"]) -> int:
    """Test the claim of options.claims and return the command's exit code.

    Raises Failed where nothing can be tested or written.
    """
    name = name_of(options.claims)
    lines = lines_of(options.claims)
    require_files(options.csv)
    require_another(options.claims, options.csv)
    examples, malformed = parse(lines)
    found = measure_all(load_engine(), examples) if examples else []
    malformed += [one for one in found if isinstance(one, Malformed)]
    measured = [one for one in found if isinstance(one, Measured)]
    for one in listed(malformed):
        say(str(one))
    if not measured:
        raise Failed(f"{name} has no line that can be tested. Write {FORM}.")
    result = judge(measured)
    heads = list(dict.fromkeys(options.heads or []))
    try:
        give_out(table(result, heads), options.csv)
    finally:  # the verdict took long, so it is printed even if the disk is full
        say(verdict(result, heads))
    return 1 if malformed else 0


def lines_of(file: str) -> list[str]:
    """Return a file's lines. file: a path, or STANDARD_INPUT. Raises Failed."""
    name = name_of(file)
    try:
        return read_lines(read_bytes(file), file.lower().endswith(".csv"), name)
    except NotLines as error:
        raise Failed(str(error)) from error


def name_of(file: str) -> str:
    return "Standard input" if file == STANDARD_INPUT else file


def read_bytes(file: str) -> bytes:
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read() if sys.stdin else b""
    if not file:
        raise Failed("--claims has no file's name.")
    try:
        return Path(file).read_bytes()
    except FileNotFoundError as error:
        raise Failed(f"There is no file {file}.") from error
    except IsADirectoryError as error:
        raise Failed(f"{file} is a folder. Name a file.") from error
    except OSError as error:
        raise Failed(f"Cannot read {file}: {error.strerror or error}.") from error


def require_another(file: str, out: Path | None) -> None:
    """Raise Failed if the table would take the place of the sentences."""
    if file == STANDARD_INPUT or out is None or not out.is_file():
        return
    if os.path.samefile(file, out):
        raise Failed(f"{out} holds the sentences. Name another file for --csv.")


def measure_all(
    engine: "Engine", examples: Sequence[Example]
) -> list[Measured | Malformed]:
    """Return what each example gives, with a bar if they are many."""
    found: list[Measured | Malformed] = []
    total = len(examples)
    readings = engine.read_each((example.text for example in examples), k=1)
    with progress("Read", total, unit=" sentences", disable=total < MANY) as bar:
        for one in measure_each(readings, examples):
            found.append(one)
            bar.update()
    return found


def table(result: Result, heads: Heads) -> str:
    """Return the ranking as CSV; of these heads alone if there are any."""
    from attention.claims.frames import claim_frame  # imports pandas

    frame = claim_frame(result)
    if heads:
        ranked = map(Head.numbered, frame["layer"], frame["head"])
        frame = frame[[head in heads for head in ranked]]
    return frame.to_csv(index=False, lineterminator="\n")


def give_out(csv_text: str, path: Path | None) -> None:
    """Write the table to its file, or to standard output. Raises Failed."""
    if path is None:
        try:
            print(csv_text, end="", flush=True)
        except BrokenPipeError:  # the reader has closed its end
            raise
        except OSError as error:
            why = error.strerror or error
            raise Failed(f"Cannot write to standard output: {why}.") from error
    else:
        write_whole(path, [csv_text.encode()])
        say(f"CSV: {path}")


def verdict(result: Result, heads: Heads) -> str:
    """Say what the best head does, or what each of these heads does."""
    if not heads:
        return " ".join(describe_best(result))
    said = [" ".join(reversed(describe_head(result, head))) for head in heads]
    return "\n".join([*said, describe_guesses(result)])
