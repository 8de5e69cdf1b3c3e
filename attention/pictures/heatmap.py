"""Weights as a heatmap: a row for each token that attends, a column for each
attended to, and a colour for each pair.
"""

from functools import lru_cache, partial

import altair as alt
import pandas as pd

from attention.heads.frames import weights_frame
from attention.pictures.colors import MAGMA, ColourScale
from attention.pictures.sizes import HEAD_HEIGHT
from attention.pictures.vega_lite import Chart, Spec, spec_of, table, with_parameter
from attention.reading import Head, Reading

# A heatmap with more tokens is too dense to read and over 2,000 marks.
HEATMAP_TOKENS = 45
AROUND = 180  # pixels above and below a heatmap's cells
SAYS = {
    "expr": "datum.query_token + ' → ' + datum.key_token + ' ' "
    "+ format(datum.score, '.2f')"
}
SHAPES = 2 * HEATMAP_TOKENS  # numbers of tokens, in magma and in gray

below = partial(alt.Legend, orient="bottom", titleOrient="left", gradientLength=200)


def heatmap_height(n_tokens: int) -> int:
    """Return pixels in which the labels of a heatmap's rows do not touch."""
    return max(HEAD_HEIGHT, AROUND + n_tokens * (label_pixels(n_tokens) + 3))


def label_pixels(n_tokens: int) -> int:
    return 12 if n_tokens <= 25 else 9


def head_chart(reading: Reading, head: Head, colours: ColourScale = MAGMA) -> Chart:
    """Build the heatmap: a row for each token that attends, a column for each
    token attended to.
    """
    frame = weights_frame(reading.tokens, reading.attention[head])
    return weights_chart(frame, colours)


def weights_chart(frame: pd.DataFrame, colours: ColourScale = MAGMA) -> Chart:
    """Build the heatmap of any weights, 0 to 1, in weights_frame's long format."""
    return Chart(_weights(frame["key"].nunique(), colours), {"cells": frame})


def difference_chart(frame: pd.DataFrame) -> Chart:
    """Build the heatmap of compare.difference_frame: red less, blue more, 0 white."""
    limit = float(frame["score"].abs().max()) or 1.0
    spec = with_parameter(_difference(frame["key"].nunique()), "limit", limit)
    return Chart(spec, {"cells": frame})


@lru_cache(SHAPES)
def _weights(n_tokens: int, colours: ColourScale) -> Spec:
    scale = alt.Scale(
        type="pow",
        exponent=colours.exponent,
        # For every head and sentence, so that pictures compare.
        domain=[0, 1],
        range=colours.stops,
        interpolate="rgb",
    )
    legend = below(values=[0, 0.1, 0.5, 1], format="~")
    color = alt.Color("score:Q", title="attention", scale=scale, legend=legend)
    return spec_of(_heatmap(n_tokens, color))


@lru_cache(SHAPES)
def _difference(n_tokens: int) -> Spec:
    limit = alt.param(name="limit", value=1)
    scale = alt.Scale(scheme="redblue", domainMin=-limit, domainMax=limit)
    legend = below(format="+.2f")
    color = alt.Color("score:Q", title="difference", scale=scale, legend=legend)
    return spec_of(_heatmap(n_tokens, color).add_params(limit))


def _heatmap(n_tokens: int, color: alt.Color) -> alt.Chart:
    # Pointing at a cell keeps its row and its column bright.
    pointed = partial(
        alt.selection_point, on="pointerover", clear="pointerout", empty=True
    )
    row = pointed(name="row", fields=["query"])
    column = pointed(name="column", fields=["key"])
    axis = partial(
        alt.Axis,
        labelOverlap=False,
        labelFlush=False,  # each in the middle of its cells, the first and last too
        labelLimit=80,
        labelFontSize=label_pixels(n_tokens),
        ticks=False,
        domain=False,
    )
    # Positions are the data, so that repeated tokens keep rows of their own. Their
    # tokens are looked up in the cells, which come query by query.
    across = axis(
        orient="top",
        labelAngle=-90,
        labelExpr="data('cells')[datum.value].key_token",
    )
    down = axis(labelExpr=f"data('cells')[datum.value * {n_tokens}].query_token")
    return (
        alt.Chart(table("cells"))
        .mark_rect(tooltip=SAYS, description=SAYS)
        .encode(
            alt.X("key:O", sort=None, title="token attended to", axis=across),
            alt.Y("query:O", sort=None, title="token that attends", axis=down),
            color,
            opacity=alt.when(row | column).then(alt.value(1)).otherwise(alt.value(0.4)),
        )
        .add_params(row, column)
    )
