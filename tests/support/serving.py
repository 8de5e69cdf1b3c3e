"""Serve the page in a process of its own, for browser tests and benchmarks."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_SH, LOCK_UN, flock
from pathlib import Path

ROOT = Path(__file__).parents[2]
STARTED_WITHIN = 120  # seconds; a busy machine starts slowly
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
def serve(
    log: Path, app: Path = Path("app.py"), root: Path = ROOT, **environment: str
) -> Iterator[Server]:
    """Run the app; yield it once it answers.

    root: the folder whose settings hold, and that a relative path begins in.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(app)]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=root,
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


@contextmanager
def serve_together(folder: Path, **environment: str) -> Iterator[str]:
    """Yield the URL of one server for all processes that name the same folder.

    Who comes first starts it, and ends it once nobody uses it any more.
    """
    folder.mkdir(exist_ok=True)
    address = folder / "url.txt"
    with (folder / "door").open("w") as door, (folder / "room").open("w") as room:
        flock(door, LOCK_EX)  # until the server stands, others wait outside
        if address.exists():
            flock(room, LOCK_SH)
            flock(door, LOCK_UN)
            yield address.read_text()
            return
        with serve(folder / "log.txt", **environment) as server:
            address.write_text(server.url)
            flock(door, LOCK_UN)
            yield server.url
            flock(door, LOCK_EX)
            flock(room, LOCK_EX)  # once all have left
            address.unlink()


def _wait_for_health(server: Server, process: subprocess.Popen) -> None:
    end = time.monotonic() + STARTED_WITHIN
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5).read()
            return
        except OSError:  # refused, or no answer in time
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
