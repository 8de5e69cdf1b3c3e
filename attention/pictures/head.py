"""One head as a file for papers and reports, whatever the number of its tokens."""

import io

from PIL import Image

from attention.pictures.colors import MAGMA, ColourScale
from attention.pictures.heatmap import HEATMAP_TOKENS, head_chart
from attention.pictures.long_head import long_head_png, long_head_svg
from attention.pictures.overview import png
from attention.pictures.vega_lite import Chart
from attention.reading import Head, Reading


def head_png(reading: Reading, head: Head, colours: ColourScale = MAGMA) -> bytes:
    """Draw a head's heatmap for paper."""
    if reading.n_tokens > HEATMAP_TOKENS:
        return long_head_png(reading, head, colours)
    from attention.pictures.paper import chart_png  # loads vl-convert

    return chart_png(*_for_paper(reading, head, colours))


def head_svg(reading: Reading, head: Head, colours: ColourScale = MAGMA) -> str:
    """Draw a head's heatmap for paper, its text as text."""
    if reading.n_tokens > HEATMAP_TOKENS:
        return long_head_svg(reading, head, colours)
    from attention.pictures.paper import chart_svg  # loads vl-convert

    return chart_svg(*_for_paper(reading, head, colours))


def _for_paper(
    reading: Reading, head: Head, colours: ColourScale
) -> tuple[Chart, str, str, int]:
    """Return a head's chart, title, subtitle and number of tokens."""
    subtitle = ", ".join([f"{head.name} of {reading.model}", *reading.view])
    return head_chart(reading, head, colours), reading.text, subtitle, reading.n_tokens


def unlabelled_png(reading: Reading, head: Head, colours: ColourScale = MAGMA) -> bytes:
    """Draw a head of a long text, two pixels a pair of tokens, without labels."""
    cells = colours.levels(reading.attention[head])
    small = Image.open(io.BytesIO(png(cells, colours)))
    file = io.BytesIO()
    small.resize((small.width * 2, small.height * 2), Image.Resampling.NEAREST).save(
        file, "PNG"
    )
    return file.getvalue()
