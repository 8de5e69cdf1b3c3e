"""How long servers take to say that they are well, asked from a process of its own.

In the students' process the question would wait for the students.
"""

import multiprocessing
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection

EVERY, PATIENCE = 0.25, 60  # seconds
FAILED = float(PATIENCE)


@contextmanager
def asked_for_health(urls: Sequence[str]) -> Iterator[list[float]]:
    """Ask while the block runs; afterwards the list has each answer's seconds."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_ask, args=(list(urls), theirs), daemon=True)
    process.start()
    seconds: list[float] = []
    try:
        yield seconds
    finally:
        ours.send("enough")
        seconds += ours.recv()
        process.join()


def _ask(urls: list[str], asker: Connection) -> None:
    seconds = []
    while not asker.poll(EVERY):
        for url in urls:
            start = time.perf_counter()
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=PATIENCE).read()
                seconds.append(time.perf_counter() - start)
            except OSError:
                seconds.append(FAILED)
    asker.send(seconds)
