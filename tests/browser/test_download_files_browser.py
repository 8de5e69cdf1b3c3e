"""The files that the page offers, as a browser gets them."""

import csv
import io
import zipfile
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.browsing import settle, show_sentence, take_home

pytestmark = pytest.mark.browser
TEXT = "The turtle moved [MASK]."  # 7 tokens
NAME = "attention-small-12x12_the-turtle-moved-mask"


@pytest.fixture
def page(shared_page) -> Page:
    return showing(shared_page, TEXT, "Strongest here")


def showing(page: Page, text: str, says: str) -> Page:
    """Let the page, from which other tests took files, show this sentence."""
    page.keyboard.press("Escape")  # closes a group of files
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    show_sentence(page, text)
    expect(page.get_by_text(says)).to_be_visible()
    settle(page)
    return page


def download(page: Page, group: str, label: str) -> tuple[str, bytes]:
    """Open a group of files; return the name and content of one of them."""
    page.get_by_role("button", name=group).click()
    return take(page, label)


def take(page: Page, label: str) -> tuple[str, bytes]:
    taken = take_home(page, label)
    return taken.suggested_filename, taken.path().read_bytes()


def test_a_head_comes_as_a_picture_for_paper(page):
    name, content = download(page, "Download this head", "PNG")
    assert name == f"{NAME}_layer3-head10.png"
    width, height = Image.open(io.BytesIO(content)).size
    assert width > 300
    assert height > 300


def test_a_head_comes_as_an_svg_whose_text_is_text(page):
    name, content = download(page, "Download this head", "SVG")
    assert name.endswith("layer3-head10.svg")
    texts = [e.text for e in ElementTree.fromstring(content).iter() if e.text]
    assert {"turtle", "[MASK]", "token attended to", TEXT} <= set(texts)


def test_a_head_comes_in_cs50s_geometry(page):
    name, content = download(page, "Download this head", "PNG in CS50's style")
    assert name.endswith("layer3-head10.cs50.png")
    assert Image.open(io.BytesIO(content)).size == (40 * 7 + 200,) * 2


def test_a_head_comes_as_a_table(page):
    _, content = download(page, "Download this head", "CSV")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert len(rows) == 49
    first = [float(row["score"]) for row in rows if row["query"] == "2"]
    assert sum(first) == pytest.approx(1, abs=1e-5)
    assert {row["layer"] + row["head"] for row in rows} == {"310"}


def test_all_heads_come_on_one_sheet(page):
    name, content = download(page, "Download all heads", "Sheet (PNG)")
    assert name == f"{NAME}.sheet.png"
    assert min(Image.open(io.BytesIO(content)).size) > 600


def test_all_heads_come_as_diagrams_in_a_zip(page):
    name, content = download(
        page, "Download all heads", "Diagrams in CS50's style (ZIP)"
    )
    assert name == f"{NAME}.diagrams.zip"
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert len(names) == 144
    assert "Attention_Layer12_Head12.png" in names


def test_all_heads_come_as_one_table(page):
    _, content = download(page, "Download all heads", "CSV of all heads")
    assert content.count(b"\n") == 1 + 144 * 49


@pytest.fixture
def long_page(shared_page) -> Page:
    text = "the turtle moved and " * 127 + "rested [MASK]"  # 512 tokens
    return showing(shared_page, text, "Mark a token")


def test_the_longest_texts_head_comes_as_pictures_and_a_table(long_page):
    _, png = download(long_page, "Download this head", "PNG")
    assert min(Image.open(io.BytesIO(png)).size) > 512 * 10
    _, diagram = take(long_page, "PNG in CS50's style")
    assert Image.open(io.BytesIO(diagram)).size == (10 * 512 + 200,) * 2
    _, svg = take(long_page, "SVG")
    texts = [e.text for e in ElementTree.fromstring(svg).iter() if e.text]
    assert texts.count("rested") == 2
    _, table = take(long_page, "CSV")
    assert table.count(b"\n") == 1 + 512**2


def test_the_longest_texts_heads_come_as_diagrams_and_the_csv_says_why_not(long_page):
    _, content = download(
        long_page, "Download all heads", "Diagrams in CS50's style (ZIP)"
    )
    assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == 144
    assert len(content) < 60e6
    take(long_page, "Sheet (PNG)")
    rows = "A CSV of all heads would have 37,748,736 rows"
    expect(long_page.get_by_text(rows)).to_be_visible()
    button = long_page.get_by_role("button", name="CSV of all heads")
    expect(button).to_be_disabled()
