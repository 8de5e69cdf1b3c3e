"""Pictures: one head, the sheet, the page's charts, and letters a font may lack."""

import io
import json
import struct
import zipfile
import zlib
from dataclasses import replace
from xml.etree import ElementTree

import altair as alt
import numpy as np
import pandas as pd
import pytest
from PIL import Image, features

from attention.exports import diagrams_zip, file_name
from attention.heads.frames import weights_frame
from attention.pictures import labels
from attention.pictures.colors import GRAY, MAGMA
from attention.pictures.cs50 import diagram_png, gray_color
from attention.pictures.head import head_png, head_svg, unlabelled_png
from attention.pictures.heatmap import head_chart, weights_chart
from attention.pictures.labels import fit, font, is_drawable, readable
from attention.pictures.long_head import long_head_png
from attention.pictures.overview import overview_png
from attention.pictures.sheet import (
    GAP,
    HEAD_PIXELS,
    LEFT,
    TITLE,
    TOP,
    legend_marks,
    sheet_png,
)
from attention.pictures.vega_lite import Chart, spec_of, table
from attention.reading import Head, Reading

SVG = "{http://www.w3.org/2000/svg}"
TOKENS = ("[CLS]", "then", "i", "##ly", "[MASK]", "[SEP]")


def make_reading(
    shape=(2, 3), tokens=TOKENS, text="Then I [MASK].", model="attention-small-12x12"
) -> Reading:
    n = len(tokens)
    rng = np.random.default_rng(4)
    attention = rng.dirichlet(np.full(n, 0.3), (*shape, n)).astype(np.float32)
    nothing = (None,) * n
    return Reading(
        text, model, tuple(tokens), (0,) * n, nothing, ((0, 0),) * n, (), (), attention
    )


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()  # checks every checksum in the file
    return image


@pytest.mark.parametrize("n", [1, 2, 12, 45])
def test_a_diagrams_cells_have_the_colors_of_their_weights(n):
    weights = np.random.default_rng(n).random((n, n), np.float32)
    image = opened(diagram_png(tuple("abcdefghi"[i % 9] for i in range(n)), weights))
    assert image.size == (40 * n + 200, 40 * n + 200)
    pixels = np.asarray(image.convert("RGB"))[200:, 200:].reshape(n, 40, n, 40, 3)
    for i, j in np.ndindex(n, n):
        color = gray_color(weights[i, j])
        # The whole cell, its centre included, and nothing beside it.
        assert (pixels[i, :, j] == color).all()


def test_a_diagrams_pieces_make_one_valid_zlib_stream():
    n = 3
    png = diagram_png(("a", "bc", "[SEP]"), np.eye(n))
    start = png.index(b"IDAT")
    (length,) = struct.unpack(">I", png[start - 4 : start])
    rows = zlib.decompress(png[start + 4 : start + 4 + length])  # checks its Adler-32
    side = 40 * n + 200
    assert len(rows) == side * (1 + 3 * side)


def test_diagrams_of_one_sentence_share_their_labels():
    first, second = (
        np.asarray(opened(diagram_png(("a", "b"), np.full((2, 2), gray))))
        for gray in (0, 1)
    )
    assert (first[:200] == second[:200]).all()
    assert (first[:, :200] == second[:, :200]).all()
    assert first[:200].any()
    assert first[:, :200].any()


def test_a_tokens_label_along_the_top_is_the_left_one_turned():
    pixels = np.asarray(opened(diagram_png(("[MASK]",), np.zeros((1, 1)))))[..., 0]
    left, top = pixels[200:, :200], pixels[:200, 200:]
    rows, columns = np.nonzero(left)
    turned_rows, turned_columns = np.nonzero(top)
    # Read upwards, both start and end as far from the cells.
    assert np.ptp(columns) == pytest.approx(np.ptp(turned_rows), abs=2)
    assert columns.max() >= 190
    assert turned_rows.max() >= 190
    assert np.ptp(rows) == pytest.approx(np.ptp(turned_columns), abs=2)


def test_a_diagram_asks_for_as_many_weights_as_tokens():
    with pytest.raises(ValueError, match="3 x 3"):
        diagram_png(("a", "b", "c"), np.ones((2, 2)))


