"""Links with odd, unknown, repeated and endless parameters."""

import ast
import re
from importlib import import_module

import pytest

from tests.on_the_page import TABS
from tests.serving import ROOT
from tests.sources import trees
from tests.test_page import component

PARAMETERS = {
    *("text", "layer", "head", "k", "model", "check", "role"),
    *("lesson", "teach", "hide", "tab", "with", "with_model", "claim"),
    *("claim_words", "judge"),
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
        place = path.relative_to(ROOT).with_suffix("")
        if place.parts[0] not in ("app", "components"):
            continue
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
