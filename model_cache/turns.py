"""Turns at the processor: first come, first served, a few at a time.

A class shares one server. Work is done in short pieces, each after a turn of its own,
so that one student's long text or 2,000 sentences let the others in between.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

TELL_EVERY = 1  # seconds; a shorter wait gets no notice

_tell: ContextVar[Callable[[int], object]] = ContextVar("tell", default=lambda _: None)


@contextmanager
def telling(tell: Callable[[int], object]) -> Iterator[None]:
    """Report, while this block waits for its turn, how many turns come first.

    tell: called by the waiting thread every TELL_EVERY seconds; an exception that it
    raises gives up the turn.
    """
    token = _tell.set(tell)
    try:
        yield
    finally:
        _tell.reset(token)


class Turns:
    """A fair queue; threading's own locks let newcomers overtake."""

    def __init__(self, at_once: int):
        """Let at most this many work at the same time."""
        self._at_once = at_once
        self._queue: deque[object] = deque()  # the one at work stands in front
        self._changed = threading.Condition()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and keep it for the length of a with statement."""
        ticket = object()
        with self._changed:
            self._queue.append(ticket)
        try:
            while n_before := self._wait(ticket):
                _tell.get()(n_before)
            yield
        finally:
            with self._changed:
                self._queue.remove(ticket)
                self._changed.notify_all()

    def _wait(self, ticket: object) -> int:
        """Wait a little for the ticket's turn; return how many come before it."""

        def n_before() -> int:
            return max(self._queue.index(ticket) + 1 - self._at_once, 0)

        with self._changed:
            self._changed.wait_for(lambda: not n_before(), TELL_EVERY)
            return n_before()

    @property
    def n_waiting(self) -> int:
        """How many wait for a turn."""
        return max(len(self._queue) - self._at_once, 0)


# One queue for all models of a process: they share its processors.
EVERYBODY = Turns(os.cpu_count() or 1)
