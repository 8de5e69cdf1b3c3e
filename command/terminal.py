"""What mask.py shows on standard error while it works."""

import re
import sys

# A sentence's or a file's name may have any: escape sequences, Unicode's two-way marks.
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
MANY = 20  # sentences, from which on a bar shows how far it is
TERMINAL_STEPS, LOG_STEPS = 30, 10  # where a line can be redrawn, and where not


class Failed(Exception):
    """str() is one sentence for the user: what happened, what to do."""


def say(message: str) -> None:
    """Print a message; characters that would steer the terminal stand as codes."""
    shown = CONTROL.sub(lambda found: ascii(found[0])[1:-1], message)
    print(shown, file=sys.stderr, flush=True)


class Bar:
    """How much is done: one line redrawn in a terminal, ten lines in a log."""

    def __init__(self, what: str):
        self._what = what
        self._redraws = sys.stderr.isatty()
        self._steps = TERMINAL_STEPS if self._redraws else LOG_STEPS
        self._shown = None if self._redraws else 0

    def show(self, done: int, total: int, unit: str = "") -> None:
        """Draw the bar, if it differs from the last one."""
        filled = min(done * self._steps // total, self._steps) if total else 0
        if filled == self._shown:
            return
        self._shown = filled
        bar = "#" * filled + "." * (self._steps - filled)
        line = f"{self._what} [{bar}] {done} of {total}{unit}"
        line = f"\r{line}\033[K" if self._redraws else line + "\n"
        print(line, end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Make room for another line where the bar stands."""
        if self._redraws and self._shown is not None:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self._shown = None
