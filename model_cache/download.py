"""Fetch one model's files from the model hub into the Hugging Face cache.

    python -m model_cache.download bert-base-uncased

The transfer is huggingface_hub's, in a process of its own that hub.py starts: the
library can block or retry for minutes, and a process can be killed at any time.
That frees its locks and keeps what has arrived, to be resumed. Each line of output
is JSON and a sign of life: Progress as hub.py has it, or {"failed": "A sentence."}.
"""

import errno
import hashlib
import http.client
import json
import os
import re
import shutil
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from huggingface_hub import (
    configure_http_backend,
    constants,
    get_hf_file_metadata,
    hf_hub_download,
    hf_hub_url,
)
from huggingface_hub.errors import FileMetadataError
from requests.exceptions import ChunkedEncodingError

from model_cache import hub
from model_cache.catalog import Model, find_model
from model_cache.hashes import WEIGHTS

# The library writes 10 MB at a time; a slow line would seem silent for as long.
CHUNK = 64 * 1024  # bytes
HASH_CHUNK = 16 * 1024 * 1024  # bytes, between two signs of life
GROWTH_INTERVAL = 0.25  # seconds between two looks at the growing file

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
ASK_OPERATOR = "ask the person who runs this page to check model_cache/catalog.toml"
LATER = "try again in a few minutes"


class ToldAtOnce(Exception):
    """Hides its cause from the library, which would retry it for half a minute."""


