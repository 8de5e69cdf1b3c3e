"""A claim's file of a megabyte of nonsense, beside csv.reader on the same bytes.

python -m benchmarks.claim_files: promise at most 3 x csv.reader, since any visitor may
upload such a file.
"""

import csv
import io
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from attention.claims.files import NotLines, read_lines
from benchmarks.timing import interleaved

MEGABYTE = 1_000_000
FILES = {
    "newlines": b"\n" * MEGABYTE,
    "newlines, then a word": b"\n" * (MEGABYTE - 1) + b"a",
    "quotation marks": b'"' * MEGABYTE,
    "quoted newlines": b'"\n"\n' * (MEGABYTE // 4),
    "commas": b"," * MEGABYTE,
    "lines of commas": b",,\n" * (MEGABYTE // 3),
}
PROMISE = 3


def plainly(data: bytes) -> None:
    with suppress(csv.Error):
        for _ in csv.reader(io.StringIO(data.decode())):
            pass


def as_claim(data: bytes) -> None:
    with suppress(NotLines):
        read_lines(data, is_table=True)


def main() -> None:
    for name, data in FILES.items():
        functions: dict[str, Callable[[], object]] = {
            "csv.reader": partial(plainly, data),
            "read_lines": partial(as_claim, data),
        }
        seconds = interleaved(functions)
        ratio = seconds["read_lines"] / seconds["csv.reader"]
        kept = "kept" if ratio <= PROMISE else "BROKEN"
        print(
            f"{name:22} csv.reader {seconds['csv.reader'] * 1000:6.1f} ms  "
            f"read_lines {seconds['read_lines'] * 1000:6.1f} ms  {ratio:.2f} x  {kept}"
        )


if __name__ == "__main__":
    main()
