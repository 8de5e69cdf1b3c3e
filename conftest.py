"""Tiers of tests: which are slow, and what a run that leaves them out need not have.

The fast ones, `pytest -m "not browser and not slow and not hub"`, need no Playwright,
Chromium, Ray or tf-keras: files with nothing to run are not even imported.
"""

import re
from pathlib import Path

import pytest

# With one of these a test loads TensorFlow, or starts a server or another program.
SLOW_FIXTURES = {
    *("bundled_engine", "engine", "loaded_mask", "open_page", "served", "chromium"),
    *("hub", "fresh_caches"),
}
LOADS_TENSORFLOW = Path(__file__).parent / "model_cache" / "engine.py"
MARKS = re.compile(r"^pytestmark = pytest\.mark\.(\w+)", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out a file without tests and examples, or with none of those asked for."""
    if collection_path.suffix != ".py":
        return None
    unwanted = re.findall(r"\bnot (\w+)", config.option.markexpr)
    if collection_path == LOADS_TENSORFLOW:
        return "slow" in unwanted or None
    text = collection_path.read_text("utf-8")
    is_empty = not collection_path.name.startswith("test_") and ">>>" not in text
    return is_empty or bool(set(unwanted) & set(MARKS.findall(text))) or None


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = getattr(item, "fixturenames", ())  # those of its fixtures too
        if item.path == LOADS_TENSORFLOW or SLOW_FIXTURES.intersection(fixtures):
            item.add_marker("slow")
