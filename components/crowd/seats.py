"""Seats: so many visitors can be in at once; who comes later is asked to wait.

A limit serves those who are in. Without one, everybody's page is slow at once, and in
the end connections break.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

# A student of benchmarks/classroom.py has a run of the page every 27 s: 200 ask for 7 a
# second, and one process draws 7 to 9.
MOST = 200
KEPT = 60  # seconds that a seat is kept for a visitor whose connection has gone


@dataclass
class Seat:
    """browser: what its session's tab is in, "" if that is not known."""

    browser: str
    last_there: float  # when its session was last connected


class Seats:
    """Who is in, by session."""

    def __init__(
        self,
        number: int,
        is_connected: Callable[[str], bool],
        clock: Callable[[], float] = time.monotonic,
    ):
        self._number, self._is_connected, self._clock = number, is_connected, clock
        self._taken: dict[str, Seat] = {}
        self._turned_away: set[str] = set()  # of those who wait outside
        self._lock = threading.Lock()
        self.n_turned_away = 0

    def has(self, session: str) -> bool:
        """Return whether the session has a seat; asked with each run of the page."""
        return session in self._taken

    def take(self, session: str, browser: str = "") -> bool:
        """Return whether the session has a seat: its own, a free one, or a left one.

        A tab that is loaded anew is a new session, and its old one has left the seat.
        """
        with self._lock:
            self._look()
            if session not in self._taken and len(self._taken) >= self._number:
                self._taken.pop(self._left_by(browser), None)
            if session in self._taken or len(self._taken) < self._number:
                self._taken[session] = Seat(browser, self._clock())
                return True
            if session not in self._turned_away:
                self._turned_away.add(session)
                self.n_turned_away += 1
            return False

    def count(self) -> int:
        """Return how many are in, after a look at who is still there.

        Somebody has to look every few seconds, for a connection to be seen to go.
        """
        with self._lock:
            self._look()
            return len(self._taken)

    def _look(self) -> None:
        now = self._clock()
        for session, seat in list(self._taken.items()):
            if self._is_connected(session):
                seat.last_there = now
            elif now - seat.last_there >= KEPT:
                del self._taken[session]
        self._turned_away = set(filter(self._is_connected, self._turned_away))

    def _left_by(self, browser: str) -> str:
        """Return the session of this browser that is not connected, "" for none."""
        for session, seat in self._taken.items():
            if browser and seat.browser == browser and not self._is_connected(session):
                return session
        return ""
