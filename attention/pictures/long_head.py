"""A head of a long sentence for paper, drawn by pixels in a hundredth of the time.

A chart has a mark for each pair of tokens, and 512 tokens are 262,144 pairs: 47 s and
3 GB. Here the cells are one picture, with the tokens round it, a title and a legend,
as a PNG or as an SVG whose text stays text.
"""

import base64
import zlib
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from attention.pictures.colors import LEVELS, MAGMA, ColourScale
from attention.pictures.cs50 import fitting_cell
from attention.pictures.grid_png import GridPng
from attention.pictures.labels import (
    FONT_FAMILY,
    NOT_XML,
    fit,
    font,
    in_drawing_order,
    label,
    readable,
)
from attention.pictures.overview import png
from attention.pictures.sheet import (
    FAINT,
    PAPER,
    as_ink,
    in_scale,
    legend_bar,
    legend_marks,
    paper_colours,
    wrapped,
)
from attention.reading import Head, Reading

LARGEST_CELL = 28  # pixels; fewer than 186 tokens have it
LARGEST_FONT = 19
LETTERS = 11  # of the tokens' font size: the room for a token
EDGE = 24  # pixels, above and left
# Everything above the tokens, in pixels where the cells are WIDTH wide, else as much
# larger or smaller.
WIDTH = 2000
TITLE_SIZE, TEXT_SIZE = 36, 24
TITLE_STEP, ABOUT, LEGEND, MARKS, KEYS = 46, 50, 54, 26, 50
LEGEND_BAR = (400, 18)


class Words(NamedTuple):
    """A line of text; y: of its middle."""

    x: int
    y: int
    text: str
    size: int
    gray: int = FAINT
    anchor: str = "start"  # at x: or "middle"


