"""A long head for paper: its cells, words and sizes, and what stays bounded."""

import base64
import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from attention.exports import diagrams_zip, fitting_diagram
from attention.pictures.colors import MAGMA
from attention.pictures.cs50 import diagram_png, gray_color
from attention.pictures.long_head import long_head_png, long_head_svg
from attention.reading import Head, Reading
from tests.support.making import make_reading

SVG = "{http://www.w3.org/2000/svg}"


def long_reading(n_tokens: int, heads: int = 1) -> Reading:
    """Return a reading whose token i looks most at (7 i + 3) modulo n."""
    weights = np.full((1, heads, n_tokens, n_tokens), 0.1 / n_tokens, np.float32)
    rows = np.arange(n_tokens)
    weights[..., rows, targets(n_tokens)] = 0.9
    return make_reading(weights, words=" ".join(f"w{i}" for i in rows[2:]))


def targets(n_tokens: int) -> np.ndarray:
    return (7 * np.arange(n_tokens) + 3) % n_tokens


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()  # checks every checksum in the file
    return image


def centres(image: Image.Image, n_tokens: int, cell: int) -> np.ndarray:
    """Return the colour in the middle of each cell, which end right and below."""
    starts = np.arange(n_tokens) * cell - n_tokens * cell + cell // 2
    pixels = np.asarray(image.convert("RGB"))
    return pixels[image.height + starts][:, image.width + starts].astype(int)


# Cells have up to 28 pixels and 5200 together; left of them are 24, eleven and a half
# times the tokens' font size (19, or a cell less one), as whole pixels.
@pytest.mark.parametrize(
    ("n_tokens", "cell", "width"),
    [(46, 28, 242 + 46 * 28), (200, 26, 242 + 5200), (512, 10, 127 + 5120)],
)
def test_a_rows_brightest_cell_is_what_its_token_looks_at(n_tokens, cell, width):
    image = opened(long_head_png(long_reading(n_tokens), Head(0, 0)))
    colours = centres(image, n_tokens, cell)
    assert (colours.sum(axis=-1).argmax(axis=1) == targets(n_tokens)).all()
    expected = MAGMA.palette()[MAGMA.levels(np.float32(0.9))].astype(int)
    # Text takes a few of the 256 colours.
    assert np.abs(colours[5, targets(n_tokens)[5]] - expected).max() <= 6
    assert image.width == width
    assert image.height < 1.2 * width


def test_title_legend_and_tokens_stand_round_the_cells():
    image = opened(long_head_png(long_reading(60), Head(0, 0))).convert("L")
    side = 60 * 28
    beside = np.asarray(image)[-side:, :-side]
    above = np.asarray(image)[:-side, -side:]
    for row in range(60):  # dark ink on white beside each row, above each column
        assert beside[row * 28 : (row + 1) * 28].min() < 100
        assert above[-200:, row * 28 : (row + 1) * 28].min() < 100
    assert above[:100].min() < 50  # the title
    assert np.median(beside) == np.median(above) == 255


def test_a_long_heads_svg_has_each_token_twice_and_its_words_as_text():
    reading = replace(long_reading(512), view=("words",))
    root = ElementTree.fromstring(long_head_svg(reading, Head(0, 0)))
    texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    for token in reading.tokens:
        assert texts.count(token) == 2
    assert "Layer 1, head 1 of made by hand, words" in texts
    assert texts[0].startswith("w2 w3 w4")
    assert {"0", "0.1", "0.5", "1"} <= set(texts)


def test_a_long_heads_svg_holds_its_weights_as_one_picture_of_a_pixel_a_pair():
    root = ElementTree.fromstring(long_head_svg(long_reading(512), Head(0, 0)))
    _, cells = root.iter(f"{SVG}image")  # the first is the legend's
    assert cells.get("width") == cells.get("height") == str(512 * 10)
    kind, data = cells.get("href").split(",")
    assert kind == "data:image/png;base64"
    picture = opened(base64.b64decode(data)).convert("RGB")
    assert picture.size == (512, 512)
    brightness = np.asarray(picture).astype(int).sum(axis=-1)
    assert (brightness.argmax(axis=1) == targets(512)).all()


def test_hostile_text_in_a_long_heads_svg_is_text():
    words = "<script>zq</script> ]]><a/> &zq; \x01\ud800\uffff"
    reading = make_reading(np.full((1, 1, 6, 6), 1 / 6), words=words)
    root = ElementTree.fromstring(long_head_svg(reading, Head(0, 0)).encode())
    drawn = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert drawn == {"svg", "rect", "text", "image"}
    assert "<script>zq</script>" in "".join(root.itertext())
    for element in root.iter():
        assert not any(name.startswith("on") for name in element.attrib)
        assert element.get("href", "data:").startswith("data:")


@pytest.mark.parametrize(("n_tokens", "cell"), [(131, 39), (512, 10)])
def test_a_long_diagram_has_smaller_cells_of_the_same_grays(n_tokens, cell):
    reading = long_reading(n_tokens)
    image = opened(fitting_diagram(reading, Head(0, 0)))
    assert image.size == (cell * n_tokens + 200,) * 2
    colours = centres(image, n_tokens, cell)
    assert (colours.sum(axis=-1).argmax(axis=1) == targets(n_tokens)).all()
    assert tuple(colours[5, targets(n_tokens)[5]]) == gray_color(np.float32(0.9))


def test_a_diagram_of_130_tokens_is_still_cs50s():
    reading = long_reading(130)
    expected = diagram_png(reading.tokens, reading.attention[0, 0])
    assert fitting_diagram(reading, Head(0, 0)) == expected
    assert opened(expected).size == (40 * 130 + 200,) * 2


def test_the_longest_texts_diagrams_make_a_small_zip():
    content = diagrams_zip(long_reading(512, heads=3))
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    assert len(archive.namelist()) == 3
    assert len(content) < 3 * 400_000  # 144 would be under 60 MB
