"""The code that runs in the browser, in its files and as the browser gets it."""

import re
from collections import Counter

import pytest

from components.frontend import HERE, joined
from tests.support.serving import ROOT
from tests.support.sources import SOURCES

FILES = {path.name: path.read_text(encoding="utf-8") for path in HERE.glob("*.[cj]s*")}
COMPONENTS = [
    name.removesuffix(".js") for name, text in FILES.items() if "export default" in text
]
DECLARED = re.compile(r"^(?:export )?(?:const|let|(?:async )?function) (\w+)", re.M)
# As Streamlit names its own elements and attributes.
STREAMLITS_OWN = re.compile(r"data-test|data-tabindex|role=tab|\bst[A-Z]\w+")
MAY_NAME_THEM = {"page.css", "streamlit_dom.js"}


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_comes_as_one_module_with_all_that_it_imports(name):
    code = joined(name)
    assert len(re.findall(r"^(import|export) ", code, re.M)) == 1
    declared = Counter(DECLARED.findall(code))
    assert max(declared.values(), default=1) == 1  # no two files share a name
    for names in re.findall(r"^import \{([^}]*)\}", FILES[f"{name}.js"], re.M):
        assert {name.strip() for name in names.split(",")} <= set(declared)


def test_every_script_is_checked_for_types():
    scripts = {name: text for name, text in FILES.items() if name.endswith(".js")}
    assert len(scripts) > len(COMPONENTS) > 5
    for name, text in scripts.items():
        assert text.startswith("// @ts-check\n"), name


def test_streamlits_own_names_stand_in_two_files_of_the_product():
    texts = FILES | {
        path.relative_to(ROOT): path.read_text("utf-8") for path in SOURCES
    }
    found = {name for name, text in texts.items() if STREAMLITS_OWN.search(text)}
    assert found == MAY_NAME_THEM
