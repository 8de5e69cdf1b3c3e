"""TensorFlow without Keras: 110 MB and half a second less at the first visitor.

`import tensorflow` loads all of Keras for the sake of saved models, and goes on
without it where it is not installed. We use neither, so for that moment it is not.
Afterwards `tf.keras` and `tf_keras` load as ever (the reference class needs them).
"""

import os
import sys

# TensorFlow greets on standard error with notes on the processor; warnings remain.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "1")

_HIDDEN = [name for name in ("keras", "tf_keras") if name not in sys.modules]
for _name in _HIDDEN:
    sys.modules[_name] = None  # what Python takes for "not installed"

import tensorflow as tf  # noqa: E402

for _name in _HIDDEN:
    del sys.modules[_name]

__all__ = ["tf"]
