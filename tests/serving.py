"""Serve the page in a process of its own, for browser tests and benchmarks."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
STARTED_WITHIN = 60  # seconds; a busy machine starts slowly
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage"]


@dataclass(frozen=True)
class Server:
    url: str
    pid: int
    log: Path


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def serve(log: Path, **environment: str) -> Iterator[Server]:
    """Run the app; yield it once it answers."""
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
        server = Server(f"http://127.0.0.1:{port}", process.pid, log)
        try:
            _wait_for_health(server, process)
            yield server
        finally:
            process.terminate()
            process.wait()


def _wait_for_health(server: Server, process: subprocess.Popen) -> None:
    end = time.monotonic() + STARTED_WITHIN
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5).read()
            return
        except urllib.error.URLError:
            time.sleep(0.05)  # between two looks at the awaited condition
    raise RuntimeError(f"The page did not start:\n{server.log.read_text()}")


def chromium_path() -> str | None:
    """Return the system's Chromium; None lets Playwright look for its own."""
    # The shell has no window of its own to draw: a page takes a third less time.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, names)), None
    )


def alone(folder: Path) -> dict[str, str]:
    """Return an environment with no model in cache and a hub that refuses."""
    return {
        "HF_HOME": str(folder),
        "HF_HUB_CACHE": str(folder / "hub"),
        "HF_ENDPOINT": f"http://127.0.0.1:{free_port()}",
        "ATTENTION_MODEL": "",
    }
