"""SECURITY.md's threats, each tried: no browser, one served page for the protocol."""

import ast
import csv
import http.client
import io
import json
import os
import pickle
import re
import signal
import socket
import sys
import tomllib
import zipfile
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import numpy as np
import pytest
import requests
from google.protobuf.message import Message
from streamlit import config, net_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.testing.v1 import AppTest
from streamlit.web import bootstrap
from streamlit.web.server.server_util import is_url_from_allowed_origins
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

import mask
from attention import report_file
from attention.atlas_file import MOST_BYTES
from attention.claim_files import NotLines, read_lines
from attention.examples import parse
from attention.exports import FORMULA_STARTS, diagrams_zip
from attention.lessons import BadLesson, read_lesson
from attention.report import Finding, report_zip
from components import atlas_source, claim_lines, downloads, report_list
from components.report import Entry
from model_cache import catalog, download
from model_cache.checkpoint import BrokenCheckpoint, read_checkpoint
from tests.fake_hub import FakeHub, tiny_model_files
from tests.making import make_reading
from tests.serving import ROOT
from tests.test_page import component
from tests.test_structure import SOURCES, imports

SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
HERE = ("test_security.py", "test_security_browser.py")
EVIL = "https://evil.example"

# "zq" marks it wherever it goes.
HOSTILE = (
    "<img src=x onerror=alert('zq')> <svg onload=alert('zq')> **zq** $zq$ :red[zq] "
    "[zq](javascript:alert(1)) `zq` =HYPERLINK('http://evil.example/zq')"
)
FORMULA = "=HYPERLINK(zq) moved on"
DAMAGED = b"\x89PNG\r\n\x1a\n zq <img src=x onerror=alert(1)>"


def trees() -> dict[Path, ast.Module]:
    """Return the product's own sources; tests and benchmarks stay at home."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


# The table itself


def names_of_tests(path: Path) -> set[str]:
    nodes = ast.parse(path.read_text(encoding="utf-8")).body
    return {
        node.name
        for node in nodes
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def rows() -> list[list[str]]:
    """Return the threat table's rows as cells: threat, what we do, tests."""
    table = SECURITY.partition("## Threats")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_threat_names_its_tests_and_every_test_here_stands_in_the_table():
    there = {
        path.name: names_of_tests(path) for path in (ROOT / "tests").glob("test_*.py")
    }
    every = set().union(*there.values())
    named = set()
    for threat, answer, tests in rows():
        cited = re.findall(r"`(\w+)`", tests)
        assert cited, f"no test for: {threat}"
        assert answer
        assert set(cited) <= every, set(cited) - every
        named |= set(cited)
    assert set().union(*(there[name] for name in HERE)) <= named
    assert len(rows()) > 20


# Hostile text on the page


def strings(message: Message, path: str = ""):
    """Yield every text of a message with where it stands in it."""
    for field, value in message.ListFields():
        many = value if field.is_repeated else [value]
        for one in many:
            if isinstance(one, Message):
                yield from strings(one, f"{path}.{field.name}")
            elif isinstance(one, str):
                yield f"{path}.{field.name}", one


# Where anybody's text may stand: shown letter by letter, or only a name inside
# Streamlit. Everything else is read as Markdown.
PLAIN = re.compile(
    r"(text\.body|code\.code_text|(text_input|text_area)\.(value|default)"
    r"|bidi_component\.json|selectbox\.(options|raw_value)|vega_lite_chart\.spec"
    r"|.*\b(id|form_id|key|query_param_key))"
)


PICTURE = "data:image/png;base64,"  # its letters are pixels


def read_as_markup(page: AppTest) -> list[str]:
    """Return the places of hostile text that Streamlit would read as Markdown."""
    return [
        f"{element.type}{path}: {text[:80]}"
        for element in page._tree
        if isinstance(getattr(element, "proto", None), Message)
        for path, text in strings(element.proto)
        if "zq" in text
        and not text.startswith(PICTURE)
        and not PLAIN.fullmatch(element.type + path)
    ]


