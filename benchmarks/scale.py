"""How the page grows with the text and with the model: time, memory, payload.

python -m benchmarks.scale: 8, 32, 128 and 512 tokens, for the bundled model (12 x 12)
and for BERT large's shape (24 x 16) with random weights: its real size where 8 GB are
free, else narrower. Two tables a model, each line beside the smallest text's: in this
process the parts of an answer, and in a fresh server what a visitor gets. Payload:
bytes of messages over the websocket, as sent; Streamlit does not compress them.
Linux only: peaks are the kernel's (VmHWM), set back before each text.
Promises: a page's payload under 2 MB; nothing grows faster than the attention itself,
with the square of the tokens (from 128 to 512 tokens, where fixed costs fade).
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import asyncio
import json
import math
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from attention.exports import head_csv
from attention.heads.roles import head_roles
from attention.pictures.colors import MAGMA
from attention.pictures.heatmap import HEATMAP_TOKENS, head_chart
from attention.pictures.overview import overview_png, png
from attention.pictures.sheet import sheet_png
from attention.reading import Head, Reading
from benchmarks.footprint import machine, memory, stand_in, visit
from benchmarks.timing import interleaved
from model_cache.catalog import BUNDLED, find_model
from model_cache.checkpoint import read_checkpoint
from model_cache.engine import Engine
from model_cache.hub import BUNDLED_FOLDER
from tests.support.serving import Server, alone, serve

TOKENS = (8, 32, 128, 512)
WORDS = ("the", "turtle", "moved", "slowly", "across", "a", "road", "near", "it")
LARGE = "bert-large-uncased"
LARGE_SIZE = {
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "hidden_size": 1024,
    "intermediate_size": 4096,
}
NARROW_SIZE = LARGE_SIZE | {"hidden_size": 256, "intermediate_size": 1024}
FREE_FOR_LARGE = 8e9  # bytes
MOST_PAYLOAD = 2.0  # MB
STEEPEST = 2.0  # exponent of the tokens
NOISE = 0.25  # of an exponent, on a busy computer
NOTHING = 0.1  # s or MB; how less than that grows is noise
OPENED_HEADS = 3


def text_of(n_tokens: int, first: str = "so") -> str:
    """Return a text of this many tokens, [CLS], [SEP] and one [MASK] included.

    first: its first word, so that one length can be read again as another text.
    """
    words = [WORDS[i % len(WORDS)] for i in range(n_tokens - 4)]
    return " ".join([first, *words, "[MASK]"])


def head_picture(reading: Reading) -> object:
    """Make what the page sends for the open head: a chart, or a picture if large."""
    if reading.n_tokens > HEATMAP_TOKENS:
        return png(MAGMA.levels(reading.attention[2, 9]), MAGMA)
    return json.dumps(head_chart(reading, Head(2, 9)).with_data())


def parts(engine: Engine, n_tokens: int) -> tuple[dict[str, float], float, float]:
    """Return seconds by part, the reading's MB, and the most MB that all this took."""
    text = text_of(n_tokens)
    pid = os.getpid()
    forget_peak(pid)
    before = memory(pid)["VmRSS"]
    reading = engine.read(text)
    works: dict[str, Callable[[], object]] = {
        "read": lambda: engine.read(text),
        "roles": lambda: head_roles(reading),
        "overview": lambda: overview_png(reading.attention),
        "one head": lambda: head_picture(reading),
        "head's CSV": lambda: head_csv(reading, Head(2, 9)),
        "sheet": lambda: sheet_png(reading),
    }
    assert reading.n_tokens == n_tokens, (reading.n_tokens, n_tokens)
    runs = 5 if n_tokens < 512 else 1
    seconds = interleaved(works, runs=runs, warm_up=0)
    most = memory(pid)["VmHWM"] - before
    return seconds, reading.attention.nbytes / 1e6, most


