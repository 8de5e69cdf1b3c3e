"""mask.py from start to end, beside the import of TensorFlow that it cannot avoid.

python -m benchmarks.command: a sentence on the bundled model, without diagrams.
Promise: at most 1.3 x `python -c "import tensorflow"` plus 2 s.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import interleaved

ROOT = Path(__file__).parent.parent
SENTENCE = "Then I picked up a [MASK] from the table."
RUNS = 5


def run(*arguments: str, **environment: str) -> None:
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        check=True,
        capture_output=True,
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as empty:
        # Without a cache of models, the bundled one answers.
        settings = {"HF_HOME": empty, "ATTENTION_MODEL": ""}
        seconds = interleaved(
            {
                "import tensorflow": lambda: run("-c", "import tensorflow"),
                "mask.py": lambda: run(
                    "mask.py", SENTENCE, "--no-diagrams", **settings
                ),
                "import mask": lambda: run("-c", "import mask"),
            },
            runs=RUNS,
            warm_up=1,
        )
    for what, time in seconds.items():
        print(f"{what:18} {time:5.2f} s")
    allowed = 1.3 * seconds["import tensorflow"] + 2
    print(f"mask.py takes {seconds['mask.py'] / allowed:.2f} x what is allowed")


if __name__ == "__main__":
    main()