PAIR = f"{HOSTILE} | onerror -> src"
FOUND = Finding(
    title=HOSTILE,
    model=HOSTILE,
    says=(HOSTILE,),
    sentences=(HOSTILE,),
    figures=(),
    note=HOSTILE,
)


@pytest.mark.parametrize(
    "parameters",
    [
        {"teach": "1", "table": "true", "lesson": "zq", "role": HOSTILE, "hide": "zq"},
        {"tab": "Test a claim", "claim": f"{PAIR}\n{HOSTILE}\nx | <b>zq</b> -> $zq$"},
        {"tab": "Compare", "with": HOSTILE, "with_model": HOSTILE, "model": HOSTILE},
        {"tab": "Compare", "with": HOSTILE * 200},
        {"tab": "Find heads for two words", "from": "4 zq", "to": HOSTILE},
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
    page = open_page(tab="Test a claim", claim=lines, table="true", text="=1+1 [MASK]")
    found = 0
    for frame in (element.value for element in page.dataframe):
        for column in frame.select_dtypes(exclude="number"):
            for cell in map(str, frame[column]):
                found += "HYPERLINK" in cell
                assert len(cell) < 2 or not cell.startswith(FORMULA_STARTS), cell
    assert found


def test_no_cell_that_mask_py_writes_starts_like_a_formula(
    bundled_engine, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(mask, "load", lambda model: (bundled_engine, None))
    monkeypatch.setattr(mask, "default_model", lambda: catalog.BUNDLED_MODEL)
    sentences = tmp_path / "=cmd.csv"
    sentences.write_text(f"sentence,from,to\n{FORMULA},=HYPERLINK,moved\n")
    out = [tmp_path / name for name in ("attention.csv", "roles.csv", "claim.csv")]
    assert not mask.main(
        [f"{FORMULA} [MASK] +1 @x", "--no-diagrams", "--head", "1-1"]
        + ["--csv", str(out[0]), "--roles", str(out[1])]
    )
    assert not mask.main(["--claims", str(sentences), "--csv", str(out[2])])
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
    figure = report_file.Figure(b"png", HOSTILE, HOSTILE)
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
    root = ElementTree.fromstring(downloads.draw_head(reading, (0, 0), "svg"))
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


# Hostile links

PARAMETERS = {
    *("text", "layer", "head", "k", "model", "check", "role"),
    *("lesson", "teach", "hide", "tab", "with", "with_model", "claim"),
    *("join", "specials", "lines", "table", "show_role", "least", "from", "to"),
    *("silent", "heads", "map", "rank", "token", "of", "by", "relation"),
}
ODD = [
    "x" * 20_000,
    "\x00\x1b[31m\x7f\u202e\ufeff",
    "__proto__",
    "-1",
    "1e309",
    "NaN",
    "",
    "true,false",
    '{"a": [1]}',
    "../../etc/passwd",
    "9" * 400,
    "Layer 1, head 99",
    "Layer ٣",
    ["1", "2"],
]
TABS = [
    *("Heads", "Find heads for two words", "What if", "Compare", "Several heads"),
    *("One token", "Test a claim", "Atlas", "Report"),
]


def meant(node: ast.expr, module):
    """Return what a text, a name or an attribute in a module stands for."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Attribute):
        return getattr(meant(node.value, module), node.attr)
    # ask_heads takes its name as an argument; its callers are seen as calls.
    return getattr(module, node.id, "")


def test_every_parameter_that_the_page_reads_is_tried():
    found = set()
    for path, tree in trees().items():
        if path.name != "app.py" and path.parent.name != "components":
            continue
        place = path.relative_to(ROOT).with_suffix("")
        module = None if path.name == "app.py" else import_module(".".join(place.parts))
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Call):
                keywords = {keyword.arg: keyword.value for keyword in node.keywords}
                names += [keywords["key"]] if "bind" in keywords else []
                if ast.unparse(node.func) == "ask_heads":
                    names.append(node.args[1])
                if re.fullmatch(r"st\.query_params\.(get|pop)", ast.unparse(node.func)):
                    names += node.args[:1]
            elif isinstance(node, ast.Subscript):
                is_url = ast.unparse(node.value) == "st.query_params"
                names += [node.slice] if is_url else []
            found |= {meant(name, module) for name in names}
    assert found - {""} == PARAMETERS


@pytest.mark.parametrize("turn", range(2))
@pytest.mark.parametrize("tab", TABS)
def test_odd_values_of_every_parameter_leave_the_page_answering(open_page, tab, turn):
    names = sorted(PARAMETERS - {"text", "tab", "hide", "lesson"})
    # Each parameter meets another value in each tab.
    start = TABS.index(tab) * 2 + turn
    odd = {name: ODD[(start + i) % len(ODD)] for i, name in enumerate(names)}
    page = open_page(**odd, tab=tab, unknown="x", constructor="x")
    assert not page.exception
    assert component(page, "masks")["masks"][0]["rows"]


@pytest.mark.parametrize("value", ODD, ids=lambda v: repr(v)[:20])
def test_odd_texts_tabs_and_lessons_get_an_answer_or_a_sentence(open_page, value):
    page = open_page(text=value, tab=value, lesson=value, hide=value)
    assert not page.exception
    assert component(page, "sprite")
    assert len(page.error) <= 1


@pytest.mark.parametrize("name", ["layer", "head", "k", "least"])
@pytest.mark.parametrize("value", ["1e309", "-inf", "nan", "9" * 400, "0x3", "٣"])
def test_no_number_of_a_link_breaks_its_field(open_page, name, value):
    page = open_page(**{name: value})
    assert not page.exception
    assert component(page, "masks")["masks"][0]["rows"]


@pytest.mark.parametrize("n_characters", [400_000, 1_000_000])
def test_a_link_of_any_length_is_answered(open_page, n_characters):
    page = open_page(text="a--" * (n_characters // 3))
    assert not page.exception
    # Streamlit itself takes no notice of links over half a megabyte.
    if n_characters < 500_000:
        assert "links carry at most" in page.info[0].value
    assert component(page, "masks")["masks"][0]["rows"]


# Hostile uploads


def test_every_uploader_has_a_limit_that_the_server_keeps_to():
    limits = {
        keyword.value.id
        for tree in trees().values()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "st.file_uploader"
        for keyword in call.keywords
        if keyword.arg == "max_upload_size"
    }
    uploaders = sum(
        ast.unparse(tree).count("st.file_uploader(") for tree in trees().values()
    )
    assert limits == {"MEGABYTES"}
    assert uploaders == 3
    assert atlas_source.MEGABYTES * 1_000_000 == MOST_BYTES
    assert claim_lines.MEGABYTES <= 5
    assert report_list.MEGABYTES == report_file.MAX_MEGABYTES == 20
    assert settings()["server"]["maxUploadSize"] == report_list.MEGABYTES


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
    before = page.text_area(key="claim_lines").value
    page.file_uploader(key="claim_file").upload(name, content).run()
    assert not page.exception
    (error,) = page.error
    assert "This file is not" in error.value
    assert page.text_area(key="claim_lines").value == before
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


class TooSlow(Exception):
    pass


@contextmanager
def within(seconds: float):
    """Fail once this many seconds of processor time are spent; regex can be stopped."""

    def give_up(*_):
        raise TooSlow(f"over {seconds} s")

    signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
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
def test_a_large_file_of_nonsense_is_read_or_refused_in_seconds(data):
    # A tenth of this on an idle machine; the worst took hours before.
    with within(seconds=4):
        for is_table in (False, True):
            try:
                examples, malformed = parse(read_lines(data, is_table))
            except NotLines:
                continue
            assert len(examples) <= 2000


def test_a_file_of_bad_lines_does_not_fill_the_memory():
    examples, malformed = parse(["no bar"] * 300_000)
    assert not examples
    assert len(malformed) <= 5000
    assert malformed[0].line == 1


def test_nothing_that_is_uploaded_is_unpacked_or_written():
    writing = {
        *("extract", "extractall", "unpack_archive", "write_text", "write_bytes"),
        *("NamedTemporaryFile", "mkdtemp", "mkstemp", "TemporaryDirectory", "open"),
    }
    allowed = {"Image.open"}  # reads
    found = [
        f"{path.name}:{call.lineno} {ast.unparse(call.func)}"
        for path, tree in trees().items()
        if path.name == "app.py" or path.parent.name in ("attention", "components")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).rpartition(".")[2] in writing
        and ast.unparse(call.func) not in allowed
    ]
    assert found == []


# The server: uploads, origins, headers


@pytest.fixture(scope="module")
def session(served):
    """An open session of the served page: its id, its cookie's token, its address."""
    first = requests.get(f"{served}/_stcore/health", timeout=10)
    token = first.cookies.get("_streamlit_xsrf", "")
    address = served.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(
        address,
        origin=served,
        subprotocols=["streamlit"],
        max_queue=None,  # what is not read would hold up the closing for 10 s
    ) as socket:
        message = BackMsg()
        message.rerun_script.query_string = ""
        socket.send(message.SerializeToString())
        while True:
            said = ForwardMsg.FromString(socket.recv(timeout=30))
            if said.HasField("new_session"):
                break
        id_ = said.new_session.initialize.session_id
        yield f"{served}/_stcore/upload_file/{id_}/zq", token


def put(session, content, token: str | None = None, **headers) -> int:
    url, own = session
    boundary = "zq"
    start = (
        f"--{boundary}\r\nContent-Disposition: form-data; name=f; filename=../zq.txt"
        "\r\n\r\n"
    ).encode()
    body = start + content + f"\r\n--{boundary}--\r\n".encode()
    is_chunked = headers.pop("is_chunked", False)
    answer = requests.put(
        url,
        # A generator has no length: requests sends it in pieces.
        data=(body[i : i + 65_536] for i in range(0, len(body), 65_536))
        if is_chunked
        else body,
        headers={
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "X-Xsrftoken": own if token is None else token,
        }
        | headers,
        cookies={"_streamlit_xsrf": own},
        timeout=30,
    )
    return answer.status_code


def test_the_server_takes_20_megabytes_and_refuses_more(session):
    limit = 20 * 1024 * 1024
    assert put(session, b"x" * 1000) == 204
    assert put(session, b"x" * (limit - 1000)) == 204
    assert put(session, b"x" * (limit + 1)) == 413


def test_the_server_breaks_off_an_upload_that_hides_its_length(session):
    with suppress(requests.ConnectionError):  # broken off in the middle
        assert put(session, b"x" * 23 * 1024 * 1024, is_chunked=True) == 413


@pytest.mark.parametrize("token", ["", "2|00000000|00|1", "x"])
def test_an_upload_without_the_visitors_token_is_refused(session, token):
    assert put(session, b"x", token=token) == 403


def test_a_page_of_another_origin_cannot_connect(served):
    address = served.replace("http", "ws", 1) + "/_stcore/stream"
    for origin in (EVIL, "null", "http://127.0.0.1.evil.example"):
        with pytest.raises(InvalidStatus) as refusal, connect(address, origin=origin):
            pass
        assert refusal.value.response.status_code == 403


def test_a_page_of_another_origin_cannot_read_an_answer(served):
    for path in ("/", "/_stcore/health", "/_stcore/host-config", "/_stcore/metrics"):
        answer = requests.get(served + path, headers={"Origin": EVIL}, timeout=10)
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_servers_own_files_are_not_served(served):
    address = urlsplit(served).netloc
    for path in (
        *("/app.py", "/.streamlit/config.toml", "/.streamlit/secrets.toml"),
        *("/app/static/app.py", "/model_cache/catalog.toml", "/..%2fapp.py"),
        *("/media/..%2f..%2fapp.py", "/component/x/..%2fapp.py", "//evil.example/%2e."),
    ):
        # Unlike requests, which tidies paths before it asks.
        connection = http.client.HTTPConnection(address, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        assert b"<title>Streamlit</title>" in body or answer.status >= 400, path
        assert b"import streamlit" not in body
        assert b"maxUploadSize" not in body
        assert "evil" not in (answer.headers["Location"] or "")


def test_no_program_may_drive_the_page(served):
    for name in ("interact", "mcp"):
        url = f"{served}/_stcore/agent/{name}"
        answer = requests.post(url, json={}, timeout=10)
        assert "does not serve the agent API" in answer.text
        assert answer.status_code >= 400


def test_the_headers_that_the_server_sends_are_those_in_the_document(served):
    """Once Streamlit sends one of them, the document need not ask for it."""
    index = requests.get(served, timeout=10)
    token = requests.get(f"{served}/_stcore/health", timeout=10)
    assert "SameSite=Lax" in token.headers["Set-Cookie"]
    for name in proxy_headers():
        assert name not in index.headers, name


def proxy_headers() -> dict[str, str]:
    """Return the headers that SECURITY.md asks an operator's proxy to add."""
    block = SECURITY.partition("```http\n")[2].partition("```")[0]
    lines = block.replace("\n  ", " ").splitlines()
    return dict(line.split(": ", 1) for line in lines)


# Traffic


def settings() -> dict:
    return tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())


@pytest.fixture
def in_effect(monkeypatch):
    """Streamlit's settings as `streamlit run app.py` reads them."""
    monkeypatch.chdir(ROOT)
    for name in list(os.environ):
        if name.startswith("STREAMLIT_"):
            monkeypatch.delenv(name)
    options = config.get_config_options(force_reparse=True)
    return lambda name: options[name].value


def test_the_settings_that_protect_visitors_are_in_effect(in_effect):
    assert in_effect("browser.gatherUsageStats") is False
    assert in_effect("server.enableXsrfProtection") is True
    assert in_effect("server.enableCORS") is True
    assert in_effect("server.corsAllowedOrigins") == []
    assert in_effect("server.xsrfCookieSameSite") == "lax"
    assert in_effect("server.maxUploadSize") == 20
    assert in_effect("server.enableStaticServing") is False
    assert in_effect("server.enableAgentApi") is False
    assert in_effect("client.showErrorDetails") == "none"
    assert in_effect("client.showErrorLinks") is False
    assert in_effect("client.toolbarMode") == "viewer"
    assert in_effect("global.developmentMode") is False


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """Collect what Streamlit would ask of other servers about its own address."""
    urls: list[str] = []
    monkeypatch.setattr(net_util, "_external_ip", None)
    monkeypatch.setattr(
        net_util, "_make_blocking_http_get", lambda url, timeout: urls.append(url)
    )
    return urls


def test_a_starting_server_asks_nobody_for_its_address(in_effect, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(net_util, "get_external_ip", lambda: asked.append("its own"))
    assert in_effect("server.headless") is True
    bootstrap._print_url(False)
    assert "http://localhost" in capsys.readouterr().out
    assert asked == []


def test_a_foreign_connection_makes_the_server_ask_nobody(open_page, asked):
    open_page()
    assert not is_url_from_allowed_origins(EVIL)
    assert asked == []


def test_the_page_itself_opens_no_connection(open_page, monkeypatch):
    tried = []
    real = socket.socket.connect

    def note(self, address):
        tried.append(address)
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", note)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: tried.append(a) or [])
    page = open_page(text="An unseen [MASK] here.", teach="1", tab="Test a claim")
    page.button(key="add finding head").click().run()  # draws with vl-convert
    assert not page.exception
    assert tried == []


def test_only_the_pinned_commit_is_asked_of_the_hub(monkeypatch, tmp_path):
    model = catalog.find_model(catalog.BERT_BASE)
    monkeypatch.setattr("model_cache.hub._downloads", {})
    with FakeHub(tiny_model_files()) as hub:
        hub.be_the_hub(monkeypatch, cache=tmp_path)
        import_module("model_cache.hub").download(model)
    resolve = f"/{model.repo}/resolve/{model.revision}/"
    for request in hub.requests:
        assert request.path.startswith(
            (resolve, f"/api/resolve-cache{resolve}", "/storage/model.safetensors")
        ), request.path
        assert not request.authorization


def test_the_downloader_takes_no_id_but_the_catalogs(monkeypatch):
    monkeypatch.setattr(download, "_end_with_parent", lambda: None)
    monkeypatch.setattr(download, "configure_http_backend", lambda session: None)
    for model_id in ("evil/repo", "google-bert/bert-base-uncased", "../x", ""):
        with pytest.raises(catalog.UnknownModel):
            download.main(model_id)


# What is loaded and run

UNSAFE_IMPORTS = {
    *("pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"),
    "torch",
}
UNSAFE_CALLS = re.compile(
    r"eval|exec|compile|__import__|os\.(system|popen|exec\w*|spawn\w*)"
    r"|yaml\.(load|load_all|full_load|unsafe_load)|.*\.read_pickle|torch\.load"
    r"|.*\bload_weights|.*\bload_model|st\.components\.v1\..*|.*\.(html|iframe)"
)
UNSAFE_KEYWORDS = {
    *("unsafe_allow_html", "allow_unsafe_jscode", "unsafe_allow_javascript"),
    *("shell", "allow_pickle", "trust_remote_code"),
}
# The page's own style, a constant.
HARMLESS = {"st.html(STYLE)"}


def test_nothing_in_the_sources_runs_text_or_unpickles():
    found = []
    for path, tree in trees().items():
        found += [(path.name, name) for name in imports(path) & UNSAFE_IMPORTS]
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or ast.unparse(call) in HARMLESS:
                continue
            if UNSAFE_CALLS.fullmatch(ast.unparse(call.func)):
                found.append((path.name, ast.unparse(call)[:60]))
            for keyword in call.keywords:
                is_off = getattr(keyword.value, "value", None) is False
                if keyword.arg in UNSAFE_KEYWORDS and not is_off:
                    found.append((path.name, ast.unparse(call)[:60]))
    assert found == []


def test_the_browsers_code_makes_no_html_of_text():
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "components" / "frontend").glob("*.js")
    )
    assert "textContent" in code
    for unsafe in (
        *("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"),
        *("eval(", "new Function", "DOMParser", "createContextualFragment", "srcdoc"),
        *("fetch(", "XMLHttpRequest", "WebSocket", "import(", "http://", "https://"),
    ):
        assert unsafe not in code, unsafe


def test_a_checkpoint_that_is_a_pickle_is_not_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    (tmp_path / "config.json").write_text("{}")
    for name in ("pytorch_model.bin", "model.safetensors", "model.pt", "tf_model.h5"):
        (tmp_path / name).write_bytes(pickle.dumps(Trap()))
    with pytest.raises(BrokenCheckpoint, match="missing or damaged|cannot be read"):
        read_checkpoint(tmp_path)
    assert not (tmp_path / "sprung").exists()


def test_a_lessons_fields_cannot_run_code(tmp_path):
    sprung = tmp_path / "sprung"
    lesson = tmp_path / "trap.md"
    for trap in (
        f'!!python/object/apply:os.system ["touch {sprung}"]',
        f'!!python/object/new:os.system ["touch {sprung}"]',
        "!!python/name:os.system",
    ):
        lesson.write_text(f"---\ntitle: {trap}\n---\nWhy.\n", encoding="utf-8")
        with pytest.raises(BadLesson, match="could not determine a constructor"):
            read_lesson(lesson)
    assert not sprung.exists()


def test_every_requirement_is_pinned_with_a_reason():
    for path in ROOT.glob("requirements*.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("-r requirements"):
                assert re.fullmatch(r"[\w.\[\]-]+==[\w.]+  # \S.{10,}", line), line


def test_every_package_that_the_product_imports_is_pinned():
    lines = [
        line
        for name in ("requirements.txt", "requirements-atlas.txt")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
    ]
    pinned = {re.split(r"\[|==", line)[0].lower() for line in lines}
    ours = {path.stem for path in ROOT.glob("*.py")}
    ours |= {path.name for path in ROOT.iterdir() if path.is_dir()}
    packages = packages_distributions()
    for path in SOURCES:
        for name in imports(path) - ours - set(sys.stdlib_module_names):
            names = {package.lower().replace("_", "-") for package in packages[name]}
            assert names & pinned, f"{path.name} imports {name}: {names}"
