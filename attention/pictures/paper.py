"""Altair charts as PNG and SVG files for papers and slides.

vl-convert draws them with no browser and no network. Only downloads need it, so
this module is best imported when one is asked for.
"""

import textwrap
from functools import cache
from typing import Any

import vl_convert

from attention.pictures.labels import FONT_FAMILY, FONTS, NOT_XML, readable
from attention.pictures.vega_lite import Chart, Spec

STEP = 24  # points a cell of a heatmap
PNG_SCALE = 2  # pixels a point: sharp in print at 15 cm wide
LABEL_LIMIT = 160  # points; a page has less room for a token than paper
TITLE_LINES = 3
POINTS_A_LETTER = 9.5  # of a title, on average
SHORTEST_LINE = 36  # letters; a title may be wider than a chart of few cells
POINTS_ASIDE = 100  # about what stands to the left of a heatmap's cells
VEGA_LITE = "6.4"  # of those vl-convert knows, altair 6.3's own is nearest

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
    chart: Chart, title: str = "", subtitle: str = "", n_tokens: int = 0
) -> bytes:
    """Draw any chart on white as a PNG; n_tokens is a heatmap's cells a side."""
    # The renderer has one font; what that lacks would be an empty box.
    # Of the title before it is wrapped: code points are wider than their characters.
    spec = drawable(paper_spec(chart, drawable(title), subtitle, n_tokens))
    register_fonts()
    return vl_convert.vegalite_to_png(spec, VEGA_LITE, scale=PNG_SCALE, config=PAPER)


def chart_svg(
    chart: Chart, title: str = "", subtitle: str = "", n_tokens: int = 0
) -> str:
    """Draw any chart on white as an SVG whose text stays text."""
    register_fonts()
    spec = paper_spec(chart, title, subtitle, n_tokens)
    return vl_convert.vegalite_to_svg(spec, VEGA_LITE, config=PAPER)


def paper_spec(chart: Chart, title: str, subtitle: str, n_tokens: int) -> Spec:
    """Return a chart as Vega-Lite that carries its own data, titled and sized."""
    spec = chart.with_data()
    spec.pop("config", None)  # the page's theme; paper has its own
    if title:
        points = n_tokens * STEP or 400
        room = int((points + POINTS_ASIDE) / POINTS_A_LETTER)
        letters = max(room, SHORTEST_LINE)
        lines = textwrap.wrap(title, letters, max_lines=TITLE_LINES, placeholder=" …")
        spec["title"] = {"text": lines, "subtitle": subtitle}
    if n_tokens:
        spec["width"] = spec["height"] = {"step": STEP}
    return with_room(spec)


def with_room(node: Any) -> Any:
    """Return a copy of a specification that fits: long labels, XML's characters."""
    if isinstance(node, str):  # vl-convert aborts the whole process at such characters
        return NOT_XML.sub("\ufffd", node)
    if isinstance(node, dict):
        wider = {"labelLimit": LABEL_LIMIT} if "labelLimit" in node else {}
        return {key: with_room(value) for key, value in node.items()} | wider
    return [with_room(part) for part in node] if isinstance(node, list) else node


def drawable(node: Any) -> Any:
    """Return a copy of a specification with code points for what cannot be drawn.

    >>> drawable({"title": "中"})
    {'title': 'U+4E2D'}
    """
    if isinstance(node, dict):
        return {key: drawable(value) for key, value in node.items()}
    if isinstance(node, list):
        return [drawable(part) for part in node]
    return readable(node) if isinstance(node, str) and not node.isascii() else node


@cache
def register_fonts() -> None:
    vl_convert.register_font_directory(str(FONTS))
