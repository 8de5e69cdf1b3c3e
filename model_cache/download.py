"""Fetch one model's files from the model hub into the Hugging Face cache.

Folders, names and locks are those of huggingface_hub, so other programs find
and share the files. The transfer itself is our own: `hf_hub_download` retries
for minutes, cannot be stopped, and puts weights in place before their sum is
checked. Who may start and watch a transfer is hub.py's job.
"""

import errno
import hashlib
import importlib
import os
import re
import shutil
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from model_cache.catalog import Model

WEIGHTS = "model.safetensors"
TOKENIZER_FILES = ("tokenizer.json", "vocab.txt")  # one of them is enough
TOKENIZER_CONFIG = "tokenizer_config.json"
CONFIG = "config.json"
# In this order: the configuration comes last, so a download that broke off
# never looks complete, neither to us nor to other programs.
FILES = (WEIGHTS, *TOKENIZER_FILES, TOKENIZER_CONFIG, CONFIG)
OPTIONAL_FILES = (*TOKENIZER_FILES, TOKENIZER_CONFIG)

DEFAULT_ENDPOINT = "https://huggingface.co"
STALL_LIMIT = 8.0  # seconds of silence; people are promised an answer within 10
# Sockets give up a little later than the watcher of a transfer, which has the
# better sentence; this only ends the thread that waits on them.
SOCKET_SLACK = 1.0  # seconds
# A cancelled download can hold its lock until its socket gives up; outwait that.
LOCK_SLACK = SOCKET_SLACK + 1.0  # seconds
CHUNK = 16 * 1024  # bytes; a chunk in STALL_LIMIT means 2 kB/s still counts as alive
LOCK_WAIT = 0.1  # seconds between two looks at a lock that another holds
HASH_CHUNK = 1024 * 1024  # bytes
SPEED_WINDOW = 3.0  # seconds
SPEED_STEP = 0.1  # seconds between two samples, or fast lines would make thousands
MAX_REDIRECTS = 5
MEGABYTE = 1_000_000

# What the hub calls a file's etag: SHA-256 of large files, git's SHA-1 of small
# ones. It becomes a file name, so nothing else is let through.
SHA256_PATTERN = re.compile(r"[0-9a-f]{64}")
GIT_SHA1_PATTERN = re.compile(r"[0-9a-f]{40}")

TRY_AGAIN = "start the download again"
GOES_ON = f"{TRY_AGAIN}, it goes on where it stopped"
ASK_OPERATOR = "ask whoever set this up to check model_cache/catalog.toml"


class DownloadFailed(Exception):
    """str() is one sentence for the user: what happened, what to do next."""


class Stopped(Exception):
    """The transfer was told to stop; there is nobody left to tell."""


@dataclass(frozen=True)
class Progress:
    done: int  # bytes, those of an earlier attempt included
    total: int  # bytes
    speed: float  # bytes per second, over the last few seconds


@dataclass(frozen=True)
class RemoteFile:
    name: str
    url: str
    size: int  # bytes
    checksum: str  # SHA-256, or git's SHA-1: see is_whole


