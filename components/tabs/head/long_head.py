"""A head of a long sentence: a picture to scroll, zoom and search token by token."""

import base64

from attention.pictures.long_head import packed_levels
from attention.reading import Head, Reading
from components.frontend import register
from components.session import state

_long_head = register(
    "long_head",
    '<div class="tools"><label for="token">Mark a token</label>'
    '<select id="token"></select>'
    '<button type="button" class="out" aria-label="Smaller cells">−</button>'
    '<button type="button" class="in" aria-label="Larger cells">+</button>'
    '<span class="size" role="status"></span></div>'
    '<p class="says" role="status"></p>'
    '<div class="window" tabindex="0" role="group"><div class="sheet">'
    '<div class="corner"></div><div class="keys" aria-hidden="true"></div>'
    '<div class="queries" aria-hidden="true"></div>'
    '<div class="picture"><canvas aria-hidden="true"></canvas>'
    '<div class="row" hidden></div><div class="column" hidden></div></div>'
    '</div></div><p class="points" aria-hidden="true"></p>'
    '<div class="scale" aria-hidden="true"></div>',
)


def show_long_head(reading: Reading, head: Head) -> None:
    """Draw one head, one cell a pair of tokens, in a window that scrolls both ways."""
    colours = state.colours()
    _long_head(
        key="long_head",
        data={
            "tokens": list(reading.tokens),
            "levels": packed_levels(reading.attention[head], colours),
            "palette": base64.b64encode(colours.palette().tobytes()).decode(),
            "stops": list(colours.stops),
            "exponent": colours.exponent,
        },
    )
