"""Uploads: files that are none, files made to be slow, and limits."""

import ast
import csv
import json
import signal
import tomllib
from contextlib import contextmanager, suppress

import pytest

from attention.atlas import file as atlas_file
from attention.claims import files as claim_files
from attention.claims.files import NotLines, read_lines
from attention.claims.lines import parse
from attention.report import file as report_file
from components.tabs.claim import lines as claim_lines
from model_cache import catalog
from tests.support.hostile import FOUND, HOSTILE, read_as_markup
from tests.support.patience import PATIENCE
from tests.support.serving import ROOT
from tests.support.sources import trees

DAMAGED = b"\x89PNG\r\n\x1a\n zq <img src=x onerror=alert(1)>"


def test_every_uploader_has_a_limit_that_the_server_keeps_to():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    limits = {
        ast.unparse(keyword.value)
        for tree in trees().values()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "st.file_uploader"
        for keyword in call.keywords
        if keyword.arg == "max_upload_size"
    }
    uploaders = sum(
        ast.unparse(tree).count("st.file_uploader(") for tree in trees().values()
    )
    assert limits == {"MAX_MEGABYTES", "report_file.MAX_MEGABYTES"}
    assert uploaders == 3
    assert (atlas_file.MAX_MEGABYTES, claim_lines.MAX_MEGABYTES) == (2, 1)
    assert settings["server"]["maxUploadSize"] == report_file.MAX_MEGABYTES == 20


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("../../zq.csv", DAMAGED),
        ("=cmd|zq!A1.csv", b'"' + b"zq" * 100_000),
        ("<img src=x onerror=alert(1)>zq.txt", b"zq\0" * 9),
        ("zq.txt", "zq é".encode("utf-16-be")),
        ("zq.txt", "zq é".encode("latin-1")),
        ("zq.csv", b"PK\x03\x04\x14\x00 zq \xfe"),
    ],
)
def test_a_claims_file_that_is_none_gets_a_sentence_without_its_words(
    open_page, name, content
):
    page = open_page(tab="Test a claim")
    before = page.text_area(key="examples").value
    page.file_uploader(key="claim_file").upload(name, content).run()
    assert not page.exception
    (error,) = page.error
    assert "This file is not" in error.value
    assert page.text_area(key="examples").value == before
    assert read_as_markup(page) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("../../zq.json", DAMAGED),
        ("zq.json", b"PK\x03\x04 zq"),
        ("zq.json", b"[" * 1_000_000),
        ("zq.json", '{"zq": "é"}'.encode("latin-1")),
        ("zq.json", json.dumps({HOSTILE: HOSTILE}).encode()),
        (
            "zq.json",
            json.dumps(
                {"format": "attention", "version": 1, "view": {HOSTILE: [1]}}
                | {"findings": []}
            ).encode(),
        ),
    ],
)
def test_a_report_file_that_is_none_gets_a_sentence_without_its_words(
    open_page, name, content
):
    page = open_page(tab="Report")
    page.file_uploader(key="report_file").upload(name, content).run()
    assert not page.exception
    (error,) = page.error
    assert error.value.startswith("This file ")
    assert "choose the file that Attention saved" in error.value
    assert "report" not in page.session_state or not page.session_state["report"]
    assert read_as_markup(page) == []


def test_a_report_file_brings_neither_a_model_nor_a_setting_of_its_own(open_page):
    view = {"model": "evil/repo", "text": "A [MASK].", "has_run": "x", "report": "x"}
    page = open_page(tab="Report")
    content = report_file.save([FOUND], view)
    page.file_uploader(key="report_file").upload("zq.json", content).run()
    assert not page.exception
    assert page.text_input(key="text").value == "A [MASK]."
    assert page.session_state["model"] == catalog.BUNDLED
    assert [entry.finding for entry in page.session_state["report"]] == [FOUND]
    assert read_as_markup(page) == []


class Endless(Exception):
    pass


@contextmanager
def patience():
    """Fail after PATIENCE seconds of processor time; even regex can be stopped."""

    def give_up(*_):
        raise Endless

    signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


MEGABYTE = 1_000_000
LARGE = {
    "one long word": b"a" * MEGABYTE + b" | " + b"a" * (MEGABYTE // 2) + b"b -> x",
    "many long words": (b"a" * 6000 + b" | " + b"a" * 3000 + b"b -> x\n") * 100,
    "one long line": b"a " * MEGABYTE + b"| a#1 -> a#2",
    "nothing but arrows": b"a | " + b"->" * MEGABYTE,
    "nothing but numbers": b"a | " + b"#1" * MEGABYTE + b" -> a",
    "nothing but bars": b"|" * MEGABYTE,
    "nothing but lines": b"\n" * MEGABYTE,
    "nothing but commas": b"," * MEGABYTE,
    "nothing but quotes": b'"\n' * MEGABYTE,
}


@pytest.mark.parametrize("data", LARGE.values(), ids=list(LARGE))
def test_a_large_file_of_nonsense_is_soon_read_or_refused(data):
    with patience():  # a second on an idle machine; the worst took hours before
        for is_table in (False, True):
            try:
                examples, malformed = parse(read_lines(data, is_table))
            except NotLines:
                continue
            assert len(examples) <= 2000


@pytest.mark.parametrize("line", [b"\n", b",,\n", b'"\n"\n', b"a\n"])
def test_lines_without_end_are_not_each_searched_for_an_example(monkeypatch, line):
    searched = []

    def counted(lines):
        searched.extend(lines)
        return parse(lines)

    monkeypatch.setattr(claim_files, "parse", counted)
    with suppress(NotLines):
        read_lines(line * 10_000, is_table=True)
    assert len(searched) < 1000


@pytest.mark.parametrize("line", ["\n", ",,\n", '"\n"\n', "a\n", "a,b,c\n"])
def test_a_table_is_read_once_besides_its_first_lines(monkeypatch, line):
    n_rows = 0
    read = csv.reader

    def counted(*arguments, **settings):
        nonlocal n_rows
        rows = read(*arguments, **settings)

        class Counted:
            line_num = property(lambda self: rows.line_num)

            def __iter__(self):
                return self

            def __next__(self):
                nonlocal n_rows
                row = next(rows)
                n_rows += 1
                return row

        return Counted()

    monkeypatch.setattr(csv, "reader", counted)
    text = line * 10_000 + "A dog ran.,dog,ran\n"
    (example,), _ = parse(read_lines(text.encode(), is_table=True))
    assert example.line == text.count("\n")
    assert n_rows <= 10_001 + 3 * 50


def test_a_file_of_bad_lines_does_not_fill_the_memory():
    examples, malformed = parse(["no bar"] * 300_000)
    assert not examples
    assert len(malformed) <= 5000
    assert malformed[0].line == 1


def test_nothing_that_is_uploaded_is_written_to_disk():
    writing = {
        *("extract", "extractall", "unpack_archive", "write_text", "write_bytes"),
        *("NamedTemporaryFile", "mkdtemp", "mkstemp", "TemporaryDirectory", "open"),
    }
    allowed = {"Image.open", "archive.open"}  # read, in memory
    found = [
        f"{path.name}:{call.lineno} {ast.unparse(call.func)}"
        for path, tree in trees().items()
        if path.relative_to(ROOT).parts[0] in ("app.py", "attention", "components")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).rpartition(".")[2] in writing
        and ast.unparse(call.func) not in allowed
    ]
    assert found == []
