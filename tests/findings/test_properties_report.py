"""What holds for any report, its file, and any link to a view."""

import io
import json
import re
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from attention.report import file as report_file
from attention.report.finding import Figure, Finding
from attention.report.html import report_html
from attention.report.markdown import markdown, report_zip
from components.session import url, views
from tests.support.strategies import ANY_TEXTS, TEXTS, WORDS, attempt, many, usual


@st.composite
def pngs(draw) -> bytes:
    mode = draw(st.sampled_from(["1", "L", "P", "RGB", "RGBA", "LA", "I;16"]))
    image = Image.new(mode, (draw(st.integers(1, 5)), draw(st.integers(1, 5))), 1)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


FIGURES = st.builds(Figure, pngs(), ANY_TEXTS, ANY_TEXTS)
FINDINGS = st.builds(
    Finding,
    title=ANY_TEXTS,
    model=ANY_TEXTS,
    says=st.lists(ANY_TEXTS, max_size=3).map(tuple),
    sentences=st.lists(ANY_TEXTS, max_size=3).map(tuple),
    figures=st.lists(FIGURES, max_size=2).map(tuple),
    note=ANY_TEXTS,
)
REPORTS = st.lists(FINDINGS, max_size=3)
LINKS = st.dictionaries(st.sampled_from(url.KEPT_IN_VIEW), ANY_TEXTS)


def as_utf8(text: str) -> str:
    """Write U+FFFD for what UTF-8 has not."""
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


def told(finding: Finding) -> tuple:
    """Return all texts of a finding and its pictures' pixels."""
    pixels = [
        (as_utf8(f.caption), as_utf8(f.alt), Image.open(io.BytesIO(f.png)))
        for f in finding.figures
    ]
    return (
        *map(as_utf8, (finding.title, finding.model, finding.note)),
        [*map(as_utf8, finding.says)],
        [*map(as_utf8, finding.sentences)],
        [(*texts, picture.convert("RGBA").tobytes()) for *texts, picture in pixels],
    )


@given(REPORTS, LINKS)
@usual
def test_a_saved_report_comes_back_and_is_saved_alike(findings, link):
    loaded, seen = report_file.load(report_file.save(findings, link))
    assert list(map(told, loaded)) == list(map(told, findings))
    assert seen == {name: as_utf8(value) for name, value in link.items()}
    saved = report_file.save(loaded, seen)
    assert report_file.save(*report_file.load(saved)) == saved


@given(REPORTS)
@usual
def test_any_report_is_utf8_and_a_whole_zip_with_all_its_pictures(findings):
    assert markdown(findings).encode()
    assert report_html(findings).encode()
    archive = zipfile.ZipFile(io.BytesIO(report_zip(findings)))
    assert archive.testzip() is None
    names = archive.namelist()
    assert len(set(names)) == len(names)
    assert all(name.isascii() and ".." not in name for name in names)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["format", "version", "view", "findings", "title", "model", "says", "note", "png"]
)
NEARLY_REPORTS = st.builds(
    lambda changes: {"format": "attention", "version": 1} | changes,
    st.dictionaries(FIELDS, JSON),
)


@given(st.binary() | (JSON | NEARLY_REPORTS).map(lambda x: json.dumps(x).encode()))
@many
def test_any_file_is_a_report_or_refused_with_advice(data):
    loaded, message = attempt(report_file.BadFile, report_file.load, data)
    assert loaded or re.search("choose the file that Attention|open it there", message)


@given(REPORTS.filter(bool), st.data())
@usual
def test_a_saved_report_with_a_wrong_byte_is_read_or_refused(findings, data):
    saved = bytearray(report_file.save(findings, {}))
    at = data.draw(st.integers(0, len(saved) - 1))
    saved[at] = data.draw(st.integers(0, 255))
    loaded, message = attempt(report_file.BadFile, report_file.load, bytes(saved))
    assert loaded or message.startswith("This file ")


@given(st.dictionaries(st.sampled_from(url.KEPT_IN_VIEW) | TEXTS, ANY_TEXTS | WORDS))
@usual
@example({"layer": "²", "head": "٣", "k": "0", "model": "../.."})
@example({"head": "1-٣", "with": ""})
def test_a_view_of_any_names_and_values_opens(wanted):
    opened = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views.st, "session_state", opened)
        views.open_view(wanted)
    assert set(opened) <= set(wanted) & set(url.KEPT_IN_VIEW)
    assert 1 <= opened.get(url.K, 1) <= 20
    # A view that was saved has a head; the field may hold an old one's number alone.
    assert re.fullmatch("[0-9]{1,3}(-[0-9]{1,3})?", opened.get(url.HEAD, "3-10"))


@given(st.dictionaries(st.sampled_from([*url.PARAMETERS]), ANY_TEXTS))
@usual
def test_odd_values_of_a_link_are_noticed_in_sentences(link):
    notices = url.invalid_parameters(link, (2, 4))
    assert all(notice.endswith((".", "shown.", "“Lessons”.")) for notice in notices)
