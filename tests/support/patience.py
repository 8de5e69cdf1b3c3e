"""How long tests wait for what has to come: a busy computer is slow, and not wrong."""

import time
from collections.abc import Callable

PATIENCE = 60  # seconds, after which a test fails instead of hanging


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)  # between two looks at the awaited condition
