"""A model hub on 127.0.0.1 that answers as the real one does, or fails on demand.

    with FakeHub(tiny_model_files(), fault="cut") as hub:
        hub.be_the_hub(monkeypatch, cache=tmp_path)
        ...

As on the real hub, small files sit behind a redirect within the hub and large
ones behind a redirect to a storage host ("localhost" here), which knows neither
commit nor checksum. Any repo and revision is served with the same files.
"""

import hashlib
import json
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import safetensors.numpy
from huggingface_hub import constants

from model_cache.hub import CHILD_SETTINGS
from tests.support.patience import PATIENCE

WEIGHTS = "model.safetensors"
FAULTS = (
    "401",
    "403",
    "404",
    "429",
    "500",
    "503 of the storage",
    "hang",
    "hang before the body",
    "hang in the middle",
    "pause in the middle",
    "cut",
    "cut once",
    "wrong checksum",
    "wrong length",
    "too large",
    "login page",
    "slow",
)
BLOCK = 4096  # bytes per write of a body
SLOW_PAUSE = 0.1  # seconds per block; the library shows 16 of them at once


def tiny_model_files(kilobytes: int = 400) -> dict[str, bytes]:
    """Return the files of a model too small to mean anything, weights random."""
    rng = np.random.default_rng(3)
    weights = {"weight": rng.random(kilobytes * 250, dtype=np.float32)}
    return {
        WEIGHTS: safetensors.numpy.save(weights),
        "config.json": json.dumps({"model_type": "bert"}).encode(),
        "tokenizer_config.json": json.dumps({"do_lower_case": True}).encode(),
        "vocab.txt": b"[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nword\n",
    }


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    range: str | None
    authorization: str | None


class Clock:
    """Time for whoever waits for a hub: it stands still until a test moves it."""

    def __init__(self):
        self.now = 0.0  # seconds

    def monotonic(self) -> float:
        return self.now