class Session(requests.Session):
    def send(
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        try:
            response = super().send(request, **options)
            if response.status_code >= 500:
                response.raise_for_status()
            return response
        except requests.Timeout:
            raise  # worth another try; hub.py ends the wait
        except (requests.ConnectionError, requests.HTTPError) as error:
            raise ToldAtOnce from error


def main(model_id: str) -> int:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    constants.DOWNLOAD_CHUNK_SIZE = CHUNK
    configure_http_backend(Session)
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


def _tell(**message: object) -> None:
    print(json.dumps(message), flush=True)


def _fetch_model(model: Model) -> None:
    if constants.HF_HUB_OFFLINE:  # only the library's own sessions mind it
        raise hub.DownloadFailed(
            f"HF_HUB_OFFLINE forbids downloads, and {model.id} is not on this "
            f"computer; unset it, then {hub.TRY_AGAIN}."
        )
    url = hf_hub_url(model.repo, WEIGHTS, revision=model.revision)
    weights = get_hf_file_metadata(url, timeout=constants.HF_HUB_ETAG_TIMEOUT)
    sha256 = weights.etag or ""
    is_sha256 = re.fullmatch("[0-9a-f]{64}", sha256)  # to be a file name
    if weights.commit_hash != model.revision or not weights.size or not is_sha256:
        raise FileMetadataError  # a login page, for one
    # Without its configuration a model counts as absent. Fetched last, it keeps
    # weights from being used before their sum is checked.
    (hub.snapshot_folder(model.repo, model.revision) / hub.CONFIG).unlink(True)
    _fetch_weights(model, sha256, weights.size)
    _is_fetched(model, hub.TOKENIZER_CONFIG)  # not every repo has one
    if not any([_is_fetched(model, name) for name in hub.TOKENIZER_FILES]):
        raise hub.DownloadFailed(
            f"The model hub has no tokenizer for {model.id}; {ASK_OPERATOR}."
        )
    _fetch(model, hub.CONFIG, force_download=True)


def _fetch(model: Model, name: str, **options: Any) -> None:
    hf_hub_download(model.repo, name, revision=model.revision, **options)


def _is_fetched(model: Model, name: str) -> bool:
    """Fetch a small file, again if it is damaged; False if the repo has none."""
    try:
        _fetch(model, name, force_download=True)
    except (requests.HTTPError, ValueError) as error:
        if _status(error) != 404:
            raise
        return False
    return True


def _fetch_weights(model: Model, sha256: str, size: int) -> None:
    """Fetch what is missing of the weights, and check the sum of all in any case."""
    link = hub.snapshot_folder(model.repo, model.revision) / WEIGHTS
    blob = hub.repo_folder(model.repo) / "blobs" / sha256
    partial = blob.with_name(f"{sha256}.incomplete")
    blob.parent.mkdir(parents=True, exist_ok=True)
    missing = 0 if blob.exists() else size - _bytes_in(partial)
    if missing > shutil.disk_usage(blob.parent).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    try:
        _receive(model, partial, size)
        if _sha256(link) == sha256:
            return
    except OSError as error:
        if error.errno in DISK_FULL:
            # That hurts everything on this computer: give back what was taken.
            partial.unlink(missing_ok=True)
        # Not the promised length, or (416) more here than the hub has?
        if "Consistency check" not in str(error) and _status(error) != 416:
            raise
    for path in (link, blob, partial):
        path.unlink(missing_ok=True)
    raise hub.DownloadFailed(
        f"A file of {model.id} ({WEIGHTS}) was damaged on the way and has been "
        f"deleted; {hub.TRY_AGAIN}."
    )


def _receive(model: Model, partial: Path, size: int) -> None:
    """Fetch the weights, over as many connections as bring something."""
    first = seen = _bytes_in(partial)
    start = time.monotonic()
    _tell(done=seen, total=size, speed=0.0)
    with ThreadPoolExecutor() as pool:
        while True:
            before = _bytes_in(partial)
            fetching = pool.submit(_fetch, model, WEIGHTS)
            while not wait([fetching], GROWTH_INTERVAL).done:
                if (done := _bytes_in(partial)) > seen:
                    seen, seconds = done, time.monotonic() - start
                    _tell(done=seen, total=size, speed=(seen - first) / seconds)
            try:
                fetching.result()
                return
            except ChunkedEncodingError:  # cut off
                if _bytes_in(partial) <= before:
                    raise


def _sha256(path: Path) -> str:
    size = path.stat().st_size
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(HASH_CHUNK):
            digest.update(chunk)
            _tell(done=size, total=size, speed=0.0)
    return digest.hexdigest()


def _bytes_in(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _sentence(model: Model, error: Exception) -> str:
    """Return what happened and what to do next; raises what nobody foresaw."""
    if isinstance(error, hub.DownloadFailed):
        return str(error)
    host = urlsplit(constants.ENDPOINT).hostname  # netloc could hold a password
    match _status(error), _root(error):
        case (401 | 403) as status, _:
            what = f"The model hub refused access ({status}) to {model.id}"
            then = f"{ASK_OPERATOR} and the access token (HF_TOKEN)"
        case 429, _:
            what, then = "The model hub is busy and asks to wait (429)", LATER
        case int(status), _ if status >= 500:
            what, then = f"The model hub has a fault of its own ({status})", LATER
        case int(status), _:
            phrase = http.client.responses.get(status, "unknown").lower()
            what = f"The model hub answered '{phrase}' ({status}) for {model.id}"
            then = ASK_OPERATOR
        case _, ChunkedEncodingError():
            what = f"The connection broke off while {model.id} arrived"
            then = hub.GOES_ON
        case _, requests.RequestException() | FileMetadataError():
            what = f"The model hub at {host} cannot be reached"
            then = f"check the network, its login page or proxy, then {hub.TRY_AGAIN}"
        case _, OSError() as cause if cause.errno in DISK_FULL:
            what = f"Not enough disk space for {model.id} ({model.megabytes} MB)"
            then = f"make room, then {hub.TRY_AGAIN}"
        case _, OSError() as cause:
            # For the log: visitors of a page need not know the server's folders.
            print(f"The model cache is {constants.HF_HUB_CACHE}", flush=True)
            what = f"Cannot write to the model cache ({cause.strerror})"
            then = "make it writable or set HF_HOME to a folder that is"
        case _:
            raise error
    return f"{what}; {then}."


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
