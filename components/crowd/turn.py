"""A visitor's turn: runs of the page stand in one fair queue."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import streamlit as st

from model_cache.turns import PAGES, telling

STEP = 0.9  # a place further back than 10 is told anew when a tenth of it has gone


@contextmanager
def page_turn(name: str) -> Iterator[None]:
    """Have the page, or a fragment of it, drawn when it is its turn.

    name: what is drawn, a different one for each place in the page that has this.
    It comes before anything that takes time: hundreds of threads that all want the
    interpreter keep each other and the server's event loop from it. Who waits is told
    his place where it moves nothing (page.css). A run that Streamlit ends, since the
    visitor has left or clicked again, leaves the queue.
    """
    place = st.empty()
    told, times = 0, count()

    def tell(n_before: int) -> None:
        nonlocal told
        if n_before == 0:
            told = 0
            place.empty()
        elif is_news(n_before, told):
            told = n_before
            # One key for each time: of one run no two elements may share one.
            with place.container(key=f"turn-{name}-{next(times)}"):
                st.text(waiting_words(n_before))
        else:
            # Where nothing is drawn, this is where Streamlit can end the run.
            _ = "turn" in st.session_state

    with telling(tell), PAGES.turn():
        yield


def is_news(n_before: int, told: int) -> bool:
    """Return whether a place is worth telling; told: the last that was, 0 for none.

    Each telling takes the time of those in front. When one comes back from a pause,
    the others move back, which need not be told.
    """
    return not told or n_before < min(told, max(STEP * told, 10))


def waiting_words(n_before: int) -> str:
    """Return the notice for a visitor who waits.

    >>> waiting_words(7)
    'One moment: 7 others are before you.'
    """
    others = "1 other is" if n_before == 1 else f"{n_before} others are"
    return f"One moment: {others} before you."
