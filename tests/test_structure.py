"""The house's two import rules."""

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
