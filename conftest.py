"""Tiers of tests: what is slow, and what a tier that leaves it out need not have.

`pytest -m "not browser and not slow and not hub"` runs with requirements.txt and a few
small packages: no Playwright, no Chromium, no Ray, no tf-keras. What it leaves out is
not even imported.
"""

import re
from pathlib import Path

import pytest

# What starts TensorFlow, a server or the whole page for a test, of its own or of all.
SLOW_FIXTURES = {
    *("bundled_engine", "engine", "loaded_mask", "open_page", "served", "chromium"),
    *("hub", "fresh_caches"),
}
# Their examples need TensorFlow, or the reference class.
LOADS_TENSORFLOW = [
    Path(__file__).parent / "model_cache" / name
    for name in ("encoder.py", "engine.py", "reference.py")
]
OWN_MARKS = re.compile(r"^pytestmark = pytest\.mark\.(\w+)", re.MULTILINE)


def marks_of(path: Path) -> list[str]:
    """Return the marks that every test of a file has."""
    if path in LOADS_TENSORFLOW:
        return ["slow"]
    return OWN_MARKS.findall(path.read_text("utf-8")) if path.suffix == ".py" else []


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave alone a file whose tests this run does not want."""
    if not collection_path.is_file():
        return None
    unwanted = re.findall(r"\bnot (\w+)", config.option.markexpr)
    return bool(set(unwanted) & set(marks_of(collection_path))) or None


@pytest.hookimpl(tryfirst=True)  # before pytest picks by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path in LOADS_TENSORFLOW or SLOW_FIXTURES & set(fixtures_of(item)):
            item.add_marker("slow")


def fixtures_of(item: pytest.Item) -> list[str]:
    """Return the names of all fixtures that a test has, through others too."""
    return getattr(item, "fixturenames", [])