class Transfer:
    """What a running transfer shows to other threads, and how they stop it."""

    def __init__(self, expected_bytes: int):
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._response = None  # the one being read
        self._listening_since: float | None = None
        self._total = expected_bytes
        self._settled = 0  # bytes of files that are complete
        self._current = 0  # bytes of the file at hand
        self._received = 0  # bytes that came over the line
        self._samples = deque([(time.monotonic(), 0)])  # of _received

    @property
    def progress(self) -> Progress:
        with self._lock:
            self._drop_old_samples()
            then, received = self._samples[0]
            seconds = time.monotonic() - then
            speed = (self._received - received) / seconds if seconds > 0 else 0.0
            done = min(self._settled + self._current, self._total)
            return Progress(done, self._total, speed)

    @property
    def has_stalled(self) -> bool:
        """True if the hub owes a sign of life for longer than STALL_LIMIT."""
        with self._lock:
            since = self._listening_since
            return since is not None and time.monotonic() - since > STALL_LIMIT

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    def stop(self) -> None:
        """End the transfer at its next step, and a read that blocks at once."""
        with self._lock:
            self._stopped.set()
            response = self._response
        if response is not None:
            # Nothing to shut down when the body has just been read to its end.
            with suppress(AttributeError, OSError, RuntimeError, ValueError):
                response.raw.shutdown()

    def check(self) -> None:
        if self.is_stopped:
            raise Stopped

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Count silence from here on; disk work outside may take its time."""
        self.check()
        self._hear()
        try:
            yield
        finally:
            with self._lock:
                self._listening_since = None
                self._response = None

    def attach(self, response) -> None:
        with self._lock:
            self._response = response
        self.check()  # stop() may have come before there was a response to end
        self._hear()

    def expect(self, total: int) -> None:
        with self._lock:
            self._total = total

    def resume_at(self, offset: int) -> None:
        with self._lock:
            self._current = offset

    def receive(self, n_bytes: int) -> None:
        self.check()
        self._hear()
        with self._lock:
            self._current += n_bytes
            self._received += n_bytes
            if time.monotonic() - self._samples[-1][0] >= SPEED_STEP:
                self._drop_old_samples()
                self._samples.append((time.monotonic(), self._received))

    def settle(self, n_bytes: int) -> None:
        with self._lock:
            self._settled += n_bytes
            self._current = 0

    def _hear(self) -> None:
        with self._lock:
            self._listening_since = time.monotonic()

    def _drop_old_samples(self) -> None:
        oldest = time.monotonic() - SPEED_WINDOW
        while len(self._samples) > 1 and self._samples[0][0] < oldest:
            self._samples.popleft()


def cache_folder() -> Path:
    """Return the Hugging Face cache, from the environment as it is now."""
    # huggingface_hub reads these once, at import; a test or a deployment may
    # set them later, and importing it takes a while.
    for variable in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if os.environ.get(variable):
            return _expanded(os.environ[variable])
    if os.environ.get("HF_HOME"):
        return _expanded(os.environ["HF_HOME"]) / "hub"
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return _expanded(home) / "huggingface" / "hub"


def repo_folder(repo: str) -> Path:
    return cache_folder() / f"models--{repo.replace('/', '--')}"


def snapshot_folder(repo: str, revision: str) -> Path:
    return repo_folder(repo) / "snapshots" / revision


def is_whole(path: Path, checksum: str, transfer: Transfer | None = None) -> bool:
    """True if the file's content has this checksum (RemoteFile.checksum)."""
    if not path.is_file():
        return False
    if SHA256_PATTERN.fullmatch(checksum):
        digest = hashlib.sha256()
    else:
        size = path.stat().st_size
        digest = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with path.open("rb") as stream:
        while chunk := stream.read(HASH_CHUNK):
            if transfer:
                transfer.check()
            digest.update(chunk)
    return digest.hexdigest() == checksum


def fetch_model(model: Model, transfer: Transfer) -> Path:
    """Fetch what is still missing; return the folder with all of the files.

    Raises DownloadFailed, or Stopped after transfer.stop(). Each file is checked
    before it moves into place: a broken or false one is never there to be used.
    """
    if model.is_bundled:
        raise DownloadFailed(
            f"The files of {model.id} are incomplete; get this project's files again."
        )
    # Slow to import the first time; that is not to be taken for the hub's silence.
    importlib.import_module("huggingface_hub.utils")
    try:
        files = _remote_files(model, transfer)
        transfer.expect(sum(file.size for file in files))
        _require_disk_space(model, files)
    except OSError as error:
        raise _unwritable(error) from error
    for file in files:
        try:
            _fetch_file(model, file, transfer)
        except OSError as error:
            raise _disk_fault(model, file, error) from error
    return snapshot_folder(model.repo, model.revision)


def silence_sentence(model: Model, progress: Progress) -> str:
    if progress.done:
        return (
            f"The model hub fell silent for {STALL_LIMIT:g} seconds at "
            f"{_amount(progress)} of {model.id}; {GOES_ON}."
        )
    return (
        f"The model hub did not answer for {STALL_LIMIT:g} seconds; check the "
        f"network connection, then {TRY_AGAIN}."
    )


# Asking the hub


