"""Time several functions side by side, so that a busy machine slows all alike."""

import statistics
import time
from collections.abc import Callable, Mapping


def interleaved(
    functions: Mapping[str, Callable[[], object]], runs: int = 15, warm_up: int = 2
) -> dict[str, float]:
    """Return each function's median seconds over rounds of one warm call each."""
    seconds: dict[str, list[float]] = {name: [] for name in functions}
    for round_ in range(warm_up + runs):
        for name, function in functions.items():
            function()  # warm: a page asks the same thing again and again
            start = time.perf_counter()
            function()
            if round_ >= warm_up:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in seconds.items()}
