"""Fetch one model's files from the model hub into the Hugging Face cache.

    python -m model_cache.download bert-base-uncased

The transfer is huggingface_hub's, in a process of its own that hub.py starts: the
library can block or retry for minutes, and a process can be killed at any time.
That frees its locks and keeps what has arrived, to be resumed. Each line of output
is JSON: {"done": bytes, "total": bytes}, or {"failed": "One sentence."}.
"""

import errno
import hashlib
import json
import os
import shutil
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from urllib.parse import urlsplit

import huggingface_hub
import requests
from huggingface_hub import constants
from huggingface_hub.errors import FileMetadataError
from requests.exceptions import ChunkedEncodingError

from model_cache import hub
from model_cache.catalog import Model, find_model

# The library writes 10 MB at a time; a slow line would seem silent for as long.
CHUNK = 64 * 1024  # bytes
HASH_CHUNK = 16 * 1024 * 1024  # bytes, between two signs of life
GROWTH_INTERVAL = 0.25  # seconds between two looks at the growing file

ASK_OPERATOR = "ask whoever set this up to check model_cache/catalog.toml"
REFUSED = "The model hub refused access ({status}) to {model.id}; " + ASK_OPERATOR
NO_ROOM = f"Not enough disk space for {{model.id}}; make room, then {hub.TRY_AGAIN}"
STATUS_SENTENCES = {
    401: f"{REFUSED} and the access token (HF_TOKEN)",
    403: f"{REFUSED} and the access token (HF_TOKEN)",
    404: f"The model hub answered 'not found' (404) for {{model.id}}; {ASK_OPERATOR}",
    429: "The model hub is busy and asks to wait (429); try again in a few minutes",
    500: "The model hub has a fault of its own ({status}); try again in a few minutes",
}
OTHER_STATUS = f"The model hub answered {{status}} for {{model.id}}; {ASK_OPERATOR}"
DISK_SENTENCES = {errno.ENOSPC: NO_ROOM, errno.EDQUOT: NO_ROOM}
OTHER_SENTENCES = {  # the first kind that fits
    ChunkedEncodingError: "The connection broke off while {model.id} arrived; "
    f"{hub.GOES_ON}",
    requests.RequestException: "The model hub at {host} cannot be reached; check the "
    f"network connection, then {hub.TRY_AGAIN}",
    FileMetadataError: "What answers at {host} does not answer like a model hub; check "
    f"for a login page or proxy of your network, then {hub.TRY_AGAIN}",
    OSError: "Cannot write to the model cache {cache} ({cause.strerror}); make it "
    "writable or set HF_HOME to a folder that is",
}


class ToldAtOnce(Exception):
    """Hides its cause from the library, which would retry it for half a minute."""


class Session(requests.Session):
    def send(self, request, **options):
        try:
            response = super().send(request, **options)
            if response.status_code >= 500:
                response.raise_for_status()
        except requests.Timeout:
            raise  # worth another try; hub.py ends the wait
        except (requests.ConnectionError, requests.HTTPError) as error:
            raise ToldAtOnce from error
        return response


def main(model_id: str) -> int:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    constants.DOWNLOAD_CHUNK_SIZE = CHUNK
    huggingface_hub.configure_http_backend(Session)
    model = find_model(model_id)
    try:
        _fetch_model(model)
    except Exception as error:
        _tell(failed=_sentence(model, error))
        return 1
    return 0


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # returns when hub.py's end of the pipe has gone
    os._exit(1)


def _tell(**message) -> None:
    print(json.dumps(message), flush=True)


def _fetch_model(model: Model) -> None:
    if constants.HF_HUB_OFFLINE:  # only the library's own sessions mind it
        raise hub.DownloadFailed(
            f"HF_HUB_OFFLINE forbids downloads, and {model.id} is not on this "
            f"computer; unset it, then {hub.TRY_AGAIN}."
        )
    url = huggingface_hub.hf_hub_url(model.repo, hub.WEIGHTS, revision=model.revision)
    weights = huggingface_hub.get_hf_file_metadata(
        url, timeout=constants.HF_HUB_ETAG_TIMEOUT
    )
    if weights.commit_hash != model.revision or not weights.size or not weights.etag:
        raise FileMetadataError
    # Without its configuration a model counts as absent. Fetched last, it keeps
    # weights from being used before their sum is checked.
    (hub.snapshot_folder(model.repo, model.revision) / hub.CONFIG).unlink(True)
    _fetch_weights(model, weights.etag, weights.size)
    for name in hub.TOKENIZER_FILES:
        _fetch_if_there(model, name)
    _fetch(model, hub.CONFIG, force_download=True)


