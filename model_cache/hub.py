"""Find models on this computer, and download those that are not.

    folder = find_local(model)           # None unless every needed file is there
    running = start_download(model)      # in the background, shared by all sessions
    folder = download(model, print)      # or wait for it, as mask.py does

The bundled model's files are always at hand. Others live in the Hugging Face
cache, at the catalog's pinned revision and no other. The transfer is download.py's
job, a program of its own; reading the files is checkpoint.py's.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import constants
from safetensors import SafetensorError, safe_open

from model_cache.catalog import Model
from model_cache.hashes import WEIGHTS

BUNDLED_FOLDER = Path(__file__).with_name("bundled")
TOKENIZER_FILES = ("tokenizer.json", "vocab.txt")  # one of them is enough
TOKENIZER_CONFIG = "tokenizer_config.json"
CONFIG = "config.json"

STALL_LIMIT = 8.0  # seconds of silence; people are promised an answer within 10
WATCH_INTERVAL = 0.1  # seconds between two looks at a running download
TRY_AGAIN = "start the download again"
GOES_ON = f"{TRY_AGAIN}, it goes on where it stopped"
CHILD_SETTINGS = {
    "HF_HUB_DISABLE_XET": "1",  # its partial files do not show how far they are
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_VERBOSITY": "error",  # not each attempt
    # Half of STALL_LIMIT: a connection that has died is tried once more.
    "HF_HUB_ETAG_TIMEOUT": "4",
    "HF_HUB_DOWNLOAD_TIMEOUT": "4",
}

logger = logging.getLogger(__name__)


class DownloadFailed(Exception):
    """str() is one sentence for the user: what happened, what to do next."""


@dataclass(frozen=True)
class Progress:
    """How much of the weights is here; the other files are next to nothing."""

    done: int  # bytes, those of an earlier attempt included
    total: int  # bytes
    speed: float  # bytes per second, over this attempt


def find_local(model: Model) -> Path | None:
    """Return the folder of a model that is complete on this computer, else None."""
    if model.is_bundled:
        return BUNDLED_FOLDER
    # Older programs, CS50's mask.py among them, ask for "bert-base-uncased"
    # without an owner, and the cache keeps that under a name of its own.
    folders = (snapshot_folder(repo, model.revision) for repo in (model.repo, model.id))
    return next(filter(_is_complete, folders), None)


def repo_folder(repo: str) -> Path:
    """Return a repo's place in the cache, whose layout is documented."""
    # The library's functions for this take 0.1 s to import, before the first page.
    return Path(constants.HF_HUB_CACHE) / f"models--{repo.replace('/', '--')}"


def snapshot_folder(repo: str, revision: str) -> Path:
    return repo_folder(repo) / "snapshots" / revision


def _is_complete(folder: Path) -> bool:
    configs = [CONFIG, TOKENIZER_CONFIG]
    # The library notes what a repo lacks. Not knowing that, do without nothing: a
    # cased model without its tokenizer's settings would read in lower case.
    if (folder.parents[1] / ".no_exist" / folder.name / TOKENIZER_CONFIG).exists():
        configs.remove(TOKENIZER_CONFIG)
    try:
        for name in configs:
            json.loads((folder / name).read_bytes())
        with safe_open(folder / WEIGHTS, framework="numpy"):
            pass  # refuses a file that is not as long as its own header says
    except (OSError, ValueError, SafetensorError):
        return False  # missing, unreadable or not what it should be
    return any((folder / name).is_file() for name in TOKENIZER_FILES)


