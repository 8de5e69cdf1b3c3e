"""The README's examples of mask.py, with what the bundled model answers."""

import os
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from model_cache.catalog import BUNDLED

ROOT = Path(__file__).parent.parent
# A block of code whose first line is a command.
EXAMPLE = re.compile(r"(?<=^```\n)\$ python (mask\.py .+)\n(?s:.*?)(?=^```$)", re.M)
PROGRESS = re.compile(r"^(Model: |Read: ).*\n", re.M)
WIDTH = 88  # characters of a line


def with_outputs(text: str) -> str:
    """Put what each command prints now below it.

    Raises subprocess.CalledProcessError for a command that fails.
    """
    return EXAMPLE.sub(lambda found: f"$ python {found[1]}\n{output(found[1])}", text)


def output(command: str) -> str:
    """Return what a command prints: completed sentences, else what it says."""
    with tempfile.TemporaryDirectory() as name:
        # Beside what it reads, so that the files it writes go with the folder.
        for file in ("mask.py", "claims"):
            Path(name, file).symlink_to(ROOT / file)
        done = subprocess.run(
            [sys.executable, *shlex.split(command)],
            cwd=name,
            env=os.environ | {"ATTENTION_MODEL": BUNDLED},
            capture_output=True,
            text=True,
            check=True,
        )
    lines = (done.stdout or PROGRESS.sub("", done.stderr)).splitlines()
    return "".join(f"{textwrap.fill(line, WIDTH)}\n" for line in lines)