def _remote_files(model: Model, transfer: Transfer) -> list[RemoteFile]:
    """Return the needed files that the repo has, in the order of FILES."""
    found = []
    for name in FILES:
        file = _ask_for(model, name, transfer)
        if file is None:
            _remember_missing(model, name)
        else:
            found.append(file)
    if not any(file.name in TOKENIZER_FILES for file in found):
        raise DownloadFailed(
            f"The model hub has no tokenizer for {model.id}; {ASK_OPERATOR}."
        )
    return found


def _ask_for(model: Model, name: str, transfer: Transfer) -> RemoteFile | None:
    """Return what the hub says of the file; None if an optional one is not there."""
    url = f"{_endpoint()}/{model.repo}/resolve/{model.revision}/{name}"
    with transfer.listening():
        response = _head(model, url, transfer)
    if response.status_code == 404 and name in OPTIONAL_FILES:
        return None
    _require_success(model, response)
    headers = response.headers
    etag = headers.get("X-Linked-Etag") or headers.get("ETag") or ""
    checksum = etag.removeprefix("W/").strip('"')
    size = headers.get("X-Linked-Size") or headers.get("Content-Length") or ""
    commit = headers.get("X-Repo-Commit")
    # The weights' sum must be the strong one, and of the pinned commit.
    patterns = (
        [SHA256_PATTERN] if name == WEIGHTS else [SHA256_PATTERN, GIT_SHA1_PATTERN]
    )
    is_checkable = any(pattern.fullmatch(checksum) for pattern in patterns)
    if not (is_checkable and size.isdecimal() and commit == model.revision):
        raise DownloadFailed(
            f"What answers at {_host()} does not answer like a model hub; "
            "check for a login page or proxy of your network, "
            f"then {TRY_AGAIN}."
        )
    return RemoteFile(name, url, int(size), checksum)


def _head(model: Model, url: str, transfer: Transfer):
    """Return the hub's own answer, not that of the storage it may point to."""
    for _ in range(MAX_REDIRECTS):
        response = _request("HEAD", model, url, {}, allow_redirects=False)
        transfer.attach(response)
        target = response.headers.get("Location", "")
        # The storage (another host) does not know the checksum; the hub does.
        if not response.is_redirect or urlsplit(target).netloc:
            break
        url = urljoin(url, target)
    return response


def _request(method: str, model: Model, url: str, headers: dict, **options):
    """Return the hub's answer to one attempt; DownloadFailed without an answer."""
    import requests
    from huggingface_hub.errors import OfflineModeIsEnabled
    from huggingface_hub.utils import build_hf_headers, get_session

    headers = build_hf_headers() | headers | {"Accept-Encoding": "identity"}
    timeout = STALL_LIMIT + SOCKET_SLACK
    try:
        return get_session().request(
            method, url, headers=headers, timeout=timeout, **options
        )
    except OfflineModeIsEnabled as error:
        raise DownloadFailed(
            f"HF_HUB_OFFLINE forbids downloads, and {model.id} is not on this "
            f"computer; unset it, then {TRY_AGAIN}."
        ) from error
    except requests.exceptions.SSLError as error:
        raise DownloadFailed(
            f"No secure connection to {_host()} was possible; check this "
            f"computer's clock and your network's proxy, then {TRY_AGAIN}."
        ) from error
    except requests.RequestException as error:
        raise DownloadFailed(
            f"The model hub at {_host()} cannot be reached; check the network "
            f"connection, then {TRY_AGAIN}."
        ) from error


def _require_success(model: Model, response) -> None:
    status = response.status_code
    if status < 400:
        return
    if status == 404:
        raise DownloadFailed(
            f"The model hub answered 'not found' (404) for {model.id}; {ASK_OPERATOR}."
        )
    if status in (401, 403):
        raise DownloadFailed(
            f"The model hub refused access ({status}) to {model.id}; {ASK_OPERATOR} "
            "and the access token (HF_TOKEN)."
        )
    if status == 429:
        raise DownloadFailed(
            "The model hub is busy and asks to wait (429); try again in a few minutes."
        )
    if status >= 500:
        raise DownloadFailed(
            f"The model hub has a fault of its own ({status}); "
            "try again in a few minutes."
        )
    raise DownloadFailed(
        f"The model hub answered {status} for {model.id}, which was not expected; "
        f"{ASK_OPERATOR}."
    )


