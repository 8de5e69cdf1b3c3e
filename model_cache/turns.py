"""Turns: first come, first served, a few at a time.

A class shares one server. Work is done in short pieces, each after a turn of its own,
so that one student's long text or 2,000 sentences let the others in between.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

TELL_AFTER = 0.5  # seconds; a shorter wait gets no notice, and each lasts as long again

_tell: ContextVar[Callable[[int], object]] = ContextVar("tell", default=lambda _: None)


@contextmanager
def telling(tell: Callable[[int], object]) -> Iterator[None]:
    """Report, while this block waits for a turn, how many turns come first.

    tell: called by the waiting thread every TELL_AFTER seconds, and with 0 when the
    turn has come; an exception that it raises gives up the turn.
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
        self._free = at_once
        self.n_taken = 0  # turns until now
        self._waiting: deque[threading.Event] = deque()
        self._returning: deque[threading.Event] = deque()  # before all who wait
        self._lock = threading.Lock()
        self._mine = threading.local()  # has_turn

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and keep it for the length of a with statement.

        A thread that has a turn needs no other.
        """
        if self._has_turn:
            yield
            return
        try:
            self._take(self._waiting)
            self.n_taken += 1
            yield
        finally:
            self._give_up()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Give up the thread's turn, if it has one, while it waits for something else.

        Then it gets a turn again, before those who have not had theirs. Whoever has a
        turn must not wait for what is held here: pause first, take the lock then.
        """
        if not self._has_turn:
            yield
            return
        self._give_up()
        try:
            yield
        finally:
            self._take(self._returning)

    @property
    def n_waiting(self) -> int:
        """How many wait for a turn."""
        return len(self._returning) + len(self._waiting)

    @property
    def _has_turn(self) -> bool:
        return getattr(self._mine, "has_turn", False)

    def _take(self, queue: deque[threading.Event]) -> None:
        come = threading.Event()
        with self._lock:
            queue.append(come)
            self._hand_out()
        is_told = False
        try:
            while not come.wait(TELL_AFTER):
                is_told = True
                _tell.get()(self._n_before(come))
        except BaseException:
            with self._lock:
                if come.is_set():
                    self._free += 1
                else:
                    queue.remove(come)
                self._hand_out()
            raise
        self._mine.has_turn = True
        if is_told:
            _tell.get()(0)

    def _give_up(self) -> None:
        if self._has_turn:
            self._mine.has_turn = False
            with self._lock:
                self._free += 1
                self._hand_out()

    def _hand_out(self) -> None:
        """Give the turns that are free to those in front; the lock is ours."""
        while self._free and (queue := self._returning or self._waiting):
            self._free -= 1
            queue.popleft().set()

    def _n_before(self, come: threading.Event) -> int:
        with self._lock:
            line = [*self._returning, *self._waiting]
        # Those at work come first; whoever is not in line has just got a turn.
        return line.index(come) + 1 if come in line else 0


# One queue for all models of a process: they share its processors.
EVERYBODY = Turns(os.cpu_count() or 1)
# And one for all runs of the page. They share one interpreter lock: two at a time end
# no sooner, and the answer to whoever asks for the server's health waits behind both.
PAGES = Turns(1)
