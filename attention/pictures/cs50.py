"""One head as CS50's "Attention" draws it: white tokens, gray cells, on black.

Tokens stand down the left and, turned, along the top; the row's token attends to
the column's; lighter means more. The geometry is CS50's, so that diagrams of
other programs and ours lie side by side.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from attention.pictures.colors import GRAY
from attention.pictures.grid_png import GridPng
from attention.pictures.labels import label
from attention.reading import Head

CELL = 40  # pixels a side
MARGIN = 200  # pixels for the tokens, left and top
FONT_SIZE = 28
GAP = 6  # pixels between a token and the cells, and the picture's edge
MOST_PIXELS = 5200  # of all cells, a side; with CS50's, 512 tokens would be 20,480


def gray_color(score: float) -> tuple[int, int, int]:
    """Return one score (0-1) as a red-green-blue triple.

    >>> gray_color(0.25)
    (64, 64, 64)
    """
    return (int(GRAY.levels(score)),) * 3


def fitting_cell(n_tokens: int, largest: int = CELL) -> int:
    """Return a cell's pixels a side in a picture that programs still open.

    >>> [fitting_cell(n) for n in (12, 130, 131, 512)]
    [40, 40, 39, 10]
    """
    return min(largest, MOST_PIXELS // n_tokens)


def diagram_png(tokens: tuple[str, ...], weights: ArrayLike, cell: int = CELL) -> bytes:
    """Draw one head as a PNG of cell * n + 200 pixels a side.

    weights: [query, key], 0-1, any kind of array.
    Raises ValueError unless there are as many rows and columns as tokens.
    """
    weights = np.asarray(weights)
    if weights.shape != (len(tokens),) * 2:
        raise ValueError(
            f"A diagram of {len(tokens)} tokens needs {len(tokens)} x {len(tokens)} "
            f"attention weights, got an array of shape {weights.shape}."
        )
    return surroundings(tuple(tokens), cell).png(GRAY.levels(weights))


def diagram_name(head: Head) -> str:
    """Name a head's file as CS50 does.

    >>> diagram_name(Head(2, 9))
    'Attention_Layer3_Head10.png'
    """
    return "Attention_Layer{}_Head{}.png".format(*head.numbers)


@lru_cache(maxsize=2)  # a sentence's 144 diagrams differ in their cells only
def surroundings(tokens: tuple[str, ...], cell: int) -> GridPng:
    """Draw everything but the cells."""
    room, size = MARGIN - 2 * GAP, min(FONT_SIZE, cell - 1)
    across = [label(token, size, room, cell, "right") for token in tokens]
    down = [np.rot90(label(token, size, room, cell, "left")) for token in tokens]
    left = np.pad(np.concatenate(across), [(0, 0), (GAP, GAP)])
    top = np.pad(np.concatenate(down, axis=1), [(GAP, GAP), (MARGIN, 0)])
    return GridPng(top, left, cell, None if cell == CELL else GRAY.palette())
