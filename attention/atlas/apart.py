"""Read an atlas that anybody may have made, in a process of its own.

Parquet's reader is C++ that some damaged files end with the whole process, and a small
file can unpack to more memory than the server has. So a child with limits reads it and
writes it anew; what Arrow has just written itself is read here.
"""

import logging
import os
import resource
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from attention.atlas.file import DAMAGED, MOST_BYTES, BadAtlas, load, save
from attention.atlas.rates import Atlas

ROOT = Path(__file__).parents[2]
SECONDS = 20  # of the processor and by the clock; an atlas takes one
MEMORY = 1_000_000_000  # bytes of addresses; an atlas takes a third of it
# Threads, arenas and Arrow's own pool would reserve gigabytes of addresses unused.
FRUGAL = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
READER = ["-m", "attention.atlas.apart"]
REFUSED = 3  # the child's exit code, with a sentence for the visitor

logger = logging.getLogger(__name__)

_one_at_a_time = threading.Lock()


def load_apart(data: bytes) -> Atlas:
    """Read what `save` wrote. Raises BadAtlas for anything else, as `load` does."""
    if len(data) > MOST_BYTES:
        return load(data)  # refuses by the size alone
    with _one_at_a_time:
        try:
            done = subprocess.run(
                [sys.executable, *READER],
                input=data,
                capture_output=True,
                timeout=SECONDS,
                cwd=ROOT,
                env=os.environ | FRUGAL,
            )
        except subprocess.TimeoutExpired as error:
            raise BadAtlas(DAMAGED) from error
    if done.returncode == REFUSED:
        raise BadAtlas(done.stdout.decode())
    if done.returncode:
        # The file's fault, or that of a server without the memory to look at it.
        why = done.stderr.decode(errors="replace")[-500:]
        logger.warning("the reader ended with %d: %s", done.returncode, why)
        raise BadAtlas(DAMAGED)
    return load(done.stdout)


def main() -> int:
    """Read an atlas from standard input; write it anew, or why it is none."""
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # macOS knows no limit of addresses
            resource.setrlimit(what, (limit, limit))
    try:
        sys.stdout.buffer.write(save(load(sys.stdin.buffer.read())))
    except BadAtlas as error:
        sys.stdout.write(error.why)
        return REFUSED
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Arrow's threads sometimes abort a process that is done, on its way out (Arrow's
    # issue 34314), which would pass for a damaged file.
    os._exit(code)
