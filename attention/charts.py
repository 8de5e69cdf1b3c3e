"""Altair charts as PNG and SVG files for papers and slides.

vl-convert draws them with no browser and no network. Only downloads need it, so
this module is best imported when one is asked for.
"""

import json
from functools import cache

import altair as alt
import vl_convert

from attention.labels import FONTS, readable

STEP = 24  # points a cell of a heatmap
LONG, LONG_STEP = 60, 14  # tokens; a chart of 512 would be 12,000 points a side
PNG_SCALE = 2  # pixels a point: sharp in print at 15 cm wide
# Beyond this many pixels a side vl-convert runs out of memory.
MOST_PIXELS = 8000
VEGA_LITE = "6.4"  # vl-convert's closest to what altair 6.3 writes
FONT_FAMILY = "DejaVu Sans"

# Black on white whatever the page's theme: paper is white.
PAPER = {
    "background": "white",
    "padding": 16,
    "font": FONT_FAMILY,
    "view": {"stroke": None},
    "title": {
        "fontSize": 17,
        "fontWeight": "normal",
        "subtitleFontSize": 13,
        "subtitleColor": "#555",
        "anchor": "start",
        "offset": 14,
    },
    "axis": {"labelColor": "black", "titleColor": "#555", "titleFontWeight": "normal"},
    "legend": {"labelColor": "black", "titleFontWeight": "normal"},
}


def chart_png(
    chart: alt.Chart, title: str = "", subtitle: str = "", n_tokens: int = 0
) -> bytes:
    """Draw any chart on white as a PNG; n_tokens is a heatmap's cells a side."""
    spec = paper_spec(chart, title, subtitle, n_tokens)
    # The renderer has one font only; what that lacks would be an empty box.
    spec = "".join(c if c.isascii() else readable(c) for c in spec)
    side = n_tokens * step(n_tokens)
    scale = min(PNG_SCALE, MOST_PIXELS / side) if side else PNG_SCALE
    register_fonts()
    return vl_convert.vegalite_to_png(
        spec, VEGA_LITE, scale=scale, ppi=72 * scale, config=PAPER
    )


def chart_svg(
    chart: alt.Chart, title: str = "", subtitle: str = "", n_tokens: int = 0
) -> str:
    """Draw any chart on white as an SVG whose text stays text."""
    register_fonts()
    spec = paper_spec(chart, title, subtitle, n_tokens)
    return vl_convert.vegalite_to_svg(spec, VEGA_LITE, config=PAPER)


def step(n_tokens: int) -> int:
    """Return a heatmap cell's points a side."""
    return STEP if n_tokens <= LONG else LONG_STEP


def paper_spec(chart: alt.Chart, title: str, subtitle: str, n_tokens: int) -> str:
    """Return a chart as Vega-Lite that carries its own data, titled and sized."""
    chart = with_inline_data(chart)
    if title:
        chart = chart.properties(title=alt.Title(title, subtitle=subtitle))
    if n_tokens:
        size = alt.Step(step(n_tokens))
        chart = chart.properties(width=size, height=size)
    # The renderer looks fonts up by name: tokens keep the one that has them all.
    return json.dumps(chart.to_dict(), ensure_ascii=False)


def with_inline_data(chart: alt.Chart) -> alt.Chart:
    """Return a copy of a chart, or of a chart of charts, with its rows inside.

    Altair would ask alt.data_transformers for the limit of rows and the format,
    which all threads of a server share.
    """
    chart = chart.copy(deep=False)
    if hasattr(chart.data, "to_dict"):
        if not isinstance(chart.data, alt.SchemaBase):
            chart.data = alt.InlineData(values=chart.data.to_dict("records"))
    for name in ("layer", "hconcat", "vconcat", "concat"):
        if isinstance(parts := getattr(chart, name, None), list):
            setattr(chart, name, [with_inline_data(part) for part in parts])
    return chart


@cache
def register_fonts() -> None:
    vl_convert.register_font_directory(str(FONTS))
