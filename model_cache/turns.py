"""Turns at the processor: first come, first served, a few at a time.

A class shares one server. Work is done in short pieces, each after a turn of its own,
so that one student's long text or 2,000 sentences let the others in between.
"""

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice


class Turns:
    """A fair queue; threading's own locks let newcomers overtake."""

    def __init__(self, at_once: int):
        """Let at most this many work at the same time."""
        self._at_once = at_once
        self._queue: deque[object] = deque()  # whoever works stands in front
        self._changed = threading.Condition()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and keep it for the length of a with statement."""
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
            self._changed.wait_for(lambda: ticket in islice(self._queue, self._at_once))
        try:
            yield
        finally:
            with self._changed:
                self._queue.remove(ticket)
                self._changed.notify_all()

    @property
    def n_waiting(self) -> int:
        """How many wait for a turn."""
        return max(len(self._queue) - self._at_once, 0)


# One queue for all models of a process: they share its processors.
EVERYBODY = Turns(os.cpu_count() or 1)
