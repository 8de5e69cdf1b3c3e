"""What mask.py shows on standard error while it works."""

import math
import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from tqdm import tqdm

# A sentence's or a file's name may have any: escape sequences, Unicode's two-way marks.
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
MANY = 20  # sentences, from which on a bar shows how far it is


class Failed(Exception):
    """str() is one sentence for the user: what happened, what to do."""


def say(message: str) -> None:
    """Print a message; characters that would steer the terminal stand as codes."""
    shown = CONTROL.sub(lambda found: ascii(found[0])[1:-1], message)
    print(shown, file=sys.stderr, flush=True)


def progress(what: str, total: int, **options: Any) -> "tqdm[NoReturn]":
    """Return a bar: one line redrawn in a terminal, about ten lines in a log.

    To be closed, or used in `with`. options: more of tqdm's.
    """
    from tqdm import tqdm  # takes 30 ms, which few commands need wait for

    redraws = sys.stderr.isatty()
    return tqdm(
        desc=what,
        total=total,
        file=sys.stderr if redraws else _Log(),
        leave=not redraws,
        miniters=1 if redraws else max(total // 10, 1),
        mininterval=0,  # so that what was cleared is soon there again
        maxinterval=math.inf,  # in a log ten lines, however long it takes
        delay=1e-3,  # nothing is shown before something is done
        **options,
    )


class _Log:
    """Gives each drawing of a bar a line of its own, where none can be redrawn."""

    def write(self, drawn: str) -> None:
        if line := drawn.strip():
            print(line, file=sys.stderr)

    def flush(self) -> None:
        sys.stderr.flush()
