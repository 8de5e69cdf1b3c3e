"""Hostile text on the page, in tables, in names of files and in pictures."""

import csv
import io
import re
import zipfile
from xml.etree import ElementTree

import numpy as np
import pytest
from msgspec.structs import replace

from attention.exports import FORMULA_STARTS, diagrams_zip
from attention.pictures.head import head_svg
from attention.reading import Head
from attention.report.finding import Figure
from attention.report.markdown import report_zip
from components.session.choices import TABS
from components.session.findings import Entry
from tests.support.hostile import FOUND, HOSTILE, read_as_markup
from tests.support.making import make_reading
from tests.support.on_the_page import in_tab

FORMULA = "=HYPERLINK(zq) moved on"
PAIR = f"{HOSTILE} | onerror -> src"


@pytest.mark.parametrize(
    "parameters",
    [
        {"teach": "1", "table": "true", "lesson": "zq", "role": HOSTILE, "hide": "zq"},
        {"head": HOSTILE, "layer": HOSTILE},
        {"tab": "Several heads", "heads": HOSTILE, "map": HOSTILE},
        {
            "tab": "Test a claim",
            "examples": f"{PAIR}\n{HOSTILE}\nx | <b>zq</b> -> $zq$",
        },
        {"tab": "Compare", "with": HOSTILE, "with_model": HOSTILE, "model": HOSTILE},
        {"tab": "Compare", "with": HOSTILE * 200},
        {"tab": "Two words", "from": "4 zq", "to": HOSTILE},
        {"tab": "One token", "token": HOSTILE, "join": "true", "of": HOSTILE},
        {"tab": "What if", "silent": HOSTILE},
        {"tab": "Atlas", "by": HOSTILE, "relation": HOSTILE},
        {"text": HOSTILE.replace("zq", "zq " * 300)[:8000]},
        {"text": HOSTILE, "lesson": "bias"},
    ],
    ids=lambda p: p.get("tab", next(iter(p))),
)
def test_no_element_that_reads_markup_gets_a_visitors_text(open_page, parameters):
    page = open_page(**{"text": f"{HOSTILE} [MASK]"} | parameters)
    assert not page.exception
    assert read_as_markup(page) == []


def test_no_guess_and_no_finding_is_read_as_markup(open_page):
    page = open_page(text=f"{HOSTILE} [MASK]", hide="words", tab="Report")
    field = next(f for f in page.text_input if f.label.startswith("Your guess"))
    field.set_value(HOSTILE)
    next(b for b in page.button if b.label == "Show BERT's words").click()
    page.session_state["report"] = [Entry(1, FOUND)]
    page.run()
    assert not page.exception
    assert any("zq" in text.value for text in page.text)  # it is there, as text
    assert read_as_markup(page) == []


def test_no_cell_of_a_table_on_the_page_starts_like_a_formula(open_page):
    """Streamlit's own button below each table saves its cells as they are."""
    lines = f"{FORMULA} | =HYPERLINK -> moved\n-1 moved | 1 -> moved\n@SUM(1+1) | x"
    page = open_page(examples=lines, table="true", text="=1+1 [MASK]")
    found = 0
    for tab in TABS:
        frames = [element.value for element in in_tab(page, tab).dataframe]
        if tab in ("Head", "Test a claim"):
            assert frames, tab
        for frame in frames:
            for column in frame.select_dtypes(exclude="number"):
                for cell in map(str, frame[column]):
                    found += "HYPERLINK" in cell
                    assert len(cell) < 2 or not cell.startswith(FORMULA_STARTS), cell
    assert found


def test_no_cell_that_mask_py_writes_starts_like_a_formula(
    loaded_mask, tmp_path, capsys
):
    sentences = tmp_path / "=cmd.csv"
    sentences.write_text(f"sentence,from,to\n{FORMULA},=HYPERLINK,moved\n")
    out = [tmp_path / name for name in ("attention.csv", "roles.csv", "claim.csv")]
    assert not loaded_mask.main(
        [f"{FORMULA} [MASK] +1 @x", "--no-diagrams", "--head", "1-1"]
        + ["--csv", str(out[0]), "--roles", str(out[1])]
    )
    assert not loaded_mask.main(["--claims", str(sentences), "--csv", str(out[2])])
    for path in out:
        table = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
        assert len(table) > 1
        for cell in (cell for row in table for cell in row):
            assert len(cell) < 2 or not cell.startswith(FORMULA_STARTS), cell


TITLES = [
    "../../etc/passwd",
    "..\\..\\x.exe",
    "/abs",
    "C:\\x",
    ".bashrc",
    "CON",
    "a\0b",
]


def test_names_in_zips_are_ours_whatever_the_text():
    figure = Figure(b"png", HOSTILE, HOSTILE)
    findings = [
        replace(FOUND, title=title, figures=(figure,))
        for title in [*TITLES, HOSTILE, "../" * 500]
    ]
    with zipfile.ZipFile(io.BytesIO(report_zip(findings))) as archive:
        names = archive.namelist()
    assert len(names) == len(findings) + 1
    for name in names:
        assert re.fullmatch(r"analysis\.md|figures/\d\d-[a-z0-9-]{1,60}\.png", name)
    reading = make_reading(np.full((1, 2, 3, 3), 1 / 3), words="../../x")
    with zipfile.ZipFile(io.BytesIO(diagrams_zip(reading))) as archive:
        for name in archive.namelist():
            assert re.fullmatch(r"Attention_Layer\d+_Head\d+\.png", name)


def test_an_svg_of_hostile_text_has_no_script_and_no_address():
    words = "<script>zq</script> onload=zq javascript:zq &zq; ]]><a/>"
    reading = make_reading(np.full((1, 1, 7, 7), 1 / 7), words=words)
    root = ElementTree.fromstring(head_svg(reading, Head(0, 0)))
    drawn = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert drawn <= {
        *("svg", "g", "path", "text", "tspan", "rect", "line"),
        *("defs", "linearGradient", "stop", "clipPath", "style"),
    }
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert not name.endswith("href")
            assert "url(" not in value or value.startswith("url(#")
    assert "<script>zq</script>" in "".join(root.itertext())  # it is there, as text