class Download:
    """One download of one model, in the background; safe to use from any thread.

    It ends in exactly one of three ways: `folder`, `error` or `is_cancelled`.
    """

    def __init__(self, model: Model):
        self.model = model
        self.folder: Path | None = None
        self.error: str | None = None  # one sentence for the user
        self.is_cancelled = False
        self.progress = Progress(0, model.megabytes * 1_000_000, 0.0)
        self._lock = threading.Lock()
        self._finished = threading.Event()
        self._child: subprocess.Popen[str] | None = None
        self._alive_at = time.monotonic()

    def start(self) -> "Download":
        # Daemons: a program that wants to end is not held up.
        for job in (self._work, self._watch):
            threading.Thread(target=job, daemon=True).start()
        return self

    @property
    def is_running(self) -> bool:
        return not self._finished.is_set()

    def cancel(self) -> None:
        """Stop now; what has arrived is kept and resumed by the next download."""
        self._finish(is_cancelled=True)

    def wait(self, timeout: float | None = None) -> bool:
        """Return True once the download has ended, False if timeout came first."""
        return self._finished.wait(timeout)

    def _work(self) -> None:
        try:
            folder = find_local(self.model) or self._fetch()
        except Exception:  # never leave a page waiting
            logger.exception("The download of %s failed", self.model.id)
            folder = None
        unforeseen = (
            f"The download of {self.model.id} ended for an unforeseen reason; see the "
            f"program's log, then {TRY_AGAIN}."
        )
        self._finish(folder, error=None if folder else unforeseen)

    def _fetch(self) -> Path | None:
        """Run download.py to its end; return the folder if the model is there then."""
        with self._lock:
            if not self.is_running:  # cancelled before it began
                return None
            self._child = _start_child(self.model)
        with self._child as child:
            for line in child.stdout or ():
                if line.startswith("{"):
                    self._hear(json.loads(line))
                else:  # the library's words, or a traceback
                    logger.warning("Download of %s: %s", self.model.id, line.rstrip())
        return find_local(self.model)

    def _hear(self, message: dict[str, Any]) -> None:
        if "failed" in message:
            self._finish(error=message["failed"])
        else:
            self.progress = Progress(**message)
            self._alive_at = time.monotonic()

    def _watch(self) -> None:
        """End a download whose hub has gone silent, even inside a name look-up."""
        while not self._finished.wait(WATCH_INTERVAL):
            if time.monotonic() - self._alive_at > STALL_LIMIT:
                done, total = self.progress.done / 1e6, self.progress.total / 1e6
                again = GOES_ON if done else TRY_AGAIN
                self._finish(
                    error=f"The model hub did not answer for {STALL_LIMIT:g} seconds, "
                    f"at {done:.1f} of {total:.1f} MB of {self.model.id}; check the "
                    f"network connection, then {again}."
                )

    def _finish(
        self,
        folder: Path | None = None,
        error: str | None = None,
        is_cancelled: bool = False,
    ) -> None:
        with self._lock:  # the first end counts, later ones are echoes of it
            if not self._finished.is_set():
                self.folder, self.error = folder, error
                self.is_cancelled = is_cancelled
                self._finished.set()
        if self._child:
            self._child.kill()


# One download of a model for the whole process, however many sessions ask.
_registry_lock = threading.Lock()
_downloads: dict[Model, Download] = {}


def download_of(model: Model) -> Download | None:
    """Return the model's running or latest download, if there was one."""
    with _registry_lock:
        return _downloads.get(model)


def start_download(model: Model) -> Download:
    """Join the model's running download, or start one."""
    with _registry_lock:
        running = _downloads.get(model)
        if running is None or not running.is_running:
            running = _downloads[model] = Download(model).start()
        return running


def download(
    model: Model, on_progress: Callable[[Progress], object] | None = None
) -> Path:
    """Return the model's folder, downloading it first where it is not local.

    Calls on_progress about ten times a second. Raises DownloadFailed.
    """
    running = start_download(model)
    try:
        while not running.wait(WATCH_INTERVAL):
            if on_progress:
                on_progress(running.progress)
    except BaseException:  # Ctrl-C above all
        running.cancel()
        raise
    if on_progress and running.progress.done:
        on_progress(running.progress)  # so that a bar ends full
    if running.folder:
        return running.folder
    raise DownloadFailed(running.error or f"The download of {model.id} was cancelled.")


def _start_child(model: Model) -> subprocess.Popen[str]:
    # Absolute, since the child works in another folder.
    cache = {"HF_HUB_CACHE": os.path.abspath(constants.HF_HUB_CACHE)}
    return subprocess.Popen(
        [sys.executable, "-m", "model_cache.download", model.id],
        cwd=Path(__file__).parents[1],
        env=os.environ | CHILD_SETTINGS | cache,
        stdin=subprocess.PIPE,  # its end tells the child that we ended
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # Ctrl-C reaches it through us, and leaves no traceback
    )
