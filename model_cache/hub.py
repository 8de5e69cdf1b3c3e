"""Find models on this computer, and download those that are not.

    folder = find_local(model)           # None unless every needed file is there
    running = start_download(model)      # in the background, shared by all sessions
    folder = download(model, print)      # or wait for it, as mask.py does

The bundled model's files are always at hand. Others live in the Hugging Face
cache, at the catalog's pinned revision and no other. The transfer of the files
is in download.py, a program of its own; reading them is checkpoint.py's job.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import constants
from safetensors import SafetensorError, safe_open

from model_cache.catalog import Model

BUNDLED_FOLDER = Path(__file__).with_name("bundled")
PROJECT = Path(__file__).parents[1]

WEIGHTS = "model.safetensors"
TOKENIZER_FILES = ("tokenizer.json", "vocab.txt")  # one of them is enough
TOKENIZER_CONFIG = "tokenizer_config.json"
CONFIG = "config.json"

STALL_LIMIT = 8.0  # seconds of silence; people are promised an answer within 10
WATCH_INTERVAL = 0.1  # seconds between two looks at a running transfer
SPEED_SAMPLES = 12  # download.py's reports of about 3 seconds
CHILD_SETTINGS = {
    # Its partial files are not where the progress is read from.
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    # Half of STALL_LIMIT: a connection that has died is tried once more.
    "HF_HUB_ETAG_TIMEOUT": "4",
    "HF_HUB_DOWNLOAD_TIMEOUT": "4",
    # Its standard error is read at the end, so it must fit into a pipe.
    "HF_HUB_VERBOSITY": "error",
}
TRY_AGAIN = "start the download again"
GOES_ON = f"{TRY_AGAIN}, it goes on where it stopped"

logger = logging.getLogger(__name__)


class DownloadFailed(Exception):
    """str() is one sentence for the user: what happened, what to do next."""


@dataclass(frozen=True)
class Progress:
    """How much of the weights is here; the other files are next to nothing."""

    done: int  # bytes, those of an earlier attempt included
    total: int  # bytes
    speed: float  # bytes per second, over the last few seconds


# Finding


def find_local(model: Model) -> Path | None:
    """Return the folder of a model that is complete on this computer, else None."""
    if model.is_bundled:
        return BUNDLED_FOLDER
    # Older programs, CS50's mask.py among them, ask for "bert-base-uncased"
    # without an owner, and the cache keeps that under a name of its own.
    for repo in (model.repo, model.id):
        folder = snapshot_folder(repo, model.revision)
        if folder.is_dir() and _is_complete(folder):
            return folder
    return None


def repo_folder(repo: str) -> Path:
    """Return a repo's place in the cache, by the cache's documented layout."""
    # huggingface_hub's own functions for this take 0.1 s to import, and the page
    # asks before it has painted anything.
    return Path(constants.HF_HUB_CACHE) / f"models--{repo.replace('/', '--')}"


def snapshot_folder(repo: str, revision: str) -> Path:
    return repo_folder(repo) / "snapshots" / revision


def _is_complete(folder: Path) -> bool:
    needed = [CONFIG]
    # Without it a cased model would read its sentences in lower case.
    if not _repo_lacks(folder, TOKENIZER_CONFIG):
        needed.append(TOKENIZER_CONFIG)
    try:
        for name in needed:
            json.loads((folder / name).read_bytes())
        with safe_open(folder / WEIGHTS, framework="numpy"):
            pass  # refuses a file that is not as long as its own header says
    except (OSError, ValueError, SafetensorError):
        return False  # missing, unreadable or not what it should be
    return any((folder / name).is_file() for name in TOKENIZER_FILES)


def _repo_lacks(folder: Path, name: str) -> bool:
    """True if an earlier look at the hub found that the repo has no such file."""
    repo = folder.parents[1]
    return (repo / ".no_exist" / folder.name / name).exists()


# Downloading


class Download:
    """One download of one model, in the background; safe to use from any thread.

    It ends in exactly one of three ways: `folder`, `error` or `is_cancelled`.
    """

    def __init__(self, model: Model):
        self.model = model
        self.folder: Path | None = None
        self.error: str | None = None  # one sentence for the user
        self.is_cancelled = False
        self._lock = threading.Lock()
        self._finished = threading.Event()
        self._child: subprocess.Popen | None = None
        self._heard = time.monotonic()  # when there was the last sign of life
        self._total = model.megabytes * 1_000_000
        self._samples: deque[tuple[float, int]] = deque(maxlen=SPEED_SAMPLES)

    def start(self) -> "Download":
        # Daemons: a program that wants to end is not held up.
        for job in (self._work, self._watch):
            threading.Thread(target=job, daemon=True).start()
        return self

    @property
    def progress(self) -> Progress:
        with self._lock:
            if not self._samples:
                return Progress(0, self._total, 0.0)
            (then, before), (_, done) = self._samples[0], self._samples[-1]
            seconds = max(time.monotonic() - then, WATCH_INTERVAL)
            return Progress(done, self._total, max(done - before, 0) / seconds)

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
            self._finish(folder=find_local(self.model) or self._fetch())
        except DownloadFailed as error:
            self._finish(error=str(error))
        except Exception:
            # Never leave a page waiting, whatever happened.
            logger.exception("The download of %s failed", self.model.id)
            self._finish(error=_unforeseen(self.model))

    def _fetch(self) -> Path | None:
        with self._lock:
            if self._finished.is_set():  # cancelled before it began
                return None
            self._child = _start_child(self.model)
        with self._child as child:
            for line in child.stdout:
                self._hear(json.loads(line))
            said = child.stderr.read()
        folder = find_local(self.model)
        if child.returncode or folder is None:
            if not self._finished.is_set():
                logger.error("%s ended with %s: %s", child.args, child.returncode, said)
            raise DownloadFailed(_unforeseen(self.model))
        return folder

    def _hear(self, message: dict) -> None:
        if "failed" in message:
            raise DownloadFailed(message["failed"])
        with self._lock:
            self._heard = time.monotonic()
            self._total = message["total"]
            self._samples.append((self._heard, message["done"]))

    def _watch(self) -> None:
        """End a download whose hub has gone silent, even inside a name look-up."""
        while not self._finished.wait(WATCH_INTERVAL):
            if time.monotonic() - self._heard > STALL_LIMIT:
                self._finish(error=_silence(self.model, self.progress))

    def _finish(
        self,
        folder: Path | None = None,
        error: str | None = None,
        is_cancelled: bool = False,
    ) -> None:
        with self._lock:  # the first end counts, later ones are echoes of it
            if self._finished.is_set():
                return
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
    model: Model, on_progress: Callable[[Progress], None] | None = None
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


def _start_child(model: Model) -> subprocess.Popen:
    # Absolute, since the child works in another folder.
    cache = {"HF_HUB_CACHE": os.path.abspath(constants.HF_HUB_CACHE)}
    return subprocess.Popen(
        [sys.executable, "-m", "model_cache.download", model.id],
        cwd=PROJECT,
        env=os.environ | CHILD_SETTINGS | cache,
        stdin=subprocess.PIPE,  # never written to: its end tells the child of ours
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# What to say


def megabytes(n_bytes: int) -> str:
    amount = n_bytes / 1_000_000
    return f"{amount:.1f}" if amount < 10 else f"{amount:.0f}"


def _silence(model: Model, progress: Progress) -> str:
    if progress.done:
        return (
            f"The model hub fell silent for {STALL_LIMIT:g} seconds at "
            f"{megabytes(progress.done)} of {megabytes(progress.total)} MB of "
            f"{model.id}; {GOES_ON}."
        )
    return (
        f"The model hub did not answer for {STALL_LIMIT:g} seconds; check the "
        f"network connection, then {TRY_AGAIN}."
    )


def _unforeseen(model: Model) -> str:
    return (
        f"The download of {model.id} ended for an unforeseen reason; see the "
        f"program's log, then {TRY_AGAIN}."
    )
