"""What mask.py understands: its options and its --help."""

import argparse
from pathlib import Path

from attention.reading import MASK, MAX_K

MORE = f"""\
examples:
  mask.py "Then I picked up a {MASK} from the table."
  mask.py "We turned down a narrow {MASK}." -k 5 --no-diagrams
  mask.py "The turtle {MASK} slowly." --head 3-10 --output diagrams
  mask.py "The turtle {MASK} slowly." --no-diagrams --sheet heads.png --csv heads.csv
  mask.py - --json < sentences.txt

Diagrams are named Attention_Layer3_Head10.png: a white cell means that the row's
token gives all its attention to the column's. Without --output they go to the
current folder.

With several masks, each printed sentence fills one and leaves the others: first
the K sentences for the first {MASK}, then those for the second.

With "-", each line of standard input is a sentence; blank lines are skipped. A line
that cannot be read is reported with its number and the rest are read. Diagrams need
--output then, and go to DIR/line2/; other files become heads-line2.png.

Without --model, ATTENTION_MODEL in the environment names the model. Without that
too, %(model)s answers where it is on this computer, else the small model
that comes with this program. Only --model downloads.

In a CSV, a token that a spreadsheet could take for a formula ("=1+1") has an
apostrophe in front; attention.frames.read_csv takes it off again.

exit codes: 0 done; 1 a sentence, file, model or check failed; 2 the command was not
understood; 130 interrupted. Files are written whole or not at all."""


def parser(model: str, k: int) -> argparse.ArgumentParser:
    """Return the parser; model and k are the defaults to tell of."""
    result = argparse.ArgumentParser(
        "mask.py",
        description=f"Predict the word at {MASK} with BERT, and draw where its heads "
        "look.",
        epilog=MORE % {"model": model},
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )

    def add(*names: str, **settings) -> None:
        result.add_argument(*names, **settings)

    flag = {"action": "store_true"}
    add("text", nargs="?", metavar="TEXT", help=f"a sentence with {MASK}; - for many")
    add("--model", metavar="ID", help="which model, downloaded if it is not here")
    add("-k", type=how_many, default=k, help=f"words for a mask, 1 to {MAX_K} ({k})")
    add("--output", type=Path, metavar="DIR", help="diagrams go here; made if absent")
    add("--no-diagrams", **flag, help="draw no diagrams")
    only = {"type": layer_head, "action": "append", "dest": "heads", "metavar": "L-H"}
    add("--head", **only, help="only layer L's head H in diagrams and CSV; repeatable")
    add("--sheet", type=Path, metavar="FILE.png", help="all heads on one labelled PNG")
    add("--csv", type=Path, metavar="FILE", help="attention in long format")
    roles = "each head's role and scores (CSV), after Clark et al. 2019"
    add("--roles", type=Path, metavar="FILE", help=roles)
    add("--json", **flag, help="print JSON instead, one line a sentence")
    add("--check", **flag, help="compare with TFBertForMaskedLM on this text")
    return result


def how_many(word: str) -> int:
    if not word.isdecimal() or not 1 <= int(word) <= MAX_K:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number from 1 to {MAX_K}")
    return int(word)


def layer_head(word: str) -> tuple[int, int]:
    """Return a head's array indices.

    >>> layer_head("3-10")
    (2, 9)
    """
    layer, _, head = word.partition("-")
    if not (layer.isdecimal() and head.isdecimal() and int(layer) and int(head)):
        raise argparse.ArgumentTypeError(
            f"{word!r} is not a layer and a head counted from 1, such as 3-10"
        )
    return int(layer) - 1, int(head) - 1
