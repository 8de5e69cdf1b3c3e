"""What a small server needs: memory and cold start, step by step, of a fresh process.

python -m benchmarks.footprint [--only bundled | base]: the bundled model, then BERT
base's size with random weights in a Hugging Face cache of its own, each in a server of
its own. Visitors are sessions without a browser (streamlit_client.py). Linux only: the
peaks are the kernel's (VmHWM), and of the server's process alone.
Promises: bundled, first answer under 10 s after the server's start and a peak under
900 MB; BERT base, a peak under 1.3 GB.
"""

import argparse
import asyncio
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psutil
from websockets.asyncio.client import ClientConnection, connect

from attention.showcase import DEFAULT_TEXT
from benchmarks.streamlit_client import Tab
from model_cache.catalog import BERT_BASE, BUNDLED, Model, find_model
from model_cache.hub import BUNDLED_FOLDER
from tests.support.random_bert import BERT_BASE as BASE_SIZE
from tests.support.random_bert import write_random_bert
from tests.support.serving import Server, alone, serve

MEGABYTE = 1_000_000
SENTENCES = (
    "We turned down a narrow lane and passed through a small [MASK].",
    "The turtle moved slowly across the [MASK].",
    "Two plus two is [MASK].",
    "The keys to the cabinet [MASK] on the table.",
    "The child was not happy; she was [MASK], and nobody in the room knew why.",
)
CLAIM = "adverb -> verb"


@dataclass(frozen=True)
class Promise:
    model: str
    peak: int  # MB
    seconds: float = float("inf")  # from the server's start to the first answer


PROMISES = {
    "bundled": Promise(BUNDLED, peak=900, seconds=10),
    "base": Promise(BERT_BASE, peak=1300),
}


class Visitor(Tab):
    """A session that comes with a link, and counts the bytes sent to it."""

    def __init__(self, socket: ClientConnection, url: str, link: dict[str, str]):
        super().__init__(self, url, link)
        self._connection = socket
        self.received = 0  # bytes of messages, which Streamlit does not compress

    async def send(self, message: bytes) -> None:
        await self._connection.send(message)

    async def recv(self) -> bytes:
        message = await self._connection.recv()
        self.received += len(message)
        return message

    async def see(self, *asked, **events) -> float:
        """Run the page, as `run` does, to its end; return the seconds until words."""
        start, answered = time.perf_counter(), 0.0
        async for element in self.run(*asked, **events):
            shown = element.bidi_component
            # Without a text it holds the place.
            if shown.component_name == "predictions" and json.loads(shown.json)["text"]:
                answered = answered or time.perf_counter() - start
        return answered


@asynccontextmanager
async def visit(url: str, **link: str) -> AsyncIterator[Visitor]:
    """Connect as a browser that opened url with these parameters."""
    async with connect(
        url.replace("http", "ws", 1) + "/_stcore/stream",
        origin=url,
        subprotocols=["streamlit"],
        compression=None,
        max_size=None,
        ping_timeout=None,  # a long text on a busy computer is not a lost connection
    ) as socket:
        yield Visitor(socket, f"{url}/?{urlencode(link)}", link)


def memory(pid: int) -> dict[str, float]:
    """Return MB by the kernel's names: VmRSS now, VmHWM at most, RssAnon, RssFile."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    names = ("VmRSS", "VmHWM", "RssAnon", "RssFile")
    return {name: int(fields[name].split()[0]) * 1024 / MEGABYTE for name in names}


async def use(server: Server, started: float) -> float:
    """Do what visitors do; print the memory after each step.

    Returns the seconds from the server's start to the first answer.
    """
    tell(server, "server started")
    async with visit(server.url) as visitor:
        connected = time.perf_counter()
        answered = connected - started + await visitor.see()
        tell(server, "first answer, all drawn")
        for sentence in SENTENCES:
            await visitor.see({"Sentence": sentence})
        tell(server, f"{len(SENTENCES)} more sentences")
    what_if = {"text": DEFAULT_TEXT, "tab": "What if", "rank": "true"}
    async with visit(server.url, **what_if) as visitor:
        await visitor.see()
        tell(server, "all heads ranked by effect")
    claim = {"tab": "Test a claim", "examples": CLAIM}
    async with visit(server.url, **claim) as visitor:
        await visitor.see()
        tell(server, f"a claim, {CLAIM}")
    return answered


def tell(server: Server, step: str) -> None:
    now = memory(server.pid)
    print(
        f"{step:28} {now['VmRSS']:5.0f} MB  (own {now['RssAnon']:5.0f}, "
        f"mapped files {now['RssFile']:4.0f})  peak so far {now['VmHWM']:5.0f} MB",
        flush=True,
    )


def is_kept(promise: Promise, folder: Path) -> bool:
    """Serve a model, use the page, and compare with the promise."""
    environment = alone(folder) | {"ATTENTION_MODEL": promise.model}
    print(f"\n{promise.model}")
    started = time.perf_counter()
    with serve(folder / "log.txt", **environment) as server:
        seconds = asyncio.run(use(server, started))
        peak = memory(server.pid)["VmHWM"]
        if "Traceback" in (log := server.log.read_text()):
            raise RuntimeError(f"The page failed:\n{log}")
    is_kept = peak < promise.peak and seconds < promise.seconds
    print(
        f"server start to first answer {seconds:.1f} s (under {promise.seconds:g}), "
        f"peak {peak:.0f} MB (under {promise.peak}): "
        + ("kept" if is_kept else "BROKEN")
    )
    return is_kept


@contextmanager
def stand_in(model: Model, cache: Path, **size: int):
    """Put a model of this size with random weights where find_local looks for it."""
    snapshots = cache / f"models--{model.repo.replace('/', '--')}" / "snapshots"
    folder = snapshots / model.revision
    vocabulary = (BUNDLED_FOLDER / "vocab.txt").read_text(encoding="utf-8").split("\n")
    write_random_bert(folder, vocabulary=vocabulary[:-1], **size)
    try:
        yield folder
    finally:
        shutil.rmtree(snapshots)


def machine() -> str:
    memory = psutil.virtual_memory().total / 1e9
    return (
        f"{os.cpu_count()} CPU cores, {memory:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=PROMISES)
    only = parser.parse_args().only
    print(machine())
    kept = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if only != "base":
            kept.append(is_kept(PROMISES["bundled"], folder))
        if only != "bundled":
            # In a process of its own size: the weights are made on disk, then mapped.
            with stand_in(find_model(BERT_BASE), folder / "hub", **BASE_SIZE):
                kept.append(is_kept(PROMISES["base"], folder))
    raise SystemExit(not all(kept))


if __name__ == "__main__":
    main()
