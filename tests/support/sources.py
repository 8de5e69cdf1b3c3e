"""The product's own sources, as tests look through them."""

import ast
from pathlib import Path

from tests.support.serving import ROOT

# Tests, benchmarks and screenshots stay at home.
SOURCES = [
    path
    for folder in ("attention", "command", "corpus", "model_cache", "components")
    for path in sorted((ROOT / folder).rglob("*.py"))
] + sorted(set(ROOT.glob("*.py")) - {ROOT / "conftest.py"})


def trees() -> dict[Path, ast.Module]:
    """Return each source, parsed."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def imports(path: Path) -> set[str]:
    """Return the top-level packages that a file imports anywhere."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found
