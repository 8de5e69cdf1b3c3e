"""Altair charts as PNG and SVG files for papers and slides.

vl-convert draws them with no browser and no network. Only downloads need it, so
this module is best imported when one is asked for.
"""

import json
import re
import textwrap
from functools import cache
from typing import Any, cast

import altair as alt
import pandas as pd
import vl_convert
from altair.typing import ChartType

from attention.pictures.labels import FONT_FAMILY, FONTS, NOT_XML, readable

STEP = 24  # points a cell of a heatmap
PNG_SCALE = 2  # pixels a point: sharp in print at 15 cm wide
LABEL_LIMIT = 160  # points; a page has less room for a token than paper
TITLE_LINES = 3
POINTS_A_LETTER = 9.5  # of a title, on average
SHORTEST_LINE = 36  # letters; a title may be wider than a chart of few cells
POINTS_ASIDE = 100  # about what stands to the left of a heatmap's cells
VEGA_LITE = "6.4"  # of those vl-convert knows, altair 6.3's own is nearest
EXPRESSIONS = ("expr", "labelExpr")
# In an expression: a backslash that stands for itself, or characters by number.
ESCAPED = re.compile(r"\\\\|((?:\\u[0-9a-fA-F]{4})+)")

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
    chart: ChartType, title: str = "", subtitle: str = "", n_tokens: int = 0
) -> bytes:
    """Draw any chart on white as a PNG; n_tokens is a heatmap's cells a side."""
    # The renderer has one font; what that lacks would be an empty box.
    # Of the title before it is wrapped: code points are wider than their characters.
    spec = drawable(paper_spec(chart, drawable(title), subtitle, n_tokens))
    register_fonts()
    return vl_convert.vegalite_to_png(spec, VEGA_LITE, scale=PNG_SCALE, config=PAPER)


def chart_svg(
    chart: ChartType, title: str = "", subtitle: str = "", n_tokens: int = 0
) -> str:
    """Draw any chart on white as an SVG whose text stays text."""
    register_fonts()
    spec = paper_spec(chart, title, subtitle, n_tokens)
    return vl_convert.vegalite_to_svg(spec, VEGA_LITE, config=PAPER)


def paper_spec(
    chart: ChartType, title: str, subtitle: str, n_tokens: int
) -> dict[str, Any]:
    """Return a chart as Vega-Lite that carries its own data, titled and sized."""
    chart = with_inline_data(chart)
    points = n_tokens * STEP or 400
    if title:
        room = int((points + POINTS_ASIDE) / POINTS_A_LETTER)
        letters = max(room, SHORTEST_LINE)
        lines = textwrap.wrap(title, letters, max_lines=TITLE_LINES, placeholder=" …")
        chart = chart.properties(title=alt.Title(lines, subtitle=subtitle))
    if n_tokens:
        size = alt.Step(STEP)
        chart = chart.properties(width=size, height=size)
    spec = with_room(chart.to_dict())
    spec.pop("config", None)  # the page's theme; paper has its own
    return spec


def with_room(node: Any) -> Any:
    """Return a copy of a specification that fits: long labels, XML's characters."""
    if isinstance(node, str):  # vl-convert aborts the whole process at such characters
        return NOT_XML.sub("\ufffd", node)
    if isinstance(node, dict):
        wider = {"labelLimit": LABEL_LIMIT} if "labelLimit" in node else {}
        return {key: with_room(value) for key, value in node.items()} | wider
    return [with_room(part) for part in node] if isinstance(node, list) else node


def drawable(node: Any, key: str = "") -> Any:
    """Return a copy of a specification with code points for what cannot be drawn.

    >>> drawable({"labelExpr": '["\\u4e2d"][datum.value]'})
    {'labelExpr': '["U+4E2D"][datum.value]'}
    """
    if isinstance(node, dict):
        return {k: drawable(value, k) for k, value in node.items()}
    if isinstance(node, list):
        return [drawable(part) for part in node]
    if not isinstance(node, str):
        return node
    if key in EXPRESSIONS:
        node = ESCAPED.sub(unescape, node)
    return node if node.isascii() else readable(node)


def unescape(match: re.Match[str]) -> str:
    # json joins the two halves that characters such as emoji are written in.
    text = json.loads(f'"{match[1]}"') if match[1] else match[0]
    return match[0] if text.isascii() else text


def with_inline_data(chart: ChartType) -> ChartType:
    """Return a copy of a chart, or of a chart of charts, with its rows inside.

    Altair would ask alt.data_transformers for the limit of rows and the format,
    which all threads of a server share.
    """
    chart = chart.copy(deep=False)
    if isinstance(chart.data, pd.DataFrame):
        # Columns have names; pandas allows for others.
        rows = cast(list[dict[str, Any]], chart.data.to_dict("records"))
        chart.data = alt.InlineData(values=rows)
    for name in ("layer", "hconcat", "vconcat", "concat"):
        if isinstance(parts := getattr(chart, name, None), list):
            setattr(chart, name, [with_inline_data(part) for part in parts])
    return chart


@cache
def register_fonts() -> None:
    vl_convert.register_font_directory(str(FONTS))
