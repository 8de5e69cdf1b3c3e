"""All heads of a reading on one labelled picture, for a slide or a page of paper."""

import io

import numpy as np
from PIL import Image, ImageDraw

from attention.pictures.colors import MAGMA, ColourScale
from attention.pictures.labels import cut, font, in_drawing_order, readable
from attention.pictures.overview import shrink
from attention.reading import Reading

HEAD_PIXELS = 128  # about the side of one head; cells are whole pixels
GAP = 10  # pixels between heads
LEFT, RIGHT, BOTTOM = 130, 48, 48
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 36, 20, 18
TITLE, TITLE_STEP, TITLE_LINES = 48, 48, 2  # the first line's middle; the next's
# Middles below the title's last line, and where the first layer starts.
ABOUT, LEGEND, NUMBERS, TOP = 54, 112, 182, 206
NARROWEST = 1200  # pixels; room for the legend above few heads
LEGEND_BAR = (400, 18)
LEGEND_MARKS = (0, 0.1, 0.5, 1)  # of attention, as in the page's legend

# One byte a pixel: a colour scale in most of the 256 colours, text in the rest.
INKS = 16  # grays, from black to the white of the paper
SCALE = 256 - INKS
PAPER = 255
FAINT = 105  # the gray of what is not the title
COMPRESSION = 3  # at 32 tokens 1 is a tenth faster, 6 takes twice as long


def sheet_png(reading: Reading, colours: ColourScale = MAGMA) -> bytes:
    """Draw every head, a row a layer and a column a head, with title and legend.

    In each, rows are the tokens that attend and columns the attended, as in the
    page's heatmap. Of sentences longer than HEAD_PIXELS each
    pixel shows the largest of the weights that share it.
    """
    heads = tiles(reading.attention, colours)
    height, width = heads.shape
    full_width = max(LEFT + width - GAP + RIGHT, NARROWEST)
    text = in_drawing_order(readable(" ".join(reading.text.split())))
    title = wrapped(text, full_width - LEFT - RIGHT)
    below = TITLE + TITLE_STEP * (len(title) - 1)
    paper = Image.new("L", (full_width, below + TOP + height + BOTTOM), "white")
    draw = ImageDraw.Draw(paper)
    for line, words in enumerate(title):
        write(draw, LEFT, TITLE + TITLE_STEP * line, words, TITLE_SIZE, 0)
    write_legend(draw, reading, colours, below)
    write_numbers(draw, reading.shape, heads.shape, below)
    canvas = as_ink(np.asarray(paper))
    top = below + TOP
    canvas[top : top + height, LEFT : LEFT + width - GAP] = heads[:, :-GAP]
    bar_width, bar_height = LEGEND_BAR
    top = below + LEGEND - bar_height // 2
    canvas[top : top + bar_height, LEFT : LEFT + bar_width] = legend_bar(bar_width)
    return encoded(canvas, colours)


def tiles(attention: np.ndarray, colours: ColourScale) -> np.ndarray:
    """Return all heads side by side in palette indices, each followed by a gap."""
    cells = in_scale(shrink(attention, HEAD_PIXELS), colours)
    layers, heads, n, _ = cells.shape
    cell = max(1, round(HEAD_PIXELS / n))
    side = n * cell + GAP
    result = np.full((layers, side, heads, side), PAPER, np.uint8)
    cells = cells.repeat(cell, axis=2).repeat(cell, axis=3)
    result[:, : n * cell, :, : n * cell] = cells.transpose(0, 2, 1, 3)
    return result.reshape(layers * side, heads * side)


def wrapped(text: str, room: int, size: int = TITLE_SIZE) -> list[str]:
    """Break a sentence into at most TITLE_LINES lines; the last may end in "…"."""
    words = text.split(" ")
    lines = [""]
    for i, word in enumerate(words):
        longer = f"{lines[-1]} {word}".strip()
        if font(size).getlength(longer) <= room:
            lines[-1] = longer
        elif lines[-1] and len(lines) < TITLE_LINES:
            lines.append(word)
        else:
            rest = " ".join([lines[-1], *words[i:]]).strip()
            return [*lines[:-1], cut(rest, font(size), room)]
    return lines


def write_legend(
    draw: ImageDraw.ImageDraw, reading: Reading, colours: ColourScale, below: int
) -> None:
    """Write what the picture shows, and the numbers of its scale."""
    layers, heads = reading.shape
    about = f"{layers * heads} attention heads of {reading.model}   ·   "
    about += f"{reading.n_tokens} tokens, "
    about += ", ".join(reading.view) or "[CLS] and [SEP] included"
    write(draw, LEFT, below + ABOUT, about, TEXT_SIZE)
    for mark, place in legend_marks(colours):
        x = LEFT + round((LEGEND_BAR[0] - 1) * place)
        write(draw, x, below + LEGEND + 24, mark, SMALL_SIZE, anchor="mm")
    caption = "attention that a row’s token pays to a column’s"
    write(draw, LEFT + LEGEND_BAR[0] + 20, below + LEGEND, caption, SMALL_SIZE)


def write_numbers(
    draw: ImageDraw.ImageDraw, shape: tuple[int, int], size: tuple[int, int], below: int
) -> None:
    """Write layers' and heads' numbers round the heads, which fill `size` pixels."""
    (layers, heads), (height, width) = shape, size
    tile_height, tile_width = height // layers, width // heads
    for head in range(heads):
        x = LEFT + head * tile_width + (tile_width - GAP) // 2
        write(draw, x, below + NUMBERS, f"Head {head + 1}", TEXT_SIZE, 0, "mm")
    for layer in range(layers):
        y = below + TOP + layer * tile_height + (tile_height - GAP) // 2
        write(draw, LEFT - 18, y, f"Layer {layer + 1}", TEXT_SIZE, 0, "rm")


def write(
    draw: ImageDraw.ImageDraw,
    x: int,
    y: int,
    words: str,
    size: int,
    color: int = FAINT,
    anchor: str = "lm",
) -> None:
    draw.text((x, y), words, color, font(size), anchor)


def in_scale(weights: np.ndarray, colours: ColourScale) -> np.ndarray:
    """Return each weight's palette index, 0 to SCALE - 1."""
    return (colours.levels(weights) * ((SCALE - 1) / 255)).round().astype(np.uint8)


def as_ink(gray: np.ndarray) -> np.ndarray:
    """Return the palette index of each gray's nearest ink: a copy, same shape."""
    return (SCALE + (gray.astype(np.uint16) * (INKS - 1) + 127) // 255).astype(np.uint8)


def legend_bar(width: int) -> np.ndarray:
    """Return the colours from 0 to 1, evenly: palette indices, a row of pixels."""
    return np.linspace(0, SCALE - 1, width).round().astype(np.uint8)


def legend_marks(colours: ColourScale) -> list[tuple[str, float]]:
    """Return numbers to write at a bar of colours, with their places, 0-1."""
    places = colours.places(np.array(LEGEND_MARKS)).tolist()
    return list(zip(map(str, LEGEND_MARKS), places, strict=True))


def paper_colours(colours: ColourScale) -> np.ndarray:
    """Return the colour of each palette index: uint8 [256, 3]."""
    scale = colours.palette()[np.linspace(0, 255, SCALE).round().astype(int)]
    inks = np.linspace(0, 255, INKS).round().astype(np.uint8)
    return np.concatenate([scale, inks.repeat(3).reshape(INKS, 3)])


def encoded(canvas: np.ndarray, colours: ColourScale) -> bytes:
    image = Image.fromarray(canvas)
    image.putpalette(paper_colours(colours).tobytes())
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=COMPRESSION)
    return file.getvalue()
