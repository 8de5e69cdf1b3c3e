"""What several test files share: the bundled engine, a served page, a browser."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).parent.parent
STARTED_WITHIN = 60  # seconds; a busy machine starts slowly


@pytest.fixture(scope="session")
def bundled_engine():
    from model_cache.checkpoint import read_checkpoint
    from model_cache.engine import Engine

    return Engine("bundled", read_checkpoint(ROOT / "model_cache" / "bundled"))


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def serve(log: Path, **environment: str) -> Iterator[str]:
    """Run the app in a process of its own; yield its URL while it answers."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for_health(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait()


def wait_for_health(url: str, process: subprocess.Popen, log: Path) -> None:
    import time

    end = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=5).read()
            return
        except urllib.error.URLError:
            time.sleep(0.1)  # between two looks at the condition awaited
    raise RuntimeError(f"The page did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def nowhere(tmp_path_factory) -> dict[str, str]:
    """An environment with an empty model cache and a hub that refuses to connect."""
    return {
        "HF_HOME": str(tmp_path_factory.mktemp("hub-cache")),
        "HF_ENDPOINT": f"http://127.0.0.1:{free_port()}",
    }


@pytest.fixture(scope="session")
def served(tmp_path_factory, nowhere) -> Iterator[str]:
    """The URL of a page served on the bundled model alone."""
    yield from serve(tmp_path_factory.mktemp("server") / "log.txt", **nowhere)


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium of the system, for pages of any context."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium):
    """Make pages in fresh contexts that fail the test on an error in the console."""
    contexts, errors = [], []

    def make(**options):
        options = {"viewport": {"width": 1280, "height": 800}} | options
        contexts.append(chromium.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda said: errors.append(said.text) if said.type == "error" else None,
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert not errors, errors