def forget_peak(pid: int) -> None:
    """Have the kernel count a process's peak from its present memory."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


async def page(server: Server, n_tokens: int) -> dict[str, float]:
    """Return what a visitor who submits such a text gets, seconds and MB by name."""
    async with visit(server.url) as visitor:
        await visitor.see()
        await visitor.see({"Sentence": text_of(8, "or")})  # imports and compiles
        forget_peak(server.pid)
        await visitor.see({"Sentence": text_of(n_tokens, "now")})
        visitor.received = 0
        start = time.perf_counter()
        answered = await visitor.see({"Sentence": text_of(n_tokens, "once")})
        drawn = time.perf_counter() - start
        found = {"words, s": answered, "all, s": drawn}
        found["payload, MB"] = visitor.received / 1e6
        visitor.received = 0
        start = time.perf_counter()
        for head in range(1, OPENED_HEADS + 1):
            await visitor.see(events={("overview", "picked"): [2, head]})
        found["head, s"] = (time.perf_counter() - start) / OPENED_HEADS
        found["head, MB"] = visitor.received / 1e6 / OPENED_HEADS
        now = memory(server.pid)
        found |= {"memory, MB": now["VmRSS"], "peak, MB": now["VmHWM"]}
    return found


def show(rows: dict[int, dict[str, float]], faults: list[str], what: str) -> None:
    """Print a table, a column a part, with its growth between lengths below."""
    names = list(rows[TOKENS[0]])
    print(f"{'tokens':>12}" + "".join(f"{name:>14}" for name in names))
    for n_tokens, row in rows.items():
        print(f"{n_tokens:12}" + "".join(f"{row[name]:14.3f}" for name in names))
    for a, b in zip(TOKENS, TOKENS[1:], strict=False):
        powers = {
            name: math.log(rows[b][name] / rows[a][name], b / a) for name in names
        }
        print(
            f"{f'{a} to {b}: n^':>12}" + "".join(f"{p:14.1f}" for p in powers.values())
        )
        if b == TOKENS[-1]:
            faults += [
                f"{what}: {name} grows with n^{power:.1f}"
                for name, power in powers.items()
                if power > STEEPEST + NOISE and rows[b][name] > NOTHING
            ]
    faults += [
        f"{what}: {row[name]:.1f} MB of payload for {n_tokens} tokens ({name})"
        for n_tokens, row in rows.items()
        for name in ("payload, MB", "head, MB")
        if row.get(name, 0) > MOST_PAYLOAD
    ]
    print(flush=True)


def measure(model_id: str, what: str, cache: Path, model_folder: Path) -> list[str]:
    """Print both tables of a model; return the promises it breaks."""
    faults: list[str] = []
    print(f"\n{what}\n")
    engine = Engine(model_id, read_checkpoint(model_folder))
    engine.read(text_of(8))
    rows = {}
    for n_tokens in TOKENS:
        seconds, megabytes, most = parts(engine, n_tokens)
        rows[n_tokens] = {f"{name}, s": time for name, time in seconds.items()}
        rows[n_tokens] |= {"reading, MB": megabytes, "at most, MB": most}
    show(rows, faults, what)
    del engine
    environment = alone(cache) | {"ATTENTION_MODEL": model_id}
    with serve(cache / "log.txt", **environment) as server:
        rows = {n: asyncio.run(page(server, n)) for n in TOKENS}
        if "Traceback" in (log := server.log.read_text()):
            raise RuntimeError(f"The page failed:\n{log}")
    show(rows, faults, what)
    return faults


def main() -> None:
    print(machine())
    is_roomy = psutil.virtual_memory().available > FREE_FOR_LARGE
    size = LARGE_SIZE if is_roomy else NARROW_SIZE
    with tempfile.TemporaryDirectory() as name:
        cache = Path(name)
        bundled = f"12 x 12: {BUNDLED}"
        faults = measure(BUNDLED, bundled, cache, BUNDLED_FOLDER)
        with stand_in(find_model(LARGE), cache / "hub", **size) as folder:
            about = f"24 x 16: random weights, hidden size {size['hidden_size']}"
            faults += measure(LARGE, about, cache, folder)
    print(*faults, "promises " + ("BROKEN" if faults else "kept"), sep="\n")
    raise SystemExit(bool(faults))


if __name__ == "__main__":
    main()
