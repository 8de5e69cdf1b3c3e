"""The house's two import rules."""

import subprocess
import sys

import pytest

from tests.serving import ROOT
from tests.sources import SOURCES, imports


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


@pytest.mark.slow
def test_charts_and_findings_are_made_without_streamlit():
    code = "import sys, attention.pictures.charts, attention.report.findings\n"
    code += "sys.exit('streamlit' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