def _fetch(model: Model, name: str, **options) -> Path:
    path = huggingface_hub.hf_hub_download(
        model.repo, name, revision=model.revision, **options
    )
    return Path(path)


def _fetch_if_there(model: Model, name: str) -> None:
    """Fetch a small file, a damaged one anew, unless the repo has no such file."""
    try:
        _fetch(model, name, force_download=True)
    except (requests.HTTPError, ValueError) as error:
        if _status(error) != 404:
            raise


def _fetch_weights(model: Model, sha256: str, size: int) -> None:
    """Fetch what is missing of the weights, and check the sum of all in any case."""
    link = hub.snapshot_folder(model.repo, model.revision) / hub.WEIGHTS
    blob = hub.repo_folder(model.repo) / "blobs" / sha256
    partial = blob.with_name(f"{sha256}.incomplete")
    blob.parent.mkdir(parents=True, exist_ok=True)
    missing = 0 if blob.exists() else size - _bytes_in(partial)
    if missing > shutil.disk_usage(blob.parent).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    try:
        _receive(model, partial, size)
        if _sha256(link, size) == sha256:
            return
    except OSError as error:
        if error.errno in DISK_SENTENCES:
            # That hurts everything on this computer: give back what was taken.
            partial.unlink()
        # Not the promised length, or (416) more here than the hub has?
        if "Consistency check" not in str(error) and _status(error) != 416:
            raise
    for path in (link, blob, partial):
        path.unlink(missing_ok=True)
    raise hub.DownloadFailed(
        f"A file of {model.id} ({hub.WEIGHTS}) was damaged on the way and has been "
        f"deleted; {hub.TRY_AGAIN}."
    )


def _receive(model: Model, partial: Path, size: int) -> None:
    """Fetch the weights, over as many connections as bring something."""
    with ThreadPoolExecutor() as pool:
        while True:
            before = _bytes_in(partial)
            fetching = pool.submit(_fetch, model, hub.WEIGHTS)
            while not wait([fetching], GROWTH_INTERVAL).done:
                _tell(done=_bytes_in(partial), total=size)
            try:
                fetching.result()
                return
            except ChunkedEncodingError:  # cut off
                if _bytes_in(partial) <= before:
                    raise


def _sha256(path: Path, size: int) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(HASH_CHUNK):
            digest.update(chunk)
            _tell(done=size, total=size, checked=stream.tell())
    return digest.hexdigest()


def _bytes_in(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _sentence(model: Model, error: Exception) -> str:
    """Return what happened and what to do next; raises what nobody foresaw."""
    if isinstance(error, hub.DownloadFailed):
        return str(error)
    cause, status = _root(error), _status(error)
    if status:
        text = STATUS_SENTENCES.get(min(status, 500), OTHER_STATUS)
    elif isinstance(cause, OSError) and cause.errno in DISK_SENTENCES:
        text = DISK_SENTENCES[cause.errno]
    else:
        kinds = (kind for kind in OTHER_SENTENCES if isinstance(cause, kind))
        if not (kind := next(kinds, None)):
            raise error
        text = OTHER_SENTENCES[kind]
    # Not netloc: that could hold a password.
    host = urlsplit(constants.ENDPOINT).hostname
    known = {"model": model, "status": status, "host": host, "cause": cause}
    return text.format(**known, cache=constants.HF_HUB_CACHE) + "."


def _status(error: BaseException) -> int | None:
    cause = _root(error)
    return cause.response.status_code if isinstance(cause, requests.HTTPError) else None


def _root(error: BaseException) -> BaseException:
    """Return what lies under the library's own, more general errors."""
    while error.__cause__:
        error = error.__cause__
    return error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
