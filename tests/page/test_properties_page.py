"""The page and the command on texts, links and files that nobody would expect."""

import io
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

import mask
from attention.heads.roles import LEGEND
from attention.reading import MASK
from attention.views import SPECIALS
from components.session import choices, url
from model_cache.catalog import BUNDLED, find_model
from tests.support.on_the_page import has_picture
from tests.support.patience import PATIENCE
from tests.support.serving import ROOT
from tests.support.strategies import (
    ANY_TEXTS,
    FILES,
    GOOD_LINES,
    MASKED_TEXTS,
    TEXTS,
    few,
    usual,
)

pytestmark = pytest.mark.slow

# Values that a link may have for what the page knows, and others.
LINKS = st.fixed_dictionaries(
    {"text": TEXTS},
    optional={
        "layer": st.sampled_from(["1", "12", "13", "0", "x"]),
        "head": st.sampled_from(["1", "12", "-1", "２"]),
        "k": st.sampled_from(["1", "20", "21"]),
        "join": st.sampled_from(["true", "false", "x"]),
        "specials": st.sampled_from(SPECIALS) | TEXTS,
        "colours": st.sampled_from(["magma", "gray"]) | TEXTS,
        "tab": st.sampled_from(choices.TABS) | TEXTS,
        "role": st.sampled_from([role.name for role in LEGEND]) | TEXTS,
        "examples": TEXTS,
        "with": TEXTS,
        "lesson": TEXTS,
        "hide": st.sampled_from(["words", "roles", "words,roles"]) | TEXTS,
        "teach": st.just("1"),
    },
)


@pytest.fixture(scope="module")
def page_alone(tmp_path_factory):
    """An environment in which the bundled model answers the page, and no hub does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATTENTION_MODEL", BUNDLED)
        empty = str(tmp_path_factory.mktemp("no-models"))
        patch.setattr("huggingface_hub.constants.HF_HUB_CACHE", empty)
        yield


def opened(**link: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for name, value in link.items():
        page.query_params[name] = value
    return page.run()


@given(st.lists(TEXTS, min_size=3, max_size=3), st.sampled_from(choices.TABS))
@settings(few, max_examples=4)
@example(["\x00", "turtle " * 600, MASK], choices.TWO_WORDS)
def test_whatever_is_typed_stays_in_its_field_and_is_answered(page_alone, texts, tab):
    page = opened(tab=tab)
    for text in texts:
        page.text_input(key=url.TEXT).set_value(text).run()
        assert not page.exception
        assert page.text_input(key=url.TEXT).value == text
        assert has_picture(page) != bool(page.error)


@given(LINKS)
@few
def test_whatever_a_link_says_the_page_answers(page_alone, link):
    page = opened(**link)
    assert not page.exception
    assert has_picture(page) != bool(page.error)


@given(st.lists(GOOD_LINES | TEXTS, max_size=4))
@settings(few, max_examples=4)
def test_whatever_lines_a_claim_has_the_page_answers(page_alone, lines):
    page = opened(tab=choices.CLAIM)
    page.text_area(key="examples").set_value("\n".join(lines)).run()
    assert not page.exception


@dataclass(frozen=True)
class Ran:
    code: int
    out: list[str]
    err: str


@pytest.fixture(scope="module")
def command(engine, tmp_path_factory):
    """Run mask.main on a small engine, with these bytes on standard input."""
    folder = tmp_path_factory.mktemp("command")

    def run(arguments: Sequence[str], stdin: bytes = b"") -> Ran:
        streams = [io.BytesIO(stdin), io.BytesIO(), io.BytesIO()]
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            patch.delenv("ATTENTION_MODEL", raising=False)
            patch.setattr(mask, "load", lambda model: (engine, None))
            patch.setattr(mask, "default_model", lambda: find_model(BUNDLED))
            for name, bytes_ in zip(
                ("stdin", "stdout", "stderr"), streams, strict=True
            ):
                errors = "backslashreplace" if name == "stderr" else "strict"
                text = io.TextIOWrapper(bytes_, "utf-8", errors, write_through=True)
                patch.setattr(sys, name, text)
            try:
                code = mask.main(arguments)
            except SystemExit as stopped:  # argparse's
                code = stopped.code
            out, err = (stream.getvalue().decode() for stream in streams[1:])
        return Ran(code, out.removesuffix("\n").split("\n") if out else [], err)

    return run


@given(ANY_TEXTS | MASKED_TEXTS)
@usual
@example("-" + MASK)
@example("\ud800" + MASK)
@example(f"turtle {MASK} " * 300)
def test_any_text_as_an_argument_gives_its_predictions_or_one_line(command, text):
    assume(text != "-")  # that is standard input
    ran = command([text, "--no-diagrams"])
    assert ran.code in (0, 1, 2)
    assert len(ran.out) == (0 if ran.code else 3 * text.count(MASK))
    assert ran.err.endswith("\n") if ran.code else not ran.err


@given(MASKED_TEXTS)
@few
def test_any_text_becomes_every_file(command, text):
    files = ["--sheet", "sheet.png", "--csv", "heads.csv", "--roles", "roles.csv"]
    ran = command(["--json", "--output", "diagrams", *files, "--", text])
    assert ran.code == 0
    (line,) = ran.out
    assert json.loads(line)["text"] == text


@given(FILES)
@usual
@example(b"a [MASK]\n\xff [MASK]\n\n[MASK]\r\n[MASK] \xe2\x80\xa8")
def test_any_bytes_on_standard_input_are_sentences_or_lines_at_fault(command, data):
    ran = command(["-"], data)
    assert ran.code in (0, 1)
    assert len(ran.out) % 3 == 0
    assert len(ran.out) <= 3 * data.count(MASK.encode())
    assert ran.code == 0 or re.match("Line [0-9]+: |Standard input holds no", ran.err)


@given(FILES, st.sampled_from(["-", "claim.txt", "claim.csv"]))
@usual
def test_any_file_of_a_claim_gives_a_table_or_says_why_not(
    command, tmp_path_factory, data, name
):
    file = tmp_path_factory.getbasetemp() / name
    file.write_bytes(data)
    ran = command(["--claims", "-" if name == "-" else str(file)], data)
    assert ran.code in (0, 1)
    assert len(ran.out) in (0, 1 + 8)
    assert ran.out or ran.code == 1
    assert ran.err.strip()
