"""The house: which room may use which, and that no room is overcrowded."""

import ast
import subprocess
import sys
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support.serving import ROOT
from tests.support.sources import SOURCES, imports

# Every room with the rooms that it uses, from the ground up: none uses one that stands
# further down in this table.
ARROWS = {
    "attention": "",
    "attention.reading": "",
    "attention.facts": "",
    "attention.fields": "",
    "attention.evidence": "",
    "attention.showcase": "",
    "attention.naming": "attention.reading",
    "attention.words": "attention.reading",
    "attention.views": "attention.reading attention.words",
    "attention.heads": "attention.reading attention.words",
    "attention.lessons": (
        "attention.facts attention.fields attention.heads attention.naming "
        "attention.reading"
    ),
    "attention.pictures": "attention.heads attention.reading",
    "attention.claims": (
        "attention.evidence attention.heads attention.naming attention.reading "
        "attention.words"
    ),
    "attention.exports": "attention.pictures attention.reading",
    "attention.picks": (
        "attention.claims attention.evidence attention.heads attention.lessons "
        "attention.reading"
    ),
    "model_cache": (
        "attention.claims attention.fields attention.heads attention.reading"
    ),
    "attention.report": (
        "attention.claims attention.evidence attention.exports attention.fields "
        "attention.heads attention.pictures attention.reading attention.views"
    ),
    "attention.atlas": (
        "attention.evidence attention.exports attention.heads attention.reading"
    ),
    "command": (
        "attention.claims attention.exports attention.heads attention.pictures "
        "attention.reading model_cache"
    ),
    "corpus": (
        "attention.atlas attention.claims attention.facts attention.heads "
        "attention.lessons attention.naming attention.picks attention.reading "
        "attention.showcase attention.views attention.words command model_cache"
    ),
    "mask": (
        "attention.exports attention.pictures attention.reading command model_cache"
    ),
    "components": "",
    "components.frontend": "",
    "components.session": (
        "attention.atlas attention.claims attention.heads attention.lessons "
        "attention.pictures attention.reading attention.report "
        "attention.showcase attention.views components.frontend corpus "
        "model_cache"
    ),
    "components.widgets": (
        "attention.claims attention.evidence attention.exports "
        "attention.pictures attention.reading attention.report components.frontend "
        "components.session"
    ),
    "components.page": (
        "attention.picks attention.pictures attention.reading "
        "attention.showcase attention.views attention.words components.frontend "
        "components.session model_cache"
    ),
    "components.crowd": "components.page model_cache",
    "components.tabs": (
        "attention.atlas attention.claims attention.exports attention.heads "
        "attention.pictures attention.reading attention.report attention.views "
        "attention.words components.frontend components.session "
        "components.widgets corpus model_cache"
    ),
    "components.lessons": (
        "attention.lessons attention.picks attention.reading components.session "
        "components.widgets"
    ),
    "components.detail": (
        "attention.heads attention.lessons attention.reading attention.report "
        "components.crowd components.frontend components.lessons "
        "components.session components.tabs components.widgets model_cache"
    ),
    "app": (
        "components.crowd components.detail components.lessons components.page "
        "components.session model_cache"
    ),
}
MOST_MODULES, MOST_TESTS = 15, 25  # in a folder
MODULES = {path.relative_to(ROOT).with_suffix(""): path for path in SOURCES}
NAMES = {".".join(place.parts).removesuffix(".__init__") for place in MODULES}


def room(module: str) -> str:
    """Return a module's room: of attention and components the rooms inside them.

    >>> room("attention.heads.roles"), room("attention.views"), room("corpus.atlas")
    ('attention.heads', 'attention.views', 'corpus')
    """
    parts = module.split(".")
    return ".".join(parts[:2] if parts[0] in ("attention", "components") else parts[:1])


def used_by(path: Path) -> set[str]:
    """Return the product's modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{name.name}" for name in node.names}
            found |= names & NAMES or {node.module}
    return found & NAMES


USED = {
    ".".join(place.parts).removesuffix(".__init__"): used_by(path)
    for place, path in MODULES.items()
}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_streamlit_stays_on_the_page_and_tensorflow_with_the_models(path):
    place = path.relative_to(ROOT).as_posix()
    if not place.startswith(("app.py", "components/", "model_cache/cache.py")):
        assert "streamlit" not in imports(path)
    if not place.startswith("model_cache/"):
        assert "tensorflow" not in imports(path)
    if place != "corpus/on_ray.py":
        assert "ray" not in imports(path)


def test_each_room_uses_the_rooms_that_the_table_says_and_no_others():
    found = {name: set() for name in ARROWS}
    for module, used in USED.items():
        found.setdefault(room(module), set()).update(map(room, used))
    arrows = {name: sorted(used - {name}) for name, used in found.items()}
    assert arrows == {name: sorted(used.split()) for name, used in ARROWS.items()}


def test_no_arrow_runs_up():
    floors = list(ARROWS)
    for name, used in ARROWS.items():
        below = floors[: floors.index(name)]
        assert set(used.split()) <= set(below), name


def test_no_modules_import_each_other_in_a_circle():
    TopologicalSorter(USED).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in SOURCES}), ids=lambda p: p.name
)
def test_a_folder_has_few_modules_and_no_two_begin_with_one_word(folder):
    names = [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]
    assert len(names) <= MOST_MODULES
    first_words = Counter(name.split("_")[0] for name in names)
    assert [word for word, count in first_words.items() if count > 1] == []


def test_a_folder_of_tests_has_few_files():
    folders = Counter(path.parent for path in (ROOT / "tests").rglob("*.py"))
    assert {f.name: n for f, n in folders.items() if n > MOST_TESTS} == {}


def test_what_is_on_the_page_alone_calls_streamlit():
    """Pure code stands where the command and a notebook can have it."""
    drawing = {  # through a component of ours
        "page/words.py",
        "tabs/head/long_head.py",
        "widgets/copy_button.py",
    }
    silent = [
        path.relative_to(ROOT / "components").as_posix()
        for path in SOURCES
        if path.is_relative_to(ROOT / "components") and path.stem != "__init__"
        if "streamlit" not in imports(path)
    ]
    of_the_page = {
        *("session/url.py", "session/choices.py", "session/seen.py", "crowd/seats.py")
    }
    assert set(silent) <= drawing | of_the_page


@pytest.mark.slow
def test_charts_and_findings_are_made_without_streamlit():
    code = "import sys, attention.pictures.heatmap, attention.report.findings\n"
    code += "sys.exit('streamlit' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