def _endpoint() -> str:
    return (os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")


def _host() -> str:
    endpoint = _endpoint()
    # Not netloc: that could hold a password.
    return urlsplit(endpoint).hostname or repr(endpoint)


# One file


def _fetch_file(model: Model, file: RemoteFile, transfer: Transfer) -> None:
    """Bring the file into the cache, unless it is there and whole already."""
    blob = _blob(model, file)
    pointer = snapshot_folder(model.repo, model.revision) / file.name
    blob.parent.mkdir(parents=True, exist_ok=True)
    pointer.parent.mkdir(parents=True, exist_ok=True)
    with _only_writer(model, file, transfer):
        if is_whole(pointer, file.checksum, transfer):
            transfer.settle(file.size)
            return
        if not is_whole(blob, file.checksum, transfer):
            blob.unlink(missing_ok=True)
            _receive(model, file, transfer)
            _put_in_place(model, file, transfer)
        _point(pointer, blob)
    transfer.settle(file.size)


def _blob(model: Model, file: RemoteFile) -> Path:
    return repo_folder(model.repo) / "blobs" / file.checksum


def _partial(model: Model, file: RemoteFile) -> Path:
    return repo_folder(model.repo) / "blobs" / f"{file.checksum}.incomplete"


def _receive(model: Model, file: RemoteFile, transfer: Transfer) -> None:
    """Append what is missing to the partial file; raises if the line breaks."""
    partial = _partial(model, file)
    offset = _bytes_in(partial)
    if offset >= file.size:
        # Full, or fuller than can be: the checksum will tell.
        transfer.resume_at(file.size)
        return
    import requests

    headers = {"Range": f"bytes={offset}-"} if offset else {}
    with transfer.listening():
        response = _request("GET", model, file.url, headers, stream=True)
        with response:
            transfer.attach(response)
            if response.status_code == 416:  # what is here cannot be continued
                raise _damaged(model, file)
            _require_success(model, response)
            # A hub without ranges starts over (200 instead of 206).
            offset = offset if response.status_code == 206 else 0
            _require_length(model, file, response, offset)
            transfer.resume_at(offset)
            try:
                _append(partial, offset, response, transfer)
            except requests.RequestException as error:
                raise _broke_off(model, transfer.progress) from error
    if _bytes_in(partial) < file.size:
        raise _broke_off(model, transfer.progress)


def _append(partial: Path, offset: int, response, transfer: Transfer) -> None:
    # Unbuffered: what was counted is on disk, and a full disk shows at once.
    with partial.open("ab" if offset else "wb", buffering=0) as stream:
        for chunk in response.iter_content(CHUNK):
            transfer.check()
            _write_all(stream, chunk)
            transfer.receive(len(chunk))


def _write_all(stream, chunk: bytes) -> None:
    """Write the chunk; an unbuffered write may stop short on a nearly full disk."""
    view = memoryview(chunk)
    while view:
        view = view[stream.write(view) :]


def _require_length(model: Model, file: RemoteFile, response, offset: int) -> None:
    """Raise at once if what is coming cannot be the file."""
    length = response.headers.get("Content-Length", "")
    if "Content-Encoding" in response.headers or not length.isdecimal():
        return
    if offset + int(length) != file.size:
        raise _damaged(model, file)


def _put_in_place(model: Model, file: RemoteFile, transfer: Transfer) -> None:
    """Move the received file to where programs look, if it is what was promised."""
    partial = _partial(model, file)
    if not is_whole(partial, file.checksum, transfer):
        raise _damaged(model, file)
    # Without this, a power cut can leave the right name on an empty file.
    with partial.open("rb+") as stream:
        os.fsync(stream.fileno())
    transfer.check()
    partial.replace(_blob(model, file))


def _damaged(model: Model, file: RemoteFile) -> DownloadFailed:
    """Delete what was received, since no resuming can mend it."""
    _partial(model, file).unlink(missing_ok=True)
    return DownloadFailed(
        f"A file of {model.id} ({file.name}) was damaged on the way and has "
        f"been deleted; {TRY_AGAIN}."
    )


def _broke_off(model: Model, progress: Progress) -> DownloadFailed:
    return DownloadFailed(
        f"The connection broke off at {_amount(progress)} of {model.id}; {GOES_ON}."
    )


def _point(pointer: Path, blob: Path) -> None:
    """Make the snapshot's file stand for the blob, replacing what was there."""
    # Written beside and moved: nobody ever sees the name without its content.
    beside = pointer.with_name(f".{pointer.name}.new")
    beside.unlink(missing_ok=True)
    try:
        beside.symlink_to(os.path.relpath(blob, pointer.parent))
    except OSError:
        # Windows without the right to link; huggingface_hub moves there too.
        blob.replace(pointer)
    else:
        beside.replace(pointer)


def _remember_missing(model: Model, name: str) -> None:
    marker = repo_folder(model.repo) / ".no_exist" / model.revision / name
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.touch()


@contextmanager
def _only_writer(model: Model, file: RemoteFile, transfer: Transfer) -> Iterator[None]:
    """Hold the file's lock; wait as long as another program makes headway."""
    folder = repo_folder(model.repo)
    lock = folder.parent / ".locks" / folder.name / f"{file.checksum}.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        size, since = -1, time.monotonic()
        while not _take(lock, held):
            transfer.check()
            new_size = _bytes_in(_partial(model, file))
            transfer.resume_at(new_size)
            if new_size != size:
                size, since = new_size, time.monotonic()
            elif time.monotonic() - since > STALL_LIMIT + LOCK_SLACK:
                raise DownloadFailed(
                    f"Another program is downloading {model.id} and has not moved on "
                    f"for {STALL_LIMIT + LOCK_SLACK:g} seconds; stop it, then "
                    f"{TRY_AGAIN}."
                )
        yield


def _take(lock: Path, held: ExitStack) -> bool:
    from filelock import Timeout
    from huggingface_hub.utils import WeakFileLock

    try:
        held.enter_context(WeakFileLock(lock, timeout=LOCK_WAIT))
    except Timeout:
        return False
    return True


# The disk


def _require_disk_space(model: Model, files: list[RemoteFile]) -> None:
    missing = sum(_missing_bytes(model, file) for file in files)
    free = _free_bytes()
    if missing > free:
        raise _disk_full(model, missing, free)


def _missing_bytes(model: Model, file: RemoteFile) -> int:
    if _bytes_in(_blob(model, file)) == file.size:
        return 0
    return max(file.size - _bytes_in(_partial(model, file)), 0)


def _free_bytes() -> int:
    folder = cache_folder()
    while not folder.exists():  # the cache may not have been made yet
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _disk_full(model: Model, missing: int, free: int) -> DownloadFailed:
    # A quota ends earlier than the disk, and then the free space says nothing.
    left = f"{_megabytes(free)} MB are free" if free < missing else "the quota is used"
    return DownloadFailed(
        f"Not enough disk space for {model.id}: it needs {_megabytes(missing)} MB, "
        f"{left}; make room, then {TRY_AGAIN}."
    )


def _disk_fault(model: Model, file: RemoteFile, error: OSError) -> DownloadFailed:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        # A full disk hurts everything on this computer: give back what we took.
        _partial(model, file).unlink(missing_ok=True)
        return _disk_full(model, _missing_bytes(model, file), _free_bytes())
    return _unwritable(error)


def _unwritable(error: OSError) -> DownloadFailed:
    reason = error.strerror or type(error).__name__
    return DownloadFailed(
        f"Cannot write to the model cache {cache_folder()} ({reason}); make it "
        "writable or set HF_HOME to a folder that is."
    )


def _bytes_in(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _expanded(path: str) -> Path:
    return Path(os.path.expandvars(os.path.expanduser(path)))


def _amount(progress: Progress) -> str:
    return f"{_megabytes(progress.done)} of {_megabytes(progress.total)} MB"


def _megabytes(n_bytes: int) -> str:
    megabytes = n_bytes / MEGABYTE
    return f"{megabytes:.1f}" if megabytes < 10 else f"{megabytes:.0f}"