def test_what_the_font_lacks_is_written_as_code_points():
    assert readable("##中国") == "##U+4E2D U+56FD"
    assert readable("a\u200bb") == "a U+200B b"
    assert readable("\N{ROBOT FACE}") == "U+1F916"
    assert readable("हि") == "U+0939 U+093F"


@pytest.mark.parametrize(
    "text",
    ["naïve", "a\u0301", "Жизнь", "λόγος", "שלום", "مرحبا", "→", "##ing", "[MASK]"],
)
def test_what_the_font_has_stays_as_it_is(text):
    assert readable(text) == text


def test_no_token_becomes_an_empty_box():
    missing = bytes(font(28).getmask("\uffff"))
    for token in ("中", "अ", "ก", "한", "\N{ROBOT FACE}"):
        assert all(is_drawable(character) for character in readable(token))
        for character in readable(token):
            assert bytes(font(28).getmask(character)) != missing


def test_without_shaping_right_to_left_letters_stand_in_reading_order(monkeypatch):
    monkeypatch.setattr(features, "check", lambda name: False)
    assert labels.in_drawing_order("##مرحبا") == "##مرحبا"[::-1]
    assert labels.in_drawing_order("##ing") == "##ing"


def test_a_long_token_gets_smaller_and_then_loses_its_end():
    text, small = fit("internationalization", 28, 194)
    assert text == "internationalization"
    assert small.getlength(text) <= 194
    text, smallest = fit("x" * 200, 28, 194)
    assert text.endswith("…")
    assert text.startswith("xxxx")
    assert smallest.getlength(text) <= 194


def test_the_zip_holds_one_diagram_for_each_head():
    reading = make_reading()
    with zipfile.ZipFile(io.BytesIO(diagrams_zip(reading))) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 6
        assert len(set(archive.namelist())) == 6
        png = archive.read("Attention_Layer2_Head3.png")
    assert png == diagram_png(TOKENS, reading.attention[1, 2])
    assert diagrams_zip(reading) == diagrams_zip(reading)


