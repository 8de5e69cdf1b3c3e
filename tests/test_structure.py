"""The house's two import rules."""

import ast
from pathlib import Path

import pytest

from tests.serving import ROOT

SOURCES = [
    path
    for folder in ("attention", "command", "corpus", "model_cache", "components")
    for path in sorted((ROOT / folder).rglob("*.py"))
] + sorted(ROOT.glob("*.py"))


def imports(path: Path) -> set[str]:
    """Return the top-level packages that a file imports anywhere."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_streamlit_stays_on_the_page_and_tensorflow_with_the_models(path):
    place = path.relative_to(ROOT).as_posix()
    page = ("app.py", "components/", "model_cache/cache.py")
    if not place.startswith(page):
        assert "streamlit" not in imports(path)
    if not place.startswith("model_cache/"):
        assert "tensorflow" not in imports(path)
    if place.startswith("attention/"):
        assert not {"model_cache", "components", "command", "corpus"} & imports(path)
    if place.startswith("model_cache/"):
        assert not {"components", "corpus"} & imports(path)
    if place != "corpus/on_ray.py":
        assert "ray" not in imports(path)