@dataclass(frozen=True)
class Page:
    """One head and where everything stands round it, in pixels."""

    reading: Reading
    head: Head
    sentence: str  # the reading's text as it is to be written
    colours: ColourScale

    @cached_property
    def cell(self) -> int:
        return fitting_cell(self.reading.n_tokens, LARGEST_CELL)

    @cached_property
    def font_size(self) -> int:
        return min(LARGEST_FONT, self.cell - 1)

    @cached_property
    def grid(self) -> int:
        """The cells' side."""
        return self.cell * self.reading.n_tokens

    @cached_property
    def room(self) -> int:
        """The length of a token."""
        return LETTERS * self.font_size

    @cached_property
    def left(self) -> int:
        """Where the cells start."""
        return EDGE + self.room + self.font_size // 2

    @cached_property
    def scale(self) -> float:
        return self.grid / WIDTH

    def scaled(self, pixels: int) -> int:
        return round(pixels * self.scale)

    @cached_property
    def title(self) -> list[str]:
        return wrapped(self.sentence, self.grid, self.scaled(TITLE_SIZE))

    @cached_property
    def legend(self) -> tuple[int, int, int, int]:
        """x, y, width and height of the bar of colours."""
        lines = self.scaled(TITLE_STEP) * len(self.title)
        below = lines + self.scaled(ABOUT) + self.scaled(LEGEND) // 2
        width, height = map(self.scaled, LEGEND_BAR)
        return self.left, EDGE + below, width, height

    @cached_property
    def top(self) -> int:
        """Where the cells start."""
        _, y, _, height = self.legend
        return y + height + self.scaled(KEYS) + self.room + self.font_size // 2

    @property
    def words(self) -> list[Words]:
        """Title and legend."""
        size, step = self.scaled(TITLE_SIZE), self.scaled(TITLE_STEP)
        lines = [
            Words(self.left, EDGE + step // 2 + i * step, line, size, 0)
            for i, line in enumerate(self.title)
        ]
        name = f"{self.head.name} of {self.reading.model}"
        about = ", ".join([name, *self.reading.view])
        small, (x, y, width, height) = self.scaled(TEXT_SIZE), self.legend
        lines.append(Words(x, y - self.scaled(LEGEND), about, small))
        caption = "attention that a row’s token pays to a column’s"
        lines.append(Words(x + width + small, y + height // 2, caption, small))
        below = y + height + self.scaled(MARKS) // 2
        for mark, place in legend_marks(self.colours):
            at = x + round(width * place)
            lines.append(Words(at, below, mark, small, anchor="middle"))
        return lines

    @property
    def weights(self) -> np.ndarray:
        return self.reading.attention[self.head]


def long_head_png(reading: Reading, head: Head, colours: ColourScale = MAGMA) -> bytes:
    """Draw a head's heatmap, one cell a pair of tokens.

    Cells are whole pixels, LARGEST_CELL or as many as cs50.fitting_cell allows.
    """
    sentence = in_drawing_order(readable(" ".join(reading.text.split())))
    page = Page(reading, head, sentence, colours)
    size = page.font_size, page.room, page.cell
    paper = Image.new("L", (page.left + page.grid, page.top), "white")
    draw = ImageDraw.Draw(paper)
    for words in page.words:
        anchor = "lm" if words.anchor == "start" else "mm"
        draw.text(words[:2], words.text, words.gray, font(words.size), anchor)
    top = as_ink(np.asarray(paper))
    x, y, width, height = page.legend
    top[y : y + height, x : x + width] = legend_bar(width)
    keys = [np.rot90(label(token, *size, "left")) for token in reading.tokens]
    gap = page.font_size // 2
    top[page.top - gap - page.room : page.top - gap, page.left :] = as_ink(
        255 - np.concatenate(keys, axis=1)
    )
    queries = [label(token, *size, "right") for token in reading.tokens]
    left = np.full((page.grid, page.left), PAPER, np.uint8)
    left[:, EDGE : EDGE + page.room] = as_ink(255 - np.concatenate(queries))
    drawing = GridPng(top, left, page.cell, paper_colours(colours))
    return drawing.png(in_scale(page.weights, colours))


def long_head_svg(reading: Reading, head: Head, colours: ColourScale = MAGMA) -> str:
    """Draw the same as `long_head_png`; cells are one embedded PNG, a pixel each."""
    page = Page(reading, head, " ".join(reading.text.split()), colours)
    gap, half = page.font_size // 2, page.cell // 2
    parts = [svg_words(words) for words in page.words]
    every = np.arange(LEVELS, dtype=np.uint8)[None]
    parts.append(svg_picture(png(every, colours), *page.legend))
    box = page.left, page.top, page.grid, page.grid
    parts.append(svg_picture(png(colours.levels(page.weights), colours), *box))
    for i, token in enumerate(reading.tokens):
        text, drawn = fit(token, page.font_size, page.room)
        token_size = round(drawn.size)
        place = page.left - gap, page.top + i * page.cell + half
        parts.append(svg_text(*place, text, token_size, "end", 0))
        place = page.left + i * page.cell + half, page.top - gap
        parts.append(svg_text(*place, text, token_size, "start", 0, turn=-90))
    width, height = page.left + page.grid, page.top + page.grid
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="{FONT_FAMILY}">'
    )
    paper = f'<rect width="{width}" height="{height}" fill="white"/>'
    return "\n".join([opening, paper, *parts, "</svg>\n"])


def svg_words(words: Words) -> str:
    x, y, text, size, gray, anchor = words
    return svg_text(x, y, text, size, anchor, gray)


def svg_text(
    x: int, y: int, text: str, size: int, anchor: str, gray: int, turn: int = 0
) -> str:
    turned = f' transform="rotate({turn} {x} {y})"' if turn else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" '
        f'dy="0.35em" fill="#{gray:02x}{gray:02x}{gray:02x}"{turned}>'
        f"{escape(NOT_XML.sub(chr(0xFFFD), text), quote=False)}</text>"
    )


def svg_picture(picture: bytes, x: int, y: int, width: int, height: int) -> str:
    """Draw a PNG's pixels as cells with sharp edges."""
    data = base64.b64encode(picture).decode()
    return (
        f'<image x="{x}" y="{y}" width="{width}" height="{height}" '
        'preserveAspectRatio="none" style="image-rendering: pixelated" '
        f'href="data:image/png;base64,{data}"/>'
    )


def packed_levels(weights: np.ndarray, colours: ColourScale) -> str:
    """Return the levels of [query, key] weights, as base64 of a zlib stream.

    A PNG would be as small, but reading its numbers back, as pointing at a cell and
    naming a token's targets need, is what browsers falsify against fingerprinting.
    """
    packed = zlib.compress(colours.levels(weights).tobytes(), 9)
    return base64.b64encode(packed).decode()