def test_the_sheet_shows_every_head_in_the_pages_colors():
    reading = make_reading()
    pixels = np.asarray(opened(sheet_png(reading)).convert("RGB")).astype(int)
    cell = round(HEAD_PIXELS / len(TOKENS))
    side = len(TOKENS) * cell + GAP
    top = TITLE + TOP  # below a title of one line
    expected = MAGMA.palette()[MAGMA.levels(reading.attention)].astype(int)
    for layer, head, query, key in np.ndindex(reading.attention.shape):
        y = top + layer * side + query * cell + cell // 2
        x = LEFT + head * side + key * cell + cell // 2
        # Text takes a few of the 256 colours.
        difference = np.abs(pixels[y, x] - expected[layer, head, query, key])
        assert difference.max() <= 6
        assert (pixels[y, LEFT + head * side + side - GAP // 2] == 255).all()


def test_the_sheet_of_a_long_sentence_keeps_its_size_and_its_strongest_weights():
    n = 500
    attention = np.zeros((1, 12, n, n), np.float32)
    attention[0, 0, 250, 130] = 1
    words = " ".join(["word"] * n)
    reading = Reading(words, "m", ("a",) * n, (), (), (), (), (), attention)
    image = opened(sheet_png(reading)).convert("RGB")
    assert image.width < 2000
    brightest = tuple(int(part) for part in MAGMA.palette()[-1])
    head = np.asarray(image.crop((LEFT, image.height - 200, LEFT + 128, image.height)))
    assert (head == brightest).all(axis=-1).sum() == 1


def heatmap() -> Chart:
    return weights_chart(
        weights_frame(("<b>", '中"]'), np.array([[0.1, 0.9], [0.4, 0.6]]))
    )


def svg_texts(svg: str) -> list[str]:
    return [
        "".join(t.itertext()) for t in ElementTree.fromstring(svg).iter(f"{SVG}text")
    ]


def test_a_charts_svg_has_cells_title_axes_and_legend():
    from attention.pictures.paper import chart_svg

    svg = chart_svg(heatmap(), "Then <i> & [MASK].", "Layer 3, head 10", 2)
    texts = svg_texts(svg)
    for text in ("Then <i> & [MASK].", "Layer 3, head 10", "token attended to"):
        assert text in texts
    for text in ("token that attends", "attention", "<b>", '中"]'):
        assert text in texts
    marks = [
        path
        for path in ElementTree.fromstring(svg).iter(f"{SVG}path")
        if path.get("aria-roledescription") == "rect mark"
    ]
    assert len(marks) == 4


def test_in_gray_every_picture_of_a_quarter_is_cs50s_64():
    reading = replace(make_reading(), attention=np.full((2, 3, 6, 6), 0.25))
    pictures = {
        "CS50's": diagram_png(reading.tokens, reading.attention[0, 0]),
        "sheet": sheet_png(reading, GRAY),
        "overview": overview_png(reading.attention, GRAY),
        "head": head_png(reading, Head(0, 0), GRAY),
        "unlabelled": unlabelled_png(reading, Head(0, 0), GRAY),
        "long": long_head_png(reading, Head(0, 0), GRAY),
    }
    found = {}
    for name, picture in pictures.items():
        colours = opened(picture).convert("RGB").getcolors(1 << 24)
        drawn = [colour for _, colour in sorted(colours, reverse=True)]
        found[name] = next(c for c in drawn if c not in ((0,) * 3, (255,) * 3))
    assert found == dict.fromkeys(pictures, (64, 64, 64))
    assert head_svg(reading, Head(0, 0), GRAY).count('fill="rgb(64, 64, 64)"') == 36


def test_a_legends_numbers_stand_where_their_colours_do():
    assert legend_marks(GRAY) == [("0", 0), ("0.1", 0.1), ("0.5", 0.5), ("1", 1)]
    numbers, places = zip(*legend_marks(MAGMA), strict=True)
    assert numbers == ("0", "0.1", "0.5", "1")
    assert places == pytest.approx((0, 0.316, 0.707, 1), abs=0.001)


def test_a_charts_words_have_the_pages_colour_there_and_their_own_on_paper():
    from attention.pictures.paper import chart_svg

    chart = head_chart(make_reading(), Head(0, 0))
    assert "currentColor" in json.dumps(chart.spec["config"])
    assert "currentColor" not in chart_svg(chart)


def test_a_charts_png_is_white_and_large_enough_for_print():
    from attention.pictures.paper import chart_png

    image = opened(chart_png(heatmap(), "A title", "of a head", 2)).convert("RGB")
    assert image.getpixel((0, 0)) == (255, 255, 255)
    assert min(image.size) >= 300
    assert len(set(image.getdata())) > 10


def test_a_charts_png_has_code_points_for_what_its_font_lacks():
    from attention.pictures.paper import drawable

    spec = {"datasets": {"cells": [{"token": "a中", "score": 0.5}]}, "title": "国"}
    assert drawable(spec) == {
        "datasets": {"cells": [{"token": "a U+4E2D", "score": 0.5}]},
        "title": "U+56FD",
    }


def test_charts_of_many_rows_need_no_change_of_altairs_settings():
    from attention.pictures.paper import chart_svg

    frame = pd.DataFrame({"query": range(5001), "score": 0.5})
    chart = alt.Chart(table("many")).mark_point().encode(x="query:Q", y="score:Q")
    many = Chart(spec_of(alt.layer(chart, chart)), {"many": frame})
    assert len(svg_texts(chart_svg(many))) > 0
    assert alt.data_transformers.active == "default"


def test_a_file_is_named_after_model_sentence_and_head():
    reading = make_reading(text="Then I picked up a [MASK].")
    assert file_name(reading, "png", Head(2, 9)) == (
        "attention-small-12x12_then-i-picked-up-a-mask_layer3-head10.png"
    )
    assert file_name(reading, "zip") == (
        "attention-small-12x12_then-i-picked-up-a-mask.zip"
    )


@pytest.mark.parametrize(
    "text",
    ["../../etc/passwd [MASK]", "[MASK] 中国", "中国", "CON", "a" * 999, "\ud800", ""],
)
def test_file_names_are_safe_and_short_whatever_the_sentence(text):
    name = file_name(make_reading(text=text), "png", Head(11, 11))
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-.")
    assert len(name) < 100
    assert name.count(".") == 1


def test_sentences_without_ascii_letters_have_names_of_their_own():
    names = {file_name(make_reading(text=text), "csv") for text in ("中国", "日本")}
    assert len(names) == 2
