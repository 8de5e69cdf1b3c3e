"""Links with odd, unknown, repeated and endless parameters."""

import re

import pytest

from components.session import url
from components.session.choices import TABS
from tests.page.test_page import component
from tests.support.sources import SOURCES

PAGE = [path for path in SOURCES if "components" in path.parts]
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


def test_every_parameter_that_the_page_reads_is_in_the_table():
    page = "\n".join(path.read_text("utf-8") for path in PAGE)
    bound = re.findall(r"key=([\w.]+),(?:\s+on_change=[\w.]+,)?\s+bind=", page)
    assert len(bound) == page.count('bind="query-params"')
    assert all(key.startswith("url.") for key in {*bound} - {"key"})  # ask_heads'
    assert not re.search(r"""query_params(\[|\.\w+\()['"]""", page)
    named = [getattr(url, name) for name in re.findall(r"\burl\.([A-Z_]+)\b", page)]
    assert all(name in named for name in url.PARAMETERS)


@pytest.mark.parametrize("turn", range(2))
@pytest.mark.parametrize("tab", TABS)
def test_odd_values_of_every_parameter_leave_the_page_answering(open_page, tab, turn):
    names = {*url.PARAMETERS, *url.OLD_IN_LINK} - {"text", "tab", "hide", "lesson"}
    # Each parameter meets another value in each tab.
    start = TABS.index(tab) * 2 + turn
    odd = {name: ODD[(start + i) % len(ODD)] for i, name in enumerate(sorted(names))}
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
