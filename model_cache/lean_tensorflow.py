"""TensorFlow without Keras and without its greetings, or a sentence why there is none.

`import tensorflow` loads all of Keras, and h5py, for the sake of saved models, and
goes on without them where they are not installed: 120 MB and half a second. We save
none, so for that moment they are not installed. Afterwards `tf.keras` and `tf_keras`
load as ever (the reference class needs them).
"""

import faulthandler
import importlib
import os
import platform
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

# Notes on processor and graphics card that no setting of TensorFlow 2.21 turns off.
GREETING = re.compile(rb"I0000 |WARNING: All log messages before absl")
# Its later complaints about missing graphics cards; real errors are exceptions.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# The layers are a chain, nothing of which can be done meanwhile. A short sentence takes
# a twentieth less of the processor's time, and nobody waits longer.
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
PROCESSOR = Path("/proc/cpuinfo")  # Linux's
# Parts of its interface that we do not use: 40 MB and half a second.
UNUSED = [f"tensorflow._api.v2.{name}" for name in ("compat", "lite", "profiler")]
FLAGS = re.compile("^flags.*", re.MULTILINE)


class NoTensorFlow(ImportError):
    """str() is one sentence for the user: what is wrong, what to do."""

    def __init__(self, sentence: str):
        super().__init__(sentence, name="tensorflow")


@contextmanager
def hidden_modules(*names: str) -> Iterator[None]:
    """Let modules seem not installed, unless they are loaded already."""
    hidden = [name for name in names if name not in sys.modules]
    # The stubs do not know that None stands for a module that cannot be imported.
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


class Later(ModuleType):
    """Stands for a module until something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def later(*names: str) -> Iterator[None]:
    """Let the imports in between have these modules without loading them."""
    waiting = [name for name in names if name not in sys.modules]
    sys.modules.update({name: Later(name) for name in waiting})
    try:
        yield
    finally:
        for name in waiting:
            del sys.modules[name]


@contextmanager
def without_greetings() -> Iterator[None]:
    """Hold back standard error, native code's too; then pass on all but greetings."""
    try:
        held = tempfile.TemporaryFile()  # noqa: SIM115 (closed below)
    except OSError:  # no folder can be written to: better greetings than no answer
        yield
        return
    with held:
        sys.stderr.flush()
        standard_error = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            with last_words(standard_error):
                yield
        finally:
            os.dup2(standard_error, 2)
            os.close(standard_error)
            held.seek(0)
            for line in held:
                if not GREETING.match(line):
                    os.write(2, line)


@contextmanager
def last_words(descriptor: int) -> Iterator[None]:
    """If native code kills the process here, tell where; held words would be lost."""
    is_ours = not faulthandler.is_enabled()
    if is_ours:
        faulthandler.enable(descriptor)
    try:
        yield
    finally:
        if is_ours:
            faulthandler.disable()


def require_processor() -> None:
    """Raise NoTensorFlow where TensorFlow would end the process without a word."""
    flags = FLAGS.search(PROCESSOR.read_text()) if PROCESSOR.exists() else None
    if flags and platform.machine() == "x86_64" and "avx" not in flags[0].split():
        raise NoTensorFlow(
            "TensorFlow cannot run on this computer, whose processor lacks the AVX "
            "instructions; use another computer or, in the cloud, another machine type."
        )


require_processor()
try:
    with (
        hidden_modules("keras", "tf_keras", "h5py"),
        later(*UNUSED),
        without_greetings(),
    ):
        import tensorflow as tf
except ModuleNotFoundError as error:
    raise NoTensorFlow(
        f"TensorFlow is not installed in full ({error.name} is missing); run "
        "`pip install -r requirements.txt`, then start this program again."
    ) from error
except Exception as error:
    raise NoTensorFlow(
        'TensorFlow is installed but cannot be loaded; `python -c "import tensorflow"` '
        "shows why, `pip install --force-reinstall -r requirements.txt` may mend it."
    ) from error

__all__ = ["tf"]
