"""What is loaded and run: no text as code, no pickle, pinned packages."""

import ast
import pickle
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from attention.lessons import BadLesson, read_lesson
from model_cache.checkpoint import BrokenCheckpoint, read_checkpoint
from tests.serving import ROOT
from tests.sources import SOURCES, imports, trees

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
            # What is not installed here has its own name there.
            found = packages.get(name, [name])
            names = {package.lower().replace("_", "-") for package in found}
            assert names & pinned, f"{path.name} imports {name}: {names}"
