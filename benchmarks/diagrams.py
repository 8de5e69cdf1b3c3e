"""All 144 diagrams of a sentence, beside a plain program that draws cell by cell.

python -m benchmarks.diagrams: all draw the same weights to PNG files, in one run.
Promise: at least 50 x faster at 12 and at 32 tokens; the sheet under 60 ms. The plain
program turns each token on a picture of the diagram's size, as CS50's does; beside
it, a thriftier one that turns small labels. Then what the page makes of 512 tokens.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from attention.exports import all_heads, diagrams_zip
from attention.pictures.cs50 import diagram_name, surroundings
from attention.pictures.labels import FONT
from attention.pictures.long_head import long_head_png, long_head_svg
from attention.pictures.sheet import sheet_png
from attention.reading import Head, Reading
from benchmarks.timing import interleaved
from command.outputs import save_diagrams

Turn = Callable[[Image.Image, str, int, ImageFont.FreeTypeFont], None]
CELL, MARGIN = 40, 200
ROUNDS = 5
CS50S = "as CS50's"
WORDS = ("then", "i", "picked", "up", "a", "[MASK]", "from", "the", "table", ".")


def random_reading(n_tokens: int) -> Reading:
    words = [WORDS[i % len(WORDS)] for i in range(n_tokens - 2)]
    rng = np.random.default_rng(n_tokens)
    attention = rng.dirichlet(np.full(n_tokens, 0.3), (12, 12, n_tokens))
    return Reading(
        text=" ".join(words),
        model="random weights",
        tokens=("[CLS]", *words, "[SEP]"),
        ids=(),
        word_ids=(),
        spans=(),
        mask_positions=(),
        predictions=(),
        attention=attention.astype(np.float32),
    )


def draw_plainly(reading: Reading, parent: Path, layers: int, turn: Turn) -> None:
    """Draw each head of some layers cell by cell and token by token."""
    folder = new_folder(parent)
    font = ImageFont.truetype(FONT, 28)
    side = CELL * reading.n_tokens + MARGIN
    for head in map(Head._make, np.ndindex(layers, reading.shape[1])):
        image = Image.new("RGB", (side, side))
        draw = ImageDraw.Draw(image)
        for i, token in enumerate(reading.tokens):
            start = MARGIN + i * CELL
            width = round(draw.textlength(token, font))
            draw.text((MARGIN - width, start), token, "white", font)
            turn(image, token, start, font)
            for j in range(reading.n_tokens):
                x = MARGIN + j * CELL
                gray = round(float(reading.attention[*head, i, j]) * 255)
                box = (x, start, x + CELL, start + CELL)
                draw.rectangle(box, fill=(gray, gray, gray))
        image.save(folder / diagram_name(head))


def turn_a_picture(image, token: str, start: int, font) -> None:
    """Write on a transparent picture as large as the diagram, as CS50's program."""
    text = Image.new("RGBA", image.size)
    ImageDraw.Draw(text).text((image.width - MARGIN, start), token, "white", font)
    text = text.rotate(90)
    image.paste(text, mask=text)


def turn_a_label(image, token: str, start: int, font) -> None:
    """Write on no more than the token needs."""
    text = Image.new("RGBA", (MARGIN, CELL))
    ImageDraw.Draw(text).text((0, 0), token, "white", font)
    text = text.rotate(90, expand=True)
    image.paste(text, (start, 0), text)


def draw_ours(reading: Reading, parent: Path) -> None:
    surroundings.cache_clear()  # the labels are part of the work
    save_diagrams(reading, new_folder(parent), all_heads(reading))


def new_folder(parent: Path) -> Path:
    """Replacing files takes longer than making them, for both programs."""
    return Path(tempfile.mkdtemp(dir=parent))


def measure(n_tokens: int, parent: Path) -> None:
    reading = random_reading(n_tokens)
    seconds = interleaved(
        {
            CS50S: lambda: draw_plainly(reading, parent, 1, turn_a_picture),
            "small labels": lambda: draw_plainly(reading, parent, 12, turn_a_label),
            "ours": lambda: draw_ours(reading, parent),
            "ours, one ZIP": lambda: diagrams_zip(reading),
            "sheet": lambda: sheet_png(reading),
        },
        runs=ROUNDS,
        warm_up=1,
    )
    seconds[CS50S] *= 12  # one layer of twelve was drawn
    print(f"\n{n_tokens} tokens, 144 heads")
    for what, time in seconds.items():
        print(
            f"  {what:14} {time * 1000:9.0f} ms"
            f"  CS50's / this: {seconds[CS50S] / time:6.0f}"
            f"  small labels / this: {seconds['small labels'] / time:6.1f}"
        )


def measure_longest() -> None:
    """Print time and size of the page's files of 512 tokens, for one head and all."""
    reading = random_reading(512)
    print("\n512 tokens, from the page")
    for what, make in {
        "PNG": lambda: long_head_png(reading, Head(2, 9)),
        "SVG": lambda: long_head_svg(reading, Head(2, 9)),
        "144 diagrams, ZIP": lambda: diagrams_zip(reading),
    }.items():
        seconds = interleaved({what: make}, runs=1)[what]
        print(f"  {what:18} {seconds * 1000:5.0f} ms  {len(make()) / 1e6:5.1f} MB")


def main() -> None:
    # In the current folder, where CS50's program writes.
    with tempfile.TemporaryDirectory(dir=".") as folder:
        for n_tokens in (12, 32):
            measure(n_tokens, Path(folder))
    measure_longest()


if __name__ == "__main__":
    main()
