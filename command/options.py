"""What mask.py understands: its options and its --help."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attention.reading import MASK, MAX_K, Head

# Options for a single sentence's reading, and what each is called; not for --claims.
OF_ONE_READING = {
    "text": "TEXT",
    "output": "--output",
    "sheet": "--sheet",
    "roles": "--roles",
    "json": "--json",
    "check": "--check",
    "k": "-k",
}

MORE = f"""\
examples:
  mask.py "Then I picked up a {MASK} from the table."
  mask.py "We turned down a narrow {MASK}." -k 5 --no-diagrams
  mask.py "The turtle {MASK} slowly." --head 3-10 --output diagrams
  mask.py "The turtle {MASK} slowly." --no-diagrams --sheet heads.png --csv heads.csv
  mask.py - --json < sentences.txt
  mask.py --claims claims/adverb-verb.txt --csv ranking.csv
  mask.py --claims sentences.csv --head 4-11

Diagrams are named Attention_Layer3_Head10.png: a white cell means that the row's
token gives all its attention to the column's. Without --output they go to the
current folder.

With several masks, each printed sentence fills one and leaves the others: first
the K sentences for the first {MASK}, then those for the second.

With "-", each line of standard input is a sentence; blank lines are skipped. A line
that cannot be read is reported with its number and the rest are read. Diagrams need
--output then, and go to DIR/line2/; other files become heads-line2.png.

--claims tests a claim such as "an adverb looks at its verb": on how many sentences
does a head look most at the right word? Each line of FILE is a sentence, a vertical
bar and the two words; a word that occurs more than once has its number:
  The turtle moved slowly. | slowly -> moved
  The dog saw the cat. | the#2 -> cat
A file named .csv has the columns sentence, from, to; "-" is standard input. All heads
come as CSV, most hits first, on standard output or in the file of --csv; --head
leaves only those it names. The verdict goes to standard error, and so does
each line that cannot be tested.

Without --model, ATTENTION_MODEL in the environment names the model. Without that
too, %(model)s answers where it is on this computer, else the small model
that comes with this program. Only --model downloads.

In a CSV, a token that a spreadsheet could take for a formula ("=1+1") has an
apostrophe in front; attention.exports.read_csv takes it off again.

exit codes: 0 done; 1 a sentence, file, model or check failed; 2 the command was not
understood; 130 interrupted. Files are written whole or not at all."""


def parse(arguments: Sequence[str] | None, model: str, k: int) -> argparse.Namespace:
    """Return the options, or exit with 2 if they are not understood."""
    understood = parser(model, k)
    options = understood.parse_args(arguments)
    if options.claims is not None:
        given = [
            name
            for option, name in OF_ONE_READING.items()
            if getattr(options, option) not in (None, False)
        ]
        if given:
            understood.error(
                f"--claims has its sentences from a file; leave out {', '.join(given)}"
            )
    if options.k is None:
        options.k = k
    return options


def parser(model: str, k: int) -> argparse.ArgumentParser:
    """Return the parser; model and k are the defaults that --help names."""
    result = argparse.ArgumentParser(
        "mask.py",
        description=f"Predict the word at {MASK} with BERT, and draw where its heads "
        "look.",
        epilog=MORE % {"model": model},
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )

    def add(*names: str, **settings: Any) -> None:
        result.add_argument(*names, **settings)

    flag = {"action": "store_true"}
    add("text", nargs="?", metavar="TEXT", help=f"a sentence with {MASK}; - for many")
    add("--model", metavar="ID", help="which model, downloaded if it is not here")
    add("-k", type=how_many, help=f"words for a mask, 1 to {MAX_K} ({k})")
    add("--output", type=Path, metavar="DIR", help="diagrams go here; made if absent")
    add("--no-diagrams", **flag, help="draw no diagrams")
    only = {"type": layer_head, "action": "append", "dest": "heads", "metavar": "L-H"}
    add("--head", **only, help="only layer L's head H in diagrams and CSV; repeatable")
    add("--sheet", type=Path, metavar="FILE.png", help="all heads on one labelled PNG")
    csv = "attention in long format; with --claims, the heads' ranking"
    add("--csv", type=Path, metavar="FILE", help=csv)
    roles = "each head's role and scores (CSV), after Clark et al. 2019"
    add("--roles", type=Path, metavar="FILE", help=roles)
    add(
        "--claims", metavar="FILE", help="test a claim on a file's sentences; see below"
    )
    add("--json", **flag, help="print JSON instead, one line a sentence")
    add("--check", **flag, help="compare with TFBertForMaskedLM on this text")
    return result


def how_many(word: str) -> int:
    if not word.isdecimal() or not 1 <= int(word) <= MAX_K:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number from 1 to {MAX_K}")
    return int(word)


def layer_head(word: str) -> Head:
    """Return the head that is named so.

    >>> layer_head("3-10")
    Head(layer=2, head=9)
    """
    layer, _, head = word.partition("-")
    if not (layer.isdecimal() and head.isdecimal() and int(layer) and int(head)):
        raise argparse.ArgumentTypeError(
            f"{word!r} is not a layer and a head counted from 1, such as 3-10"
        )
    return Head.numbered(int(layer), int(head))
