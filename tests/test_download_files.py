"""The files that the page offers, as a browser gets them."""

import csv
import io
import zipfile
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)
TEXT = "The turtle moved [MASK]."  # 7 tokens
NAME = "attention-small-12x12_the-turtle-moved-mask"


@pytest.fixture
def page(served, new_page) -> Page:
    page = new_page()
    page.goto(f"{served}/?text={quote(TEXT)}")
    expect(page.get_by_text("Strongest here")).to_be_visible()
    return page


def download(page: Page, group: str, label: str) -> tuple[str, bytes]:
    """Return the name and content of a file that a click brings."""
    page.get_by_role("button", name=group).click()
    with page.expect_download() as started:
        page.get_by_role("button", name=label, exact=True).click()
    return started.value.suggested_filename, started.value.path().read_bytes()


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


def test_files_too_large_for_a_page_are_not_offered(served, new_page):
    page = new_page()
    page.goto(f"{served}/?text={quote('turtle ' * 200)}")
    expect(page.get_by_text("Strongest here")).to_be_visible()
    page.get_by_role("button", name="Download all heads").click()
    expect(page.get_by_text("mask.py writes diagrams")).to_be_visible()
    expect(page.get_by_role("button", name="CSV of all heads")).to_be_disabled()
    expect(page.get_by_role("button", name="Sheet (PNG)")).to_be_enabled()
