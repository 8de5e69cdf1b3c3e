"""SHA-256 of files: which weights a model has, whatever it is called."""

import hashlib
import re
from pathlib import Path

WEIGHTS = "model.safetensors"
# Optional, as `sha256sum` writes it: files that it lists are held to it. The bundled
# model has one; those of the hub are checked when they are downloaded.
SUMS = "SHA256SUMS"


def sha256(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal digits. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def weights_sha256(folder: Path) -> str:
    """Return the SHA-256 of the weights in a checkpoint's folder. Raises OSError."""
    path = folder / WEIGHTS
    # The hub's cache names a file by it, which spares reading half a gigabyte.
    name = path.resolve(strict=True).name
    return name if re.fullmatch("[0-9a-f]{64}", name) else sha256(path)


def write_sums(folder: Path, names: list[str]) -> None:
    """Write SHA256SUMS of these files of a folder. Raises OSError."""
    lines = [f"{sha256(folder / name)}  {name}\n" for name in sorted(names)]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
