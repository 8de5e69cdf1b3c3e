"""Published numbers of a model beside those measured here, as tables to read.

Whoever sees such a comparison fail sees by how much, and at which number.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn

import numpy as np
import pytest

from attention.reading import Guess, Prediction

AGREES, DIFFERS = "agrees", "DIFFERS"


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return headers and rows in columns, each as wide as its longest cell.

    >>> print(table(["word", "here"], [["bottle", 0.5], ["cat", None]]))
    word    here
    bottle  0.5000
    cat     -
    """
    cells = [list(headers), *([_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in cells)
    return "\n".join(lines)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def do_without(model: str, markers: str) -> NoReturn:
    """Skip a test whose model is not on this computer, unless `-m hub` asked for it.

    Then it fails: a run of these tests alone must not pass without having run them.
    """
    (pytest.fail if markers == "hub" else pytest.skip)(
        f"{model} is not on this computer, and this downloads it: "
        f'python mask.py --model {model} --no-diagrams "Any [MASK]."'
    )


def compare_words(
    fact: dict, predictions: Sequence[Prediction], guess: Callable[[str], Guess | None]
) -> tuple[bool, str]:
    """Compare the likeliest words with published ones, which have this order.

    fact: text, source and top, a list of token and, where it was published, score;
    with scores also tolerance, an absolute difference.
    guess: what the model thinks of a published word that it does not predict.
    Result: whether all agree, and a table that says what differs.
    """
    rows = []
    for i, (published, found) in enumerate(
        zip(fact["top"], predictions, strict=True), start=1
    ):
        word, score = published["token"], published.get("score")
        here = guess(word)
        agrees = found.token == word and _is_near(fact, found.probability, score)
        thinks = (here.probability, here.rank) if here else (None, None)
        rows.append(
            [i, word, score, *thinks, found.token, found.probability, _said(agrees)]
        )
    headers = ["", "published", "p", "here p", "here rank", "here first", "p", ""]
    return _told(fact, headers, rows)


def compare_cells(fact: dict, weights: np.ndarray) -> tuple[bool, str]:
    """Compare cells of a head's weights [query, key] with published ones.

    fact: text, source, tolerance (an absolute difference) and cells, a list of
    from, to, from_token, to_token and weight. Result: as compare_words.
    """
    rows = []
    for cell in fact["cells"]:
        here = float(weights[cell["from"], cell["to"]])
        pair = f"{cell['from_token']} -> {cell['to_token']}"
        agrees = _is_near(fact, here, cell["weight"])
        rows.append([pair, cell["weight"], here, here - cell["weight"], _said(agrees)])
    return _told(fact, ["from -> to", "published", "here", "difference", ""], rows)


def _is_near(fact: dict, here: float, published: float | None) -> bool:
    return published is None or abs(here - published) <= fact["tolerance"]


def _said(agrees: bool) -> str:
    return AGREES if agrees else DIFFERS


def _told(fact: dict, headers: list[str], rows: list[list]) -> tuple[bool, str]:
    tolerance = fact.get("tolerance", "none, only words and their order are published")
    about = f"{fact['text']}\nSource: {fact['source']}\nTolerance: {tolerance}\n"
    return all(row[-1] == AGREES for row in rows), about + table(headers, rows)
