"""Attention as pixels. Altair draws the one open head; pictures are made here."""

import io

import numpy as np
from PIL import Image

from attention.pictures.colors import MAGMA, ColourScale

# A head is about 36 pixels wide on the page: more cells than this cannot be seen.
OVERVIEW_CELLS = 48
# Nor more colours than every fourth of the scale's, which saves a third of the bytes.
OVERVIEW_COLOURS = 0b11111100


def overview_png(attention: np.ndarray, colours: ColourScale = MAGMA) -> bytes:
    """Draw all heads edge to edge, a row a layer and a column a head.

    attention: [layers, heads, query, key]. One pixel a weight; of longer sentences
    each pixel shows the largest of the weights that share it, so that a single
    strong one stays visible.
    """
    cells = colours.levels(shrink(attention, OVERVIEW_CELLS)) & OVERVIEW_COLOURS
    layers, heads, n, _ = cells.shape
    return png(cells.transpose(0, 2, 1, 3).reshape(layers * n, heads * n), colours)


def shrink(attention: np.ndarray, limit: int) -> np.ndarray:
    """Return at most limit x limit cells a head, each its block's largest weight."""
    n = attention.shape[-1]
    if n <= limit:
        return attention
    starts = np.arange(limit) * n // limit
    rows = np.maximum.reduceat(attention, starts, axis=-2)
    return np.maximum.reduceat(rows, starts, axis=-1)


def png(cells: np.ndarray, colours: ColourScale) -> bytes:
    """Encode levels of a scale, uint8 [height, width], as a PNG in its colours."""
    image = Image.fromarray(cells)
    image.putpalette(colours.palette().tobytes())
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()