class FakeHub:
    def __init__(self, files: Mapping[str, bytes], fault: str | None = None):
        assert fault is None or fault in FAULTS, fault
        self.files = dict(files)
        self.fault = fault  # may be changed while the hub runs
        self.requests: list[Request] = []
        self.half_sent = threading.Event()  # the body of the weights is under way
        self.go_on = threading.Event()  # ends every pause
        self.closing = threading.Event()  # ends every hang
        self.clock = Clock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def storage_url(self) -> str:
        return f"http://localhost:{self._server.server_port}"

    def requests_for(self, name: str, method: str = "GET") -> list[Request]:
        return [
            request
            for request in self.requests
            if request.method == method and request.path.endswith(f"/{name}")
        ]

    def be_the_hub(self, monkeypatch, cache: Path) -> None:
        """Make this the only hub, and cache the only cache, for one test.

        Nobody gives up on it before its clock is moved, however busy this computer is.
        """
        monkeypatch.setattr("model_cache.hub.time", self.clock)
        for setting in ("HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT"):
            monkeypatch.setitem(CHILD_SETTINGS, setting, str(PATIENCE))
        for variable in ("HF_TOKEN", "HF_HUB_OFFLINE"):
            monkeypatch.delenv(variable, raising=False)
        monkeypatch.setenv("HF_ENDPOINT", self.url)
        monkeypatch.setenv("HF_HOME", str(cache))
        monkeypatch.setenv("HF_HUB_CACHE", str(cache / "hub"))
        # For this process, where huggingface_hub has read its environment already.
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache / "hub"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")

    def __enter__(self) -> "FakeHub":
        # A short interval between two looks for shutdown(), called after each test.
        serve = partial(self._server.serve_forever, poll_interval=0.01)
        threading.Thread(target=serve, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.go_on.set()
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Say nothing: a client that hangs up is what many tests are about."""


def _handler(hub: FakeHub) -> type[BaseHTTPRequestHandler]:
    class Handler(_Answers):
        pass

    Handler.hub = hub
    return Handler


class _Answers(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # 40 ms less for each answer

    def do_HEAD(self):
        self._answer()

    def do_GET(self):
        self._answer()

    def log_message(self, *_):
        pass

    def _answer(self) -> None:
        self.hub.requests.append(
            Request(
                self.command,
                self.path,
                self.headers.get("Range"),
                self.headers.get("Authorization"),
            )
        )
        name = self.path.rsplit("/", 1)[-1]
        if self.path.startswith("/storage/"):
            self._answer_as_storage(name)
        elif self.hub.fault == "hang":
            self._hang()
            self.close_connection = True
        elif self.hub.fault in ("401", "403", "404", "429", "500"):
            self._send_headers(int(self.hub.fault), {"Content-Length": "0"})
        elif self.hub.fault == "login page":
            self._send(200, {"Content-Type": "text/html"}, b"<h1>Welcome</h1>")
        elif name not in self.hub.files:
            no_entry = {
                "X-Error-Code": "EntryNotFound",
                "X-Repo-Commit": self._commit(),
            }
            self._send_headers(404, no_entry | {"Content-Length": "0"})
        elif name == WEIGHTS:
            self._point_to_storage(name)
        elif self.path.startswith("/api/resolve-cache/"):
            self._send(200, self._hub_headers(name), self.hub.files[name])
        else:
            location = f"/api/resolve-cache{self.path}"
            self._send_headers(307, {"Location": location, "Content-Length": "0"})

    def _hub_headers(self, name: str) -> dict[str, str]:
        content = self.hub.files[name]
        git_sha1 = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        return {"X-Repo-Commit": self._commit(), "ETag": f'"{git_sha1}"'}

    def _commit(self) -> str:
        parts = self.path.split("/")
        return parts[parts.index("resolve") + 1]

    def _point_to_storage(self, name: str) -> None:
        content = self.hub.files[name]
        size = 10**15 if self.hub.fault == "too large" else len(content)
        headers = {
            "Location": f"{self.hub.storage_url}/storage/{name}",
            "X-Repo-Commit": self._commit(),
            "X-Linked-Etag": f'"{hashlib.sha256(content).hexdigest()}"',
            "X-Linked-Size": str(size),
            "Content-Length": "0",
        }
        self._send_headers(302, headers)

    def _answer_as_storage(self, name: str) -> None:
        fault, content = self.hub.fault, self.hub.files[name]
        if fault == "503 of the storage":
            return self._send_headers(503, {"Content-Length": "0"})
        if fault == "hang before the body":
            self._hang()
            self.close_connection = True
            return None
        if fault == "wrong checksum":
            content = content[:-1] + bytes([content[-1] ^ 1])
        if fault == "wrong length":
            content = content[:-100]
        return self._send(200, {"ETag": '"of the storage"'}, content)

    def _send(self, status: int, headers: dict[str, str], content: bytes) -> None:
        start = 0
        if wanted := self.headers.get("Range"):
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                return self._send_headers(416, {"Content-Length": "0"})
            last = len(content) - 1
            span = f"bytes {start}-{last}/{len(content)}"
            status, headers = 206, headers | {"Content-Range": span}
        length = {"Content-Length": str(len(content) - start)}
        self._send_headers(status, headers | length)
        if self.command == "GET":
            self._send_body(content, start)
        return None

    def _send_headers(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _send_body(self, content: bytes, start: int) -> None:
        is_storage = self.path.startswith("/storage/")
        fault = self.hub.fault if is_storage else None
        try:
            for position in range(start, len(content), BLOCK):
                if is_storage and position >= len(content) // 2:
                    self.hub.half_sent.set()
                    if fault == "cut once":
                        self.hub.fault = None
                    if fault == "hang in the middle":
                        self._hang()
                    if fault == "pause in the middle":
                        self.hub.go_on.wait()
                    if fault in ("cut", "cut once", "hang in the middle"):
                        return self._cut()
                if fault == "slow":
                    self.hub.closing.wait(SLOW_PAUSE)
                self.wfile.write(content[position : position + BLOCK])
        except OSError:
            self.close_connection = True  # the other side has gone
        return None

    def _hang(self) -> None:
        self.hub.closing.wait()

    def _cut(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True
