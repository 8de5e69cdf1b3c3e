"""What holds for the pictures, tables, names and cells made of any text."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from attention.exports import (
    all_heads_csv,
    diagrams_zip,
    file_name,
    head_csv,
    original_cell,
    quoted,
    read_csv,
    safe_cell,
    slug,
)
from attention.heads.roles import head_roles
from attention.pictures.cs50 import diagram_png
from attention.pictures.head import head_png, head_svg
from attention.pictures.overview import overview_png
from attention.pictures.sheet import sheet_png
from attention.reading import MASK, Head
from attention.report import file as report_file
from attention.report.findings import comparison_finding, head_finding, what_if_finding
from attention.report.html import report_html
from attention.report.markdown import markdown, report_zip
from attention.views import seen_as
from tests.support.making import make_reading
from tests.support.strategies import (
    ANY_TEXTS,
    HEAD,
    TEXTS,
    VIEWS,
    few,
    many,
    read,
    usual,
)


def size(png: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(png)) as picture:
        picture.load()
        return picture.size


@given(TEXTS, VIEWS)
@few
def test_pictures_have_their_sizes(engine, text, how):
    seen, _ = seen_as(read(engine, text), *how)
    n = seen.n_tokens
    assert size(overview_png(seen.attention)) == (4 * min(n, 48), 2 * min(n, 48))
    assert size(diagram_png(seen.tokens, seen.attention[HEAD])) == (200 + 40 * n,) * 2
    assert size(sheet_png(seen))[0] >= 1200


@given(TEXTS, VIEWS)
@few
def test_a_head_drawn_for_paper_is_a_picture_and_well_formed_svg(engine, text, how):
    seen, _ = seen_as(read(engine, text), *how)
    assert min(size(head_png(seen, HEAD))) > 100
    assert ElementTree.fromstring(head_svg(seen, HEAD)).tag.endswith("svg")


@given(TEXTS, VIEWS)
@usual
def test_a_csv_gives_back_every_token_and_the_very_numbers(engine, text, how):
    seen, _ = seen_as(read(engine, text), *how)
    frame = read_csv(io.BytesIO(head_csv(seen, HEAD)))
    names = [token for token in seen.tokens for _ in seen.tokens]
    assert frame["query_token"].tolist() == names
    assert frame["key_token"].tolist() == list(seen.tokens) * seen.n_tokens
    assert frame["score"].to_numpy().tobytes() == seen.attention[HEAD].tobytes()


@given(VIEWS)
@settings(few, max_examples=2)
def test_the_longest_text_becomes_files_and_a_finding_too(engine, how):
    seen, _ = seen_as(read(engine, "turtle " * 509 + MASK), *how)
    assert all_heads_csv(replace(seen, attention=seen.attention[:1, :1]))
    assert size(sheet_png(seen))
    assert size(head_png(seen, HEAD))
    assert ElementTree.fromstring(head_svg(seen, HEAD)).tag.endswith("svg")
    finding = head_finding(seen, head_roles(seen), HEAD)
    saved = report_file.save([finding], {"text": seen.text})
    assert report_file.load(saved)[1] == {"text": seen.text}


@given(TEXTS, TEXTS, VIEWS)
@settings(few, max_examples=6)
def test_findings_about_any_text_make_a_report_that_can_be_saved(
    engine, one, other, how
):
    pair = [seen_as(read(engine, f"{text} {MASK}"), *how)[0] for text in (one, other)]
    findings = [
        head_finding(pair[0], head_roles(pair[0]), HEAD),
        comparison_finding(pair, HEAD, k=2),
        what_if_finding(pair[0], pair[0], {HEAD}, k=2),
    ]
    assert markdown(findings).encode()
    assert report_html(findings).encode()
    assert zipfile.ZipFile(io.BytesIO(report_zip(findings))).testzip() is None
    assert report_file.load(report_file.save(findings, {}))[0]


@given(TEXTS)
@few
def test_the_zip_of_diagrams_has_one_for_each_head(engine, text):
    archive = zipfile.ZipFile(io.BytesIO(diagrams_zip(read(engine, text))))
    assert archive.testzip() is None
    assert len(set(archive.namelist())) == 8


@given(ANY_TEXTS, ANY_TEXTS)
@many
def test_a_files_name_is_plain_whatever_the_text(text, model):
    reading = replace(make_reading(np.ones((1, 1, 3, 3)), "a"), text=text, model=model)
    assert re.fullmatch("[a-z0-9-]{1,40}", slug(text))
    assert re.fullmatch(
        "[a-z0-9_-]+[.]cs50[.]png", file_name(reading, "cs50.png", Head(0, 0))
    )


@given(ANY_TEXTS | st.builds(str.__add__, st.sampled_from("'=+-@\t＝"), TEXTS))
@many
def test_a_protected_cell_is_no_formula_and_gives_its_token_back(token):
    cell = safe_cell(token)
    assert original_cell(cell) == token
    assert len(cell) < 2 or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(TEXTS, min_size=2))
@usual
def test_quoted_cells_are_a_row_to_any_reader_of_csv(cells):
    line = ",".join(map(quoted, cells)) + "\n"
    assert list(csv.reader(io.StringIO(line, newline=""))) == [cells]
