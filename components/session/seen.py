"""A reading as the page shows it, with what follows from it: made once a view.

A click on a head asks for all of it again.
"""

import threading
from dataclasses import dataclass
from weakref import ReferenceType, ref

import cachetools

from attention.heads.roles import HeadRoles, head_roles
from attention.pictures.colors import ColourScale
from attention.pictures.overview import overview_png
from attention.reading import Reading
from attention.views import seen_as

KEPT_BYTES = 50_000_000  # a thousand short sentences


@dataclass(frozen=True, eq=False)
class Seen:
    """What one choice of tokens makes of a reading."""

    source: ReferenceType[Reading]  # weak: another cache bounds what readings take
    reading: Reading  # with the view's tokens
    about: str  # the view in words; "" for every token as BERT reads it
    roles: HeadRoles
    picture: bytes  # of all heads, a PNG


_kept: cachetools.LRUCache[tuple[object, ...], Seen] = cachetools.LRUCache(
    KEPT_BYTES, lambda seen: seen.reading.attention.nbytes + len(seen.picture)
)
_lock = threading.Lock()


def see(reading: Reading, view: tuple[bool, str], colours: ColourScale) -> Seen:
    """Return the reading in a view; what was seen lately comes from a cache.

    view: whether pieces are joined, and one of views.SPECIALS. colours: the picture's.
    """
    key = (reading.model, reading.text, *view, colours.name)
    with _lock:
        found = _kept.get(key)
    if found is None or found.source() is not reading:
        shown, about = seen_as(reading, *view)
        picture = overview_png(shown.attention, colours)
        found = Seen(ref(reading), shown, about, head_roles(shown), picture)
        with _lock:
            if _kept.getsizeof(found) <= KEPT_BYTES:
                _kept[key] = found
    return found
