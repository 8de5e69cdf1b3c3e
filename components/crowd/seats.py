"""Seats: so many visitors can be in at once; who comes later is asked to wait.

A limit serves those who are in. Without one, everybody's page is slow at once, and in
the end connections break.
"""

import threading
import time
from collections.abc import Callable

MOST = 200
KEPT = 60  # seconds that a seat is kept for a visitor whose connection has gone


class Seats:
    """Who is in, by session."""

    def __init__(
        self,
        number: int,
        is_connected: Callable[[str], bool],
        clock: Callable[[], float] = time.monotonic,
    ):
        self._number, self._is_connected, self._clock = number, is_connected, clock
        self._there: dict[str, float] = {}  # when each session was last connected
        self._turned_away: set[str] = set()  # of those who wait outside
        self._lock = threading.Lock()
        self.n_turned_away = 0

    def take(self, session: str) -> bool:
        """Return whether the session has a seat, its own or one that was free."""
        with self._lock:
            self._look()
            if session in self._there or len(self._there) < self._number:
                self._there[session] = self._clock()
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
            return len(self._there)

    def _look(self) -> None:
        now = self._clock()
        for session, last in list(self._there.items()):
            if self._is_connected(session):
                self._there[session] = now
            elif now - last >= KEPT:
                del self._there[session]
        self._turned_away = set(filter(self._is_connected, self._turned_away))
