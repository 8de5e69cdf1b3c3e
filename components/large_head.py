"""A head of a long sentence: a picture to scroll, with tokens that stay in sight."""

import base64

from attention.colors import STOPS, levels
from attention.diagrams import png
from attention.reading import Reading
from components.frontend import register

_large = register(
    "large_head",
    '<div class="window" tabindex="0" role="group"><div class="sheet">'
    '<div class="corner"></div><div class="keys"></div><div class="queries"></div>'
    '<div class="picture"></div></div></div>'
    '<p class="says" role="status"></p><div class="scale" aria-hidden="true"></div>',
)


def show_large_head(reading: Reading, layer: int, head: int) -> None:
    """Draw one head, one cell a pair of tokens, in a window that scrolls both ways."""
    cells = levels(reading.attention[layer, head])
    _large(
        key="large_head",
        data={
            "tokens": list(reading.tokens),
            "picture": "data:image/png;base64," + base64.b64encode(png(cells)).decode(),
            "levels": base64.b64encode(cells.tobytes()).decode(),
            "stops": list(STOPS),
        },
    )
