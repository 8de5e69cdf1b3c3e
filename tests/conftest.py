"""What several test files share: the bundled engine, a served page, a browser."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support.patience import PATIENCE
from tests.support.serving import (
    CHROMIUM_FLAGS,
    ROOT,
    alone,
    chromium_path,
    serve_together,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Nothing is wrong with an example that takes long: others may have the processor.
settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Where an assertion of theirs fails, its values are told as in a test.
pytest.register_assert_rewrite("tests.support.downloading", "tests.support.on_the_page")


# Where this runs in the background, Ctrl-C is ignored, also by what the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def only_what_is_fast(request, monkeypatch):
    """Refuse TensorFlow and other programs to a test that is not marked as slow."""
    if request.node.get_closest_marker("slow"):
        return

    def refuse(*_, **__):
        raise AssertionError("a test that starts a program has to be marked as slow")

    monkeypatch.setattr("subprocess.Popen", refuse)
    if "tensorflow" not in sys.modules:
        monkeypatch.setitem(sys.modules, "tensorflow", None)


@pytest.fixture(scope="session")
def bundled_engine():
    from model_cache.checkpoint import read_checkpoint
    from model_cache.engine import Engine

    return Engine("bundled", read_checkpoint(ROOT / "model_cache" / "bundled"))


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    """A random BERT of two layers of four heads that has the bundled model's words."""
    from model_cache.checkpoint import read_checkpoint
    from model_cache.engine import Engine
    from tests.support.random_bert import write_random_bert

    words = (ROOT / "model_cache" / "bundled" / "vocab.txt").read_text("utf-8")
    folder = tmp_path_factory.mktemp("random") / "bert"
    write_random_bert(folder, vocabulary=words.rstrip("\n").split("\n"))
    return Engine("random-2x4", read_checkpoint(folder))


@pytest.fixture
def loaded_mask(monkeypatch, tmp_path, bundled_engine):
    """mask.py in an empty folder, with an engine that is loaded already."""
    import mask
    from model_cache.catalog import BUNDLED, find_model

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ATTENTION_MODEL", raising=False)
    monkeypatch.setattr(mask, "load", lambda model: (bundled_engine, None))
    monkeypatch.setattr(mask, "default_model", lambda: find_model(BUNDLED))
    return mask


@pytest.fixture(scope="session")
def packages_looked_through():
    """Look for components in installed packages once, and not for each AppTest.

    A tenth of a second each: it reads the metadata of a hundred packages.
    """
    from streamlit.components.v2 import manifest_scanner

    once = cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture
def open_page(monkeypatch, tmp_path, packages_looked_through):
    """Open the page on the bundled model with these parameters in its URL."""
    from streamlit.testing.v1 import AppTest

    monkeypatch.setenv("ATTENTION_MODEL", "attention-small-12x12")
    # The library reads the environment when it is imported, which may have been before.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))

    def make(**parameters: str):
        page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
        for name, value in parameters.items():
            page.query_params[name] = value
        return page.run()

    return make


@pytest.fixture(scope="session")
def served(request, tmp_path_factory) -> Iterator[str]:
    """The URL of a page served on the bundled model, with no hub to reach."""
    own = tmp_path_factory.getbasetemp()
    # Above it is the folder of all workers of this run; without workers, of all runs.
    folder = (own.parent if hasattr(request.config, "workerinput") else own) / "served"
    with serve_together(folder, **alone(folder)) as url:
        yield url


@pytest.fixture
def model_files() -> dict[str, bytes]:
    """The files of the only model that the hub of a test has."""
    from tests.support.fake_hub import tiny_model_files

    return tiny_model_files()


@pytest.fixture
def hub(model_files, monkeypatch, tmp_path):
    """A hub, well at first; the cache is tmp_path / "home" / "hub"."""
    from tests.support.fake_hub import FakeHub

    monkeypatch.setattr("model_cache.hub._downloads", {})
    with FakeHub(model_files) as hub:
        hub.be_the_hub(monkeypatch, cache=tmp_path / "home")
        yield hub


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium of the system, for pages of any context."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(),
            # A page opens faster where another has compiled its scripts.
            args=[*CHROMIUM_FLAGS, "--process-per-site"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def usual_context(chromium, served):
    """A browser as most tests want it, with what it has fetched of the page so far."""
    context = chromium.new_context()
    # The process of a site ends with its last page.
    context.new_page().goto(f"{served}/_stcore/health")
    yield context
    # Tests may share it, since a page leaves nothing there but Streamlit's own note.
    kept = [
        item["name"]
        for origin in context.storage_state()["origins"]
        for item in origin["localStorage"]
    ]
    assert all(name.startswith("stActiveTheme") for name in kept), kept
    context.close()


@contextmanager
def pages_of(chromium, usual_context) -> Iterator[Callable[..., "Page"]]:
    """Make pages, and fail at the end on any error in their consoles.

    is_fresh, or any option of Playwright's contexts but the three: in a new context.
    """
    from tests.support.browsing import WIDE

    contexts, pages, errors = [], [], []

    def make(
        viewport=WIDE, color_scheme=None, reduced_motion=None, is_fresh=False, **options
    ):
        context = usual_context
        if is_fresh or options:
            context = chromium.new_context(**options)
            contexts.append(context)
        page = context.new_page()
        pages.append(page)
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
        page.set_default_timeout(PATIENCE * 1000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda said: (
                errors.append(f"{said.text} {said.location['url']}")
                if said.type == "error"
                else None
            ),
        )
        return page

    yield make
    for one in (*pages, *contexts):
        one.close()
    assert not errors, errors


@pytest.fixture
def new_page(chromium, usual_context):
    """Make pages that fail the test on an error in the console; see pages_of."""
    with pages_of(chromium, usual_context) as make:
        yield make


@pytest.fixture(scope="module")
def shared_page(chromium, usual_context, served):
    """One page for the tests of a file, which begin by typing a sentence of their own.

    To open a page takes ten times as long as to type into one.
    """
    from tests.support.browsing import open_page

    with pages_of(chromium, usual_context) as make:
        yield open_page(make(), served)


@contextmanager
def emptied(*caches) -> Iterator[None]:
    """Empty Streamlit's caches before and after."""
    for cached in caches:
        cached.clear()
    yield
    for cached in caches:
        cached.clear()


@pytest.fixture
def fresh_caches(monkeypatch):
    """Let the page remember nothing of what it read and of what was broken."""
    from components.session import answer
    from model_cache import cache

    monkeypatch.setattr(answer, "_broken", {})
    caches = (
        cache._engine,
        cache._reader,
        cache._ranker,
        cache._measured,
        cache._guess,
    )
    with emptied(*caches):
        yield
