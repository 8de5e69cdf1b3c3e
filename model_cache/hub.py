"""Find models on this computer, and download those that are not.

    folder = find_local(model)           # None unless every needed file is there
    running = start_download(model)      # in the background, shared by all sessions
    folder = download(model, print)      # or wait for it, as mask.py does

The bundled model's files are always at hand. Others live in the Hugging Face
cache, at the catalog's pinned revision and no other. The transfer of the files
is in download.py; reading them is checkpoint.py's job.
"""

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from model_cache.catalog import Model
from model_cache.download import (
    CONFIG,
    GIT_SHA1_PATTERN,
    TOKENIZER_CONFIG,
    TOKENIZER_FILES,
    WEIGHTS,
    DownloadFailed,
    Progress,
    Stopped,
    Transfer,
    fetch_model,
    is_whole,
    silence_sentence,
    snapshot_folder,
)

__all__ = [
    "BUNDLED_FOLDER",
    "Download",
    "DownloadFailed",
    "Progress",
    "download",
    "download_of",
    "find_local",
    "start_download",
]

BUNDLED_FOLDER = Path(__file__).with_name("bundled")
WATCH_INTERVAL = 0.1  # seconds between two looks at a running transfer
MAX_HEADER = 10_000_000  # bytes; BERT's is about 30 kB

logger = logging.getLogger(__name__)


def find_local(model: Model) -> Path | None:
    """Return the folder of a model that is complete on this computer, else None."""
    return next(filter(_is_complete, _folders(model)), None)


class Download:
    """One download of one model, in the background; safe to use from any thread.

    It ends in exactly one of three ways: `folder`, `error` or `is_cancelled`.
    """

    def __init__(self, model: Model):
        self.model = model
        self._lock = threading.Lock()
        self._finished = threading.Event()
        self._is_started = False
        self._is_cancelled = False
        self._folder: Path | None = None
        self._error: str | None = None
        self._transfer = Transfer(model.megabytes * 1_000_000)

    def start(self) -> "Download":
        with self._lock:
            if self._is_started:
                return self
            self._is_started = True
        # Daemons: a program that wants to end is not held up. What has arrived
        # stays on disk and is resumed next time.
        name = f"download {self.model.id}"
        for job in (self._work, self._watch):
            threading.Thread(target=job, name=name, daemon=True).start()
        return self

    @property
    def progress(self) -> Progress:
        return self._transfer.progress

    @property
    def is_running(self) -> bool:
        return self._is_started and not self._finished.is_set()

    @property
    def is_cancelled(self) -> bool:
        return self._is_cancelled

    @property
    def error(self) -> str | None:
        """One sentence for the user, once the download has failed."""
        return self._error

    @property
    def folder(self) -> Path | None:
        """The model's folder, once the download has succeeded."""
        return self._folder

    def cancel(self) -> None:
        """Stop now; what has arrived is kept and resumed by the next download."""
        self._finish(is_cancelled=True)
        self._transfer.stop()

    def wait(self, timeout: float | None = None) -> bool:
        """Return True once the download has ended, False if timeout came first."""
        return self._finished.wait(timeout)

    def _work(self) -> None:
        try:
            folder = find_local(self.model) or fetch_model(self.model, self._transfer)
            self._finish(folder=folder)
        except Stopped:
            pass  # whoever stopped the transfer has said why
        except DownloadFailed as error:
            self._finish(error=str(error))
        except Exception as error:
            # Never leave a page waiting, whatever happened.
            logger.exception("Download of %s failed", self.model.id)
            self._finish(
                error=f"The download of {self.model.id} failed for an unforeseen "
                f"reason ({type(error).__name__}); see the program's log."
            )

    def _watch(self) -> None:
        """End a download whose hub has gone silent, even inside a name look-up."""
        while not self._finished.wait(WATCH_INTERVAL):
            if self._transfer.has_stalled:
                self._finish(error=silence_sentence(self.model, self.progress))
                self._transfer.stop()

    def _finish(
        self,
        folder: Path | None = None,
        error: str | None = None,
        is_cancelled: bool = False,
    ) -> None:
        with self._lock:  # the first end counts, later ones are echoes of it
            if not self._finished.is_set():
                self._folder = folder
                self._error = error
                self._is_cancelled = is_cancelled
                self._finished.set()


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


def _folders(model: Model) -> list[Path]:
    """Return where the model may be, in the order to look."""
    if model.is_bundled:
        return [BUNDLED_FOLDER]
    # Older programs, CS50's mask.py among them, ask for "bert-base-uncased"
    # without an owner, and the cache keeps that under a name of its own.
    repos = dict.fromkeys([model.repo, model.id])
    return [snapshot_folder(repo, model.revision) for repo in repos]


def _is_complete(folder: Path) -> bool:
    try:
        tokenizers = [name for name in TOKENIZER_FILES if (folder / name).exists()]
        small_files = [CONFIG, *tokenizers]
        # Without it a cased model would read its sentences in lower case.
        if not _repo_lacks(folder, TOKENIZER_CONFIG):
            small_files.append(TOKENIZER_CONFIG)
        are_sound = all(_is_sound(folder / name) for name in small_files)
        return bool(tokenizers) and are_sound and _has_full_length(folder / WEIGHTS)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False  # missing, unreadable or not what it should be


def _repo_lacks(folder: Path, name: str) -> bool:
    """True if an earlier look at the hub found that the repo has no such file."""
    repo = folder.parents[1]
    return (repo / ".no_exist" / folder.name / name).exists()


def _is_sound(path: Path) -> bool:
    """True unless the small file is empty, cut short or not what its name says."""
    if path.stat().st_size == 0:
        return False
    if path.name.endswith("config.json"):
        json.loads(path.read_bytes())
    # The cache links a small file to a name that is git's sum of its content.
    name = path.resolve().name
    return not GIT_SHA1_PATTERN.fullmatch(name) or is_whole(path, name)


def _has_full_length(weights: Path) -> bool:
    """True if a safetensors file is as long as its own header says."""
    with weights.open("rb") as stream:
        header_size = int.from_bytes(stream.read(8), "little")
        if header_size > MAX_HEADER:
            return False
        header = json.loads(stream.read(header_size))
    header.pop("__metadata__", None)
    end = max(tensor["data_offsets"][1] for tensor in header.values())
    return weights.stat().st_size == 8 + header_size + end
