"""TensorFlow without Keras and without its greetings.

`import tensorflow` loads all of Keras, and h5py, for the sake of saved models, and
goes on without them where they are not installed: 120 MB and half a second. We save
none, so for that moment they are not installed. Afterwards `tf.keras` and `tf_keras`
load as ever (the reference class needs them).
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

# Notes on processor and graphics card that no setting of TensorFlow 2.21 turns off.
GREETING = re.compile(rb"I0000 |WARNING: All log messages before absl")
# Its later complaints about missing graphics cards; real errors are exceptions.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextmanager
def hidden_modules(*names: str) -> Iterator[None]:
    """Let modules seem not installed, unless they are loaded already."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextmanager
def without_greetings() -> Iterator[None]:
    """Hold back standard error, native code's too; then pass on all but greetings."""
    with tempfile.TemporaryFile() as held:
        sys.stderr.flush()
        standard_error = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(standard_error, 2)
            os.close(standard_error)
            held.seek(0)
            for line in held:
                if not GREETING.match(line):
                    os.write(2, line)


with hidden_modules("keras", "tf_keras", "h5py"), without_greetings():
    import tensorflow as tf

__all__ = ["tf"]
