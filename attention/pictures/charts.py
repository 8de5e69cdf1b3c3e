"""The page's charts over tokens: data in, a chart out; drawing is others' job."""

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Literal

import altair as alt
import pandas as pd

from attention.heads.frames import head_frame
from attention.heads.stability import Spread
from attention.pictures.colors import MAGMA, ColourScale
from attention.pictures.sizes import HEAD_HEIGHT
from attention.pictures.vega_lite import Chart, Spec, spec_of, table, with_parameter
from attention.reading import Head, Reading

# A heatmap with more tokens is too dense to read and over 2,000 marks.
HEATMAP_TOKENS = 45
AROUND = 180  # pixels above and below a heatmap's cells
FAINTEST_LINE = 0.02  # of a weight; fainter ones cannot be seen
# Okabe and Ito's colours, which read without colour vision.
DISTINCT = alt.Scale(
    range=["#0072b2", "#d55e00", "#009e73", "#cc79a7"]
    + ["#e69f00", "#56b4e9", "#999999", "#f0e442"]
)
# Of lines between tokens: where they stand, how they are set, pixels from the lines.
SIDES: tuple[tuple[int, Literal["left", "right"], int], ...] = (
    (0, "right", -6),
    (1, "left", 6),
)
SAYS = {
    "expr": "datum.query_token + ' → ' + datum.key_token + ' ' "
    "+ format(datum.score, '.2f')"
}
SHAPES = 4 * HEATMAP_TOKENS  # of heatmaps, of lines: kinds and numbers of tokens

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
    return weights_chart(head_frame(reading, head), colours)


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


def lines_chart(frame: pd.DataFrame, tokens: Sequence[str]) -> Chart:
    """Join each token on the left to those on the right that it attends to.

    frame: long format; a column `name`, if there, colours each head's lines.
    """
    lines = frame[frame["score"] >= FAINTEST_LINE]
    labels = pd.DataFrame({"query": range(len(tokens)), "token": list(tokens)})
    spec = _lines(len(tokens), are_named="name" in frame)
    return Chart(spec, {"lines": lines, "tokens": labels})


@lru_cache(SHAPES)
def _lines(n_tokens: int, are_named: bool) -> Spec:
    across = alt.Scale(domain=[-0.3, 1.3])
    down = alt.Y(
        "query:Q",
        axis=None,
        scale=alt.Scale(domain=[n_tokens - 0.5, -0.5], nice=False),
    )
    strength = alt.Scale(domain=[0, 1])
    lines = (
        alt.Chart(table("lines"))
        .mark_rule(strokeCap="round", tooltip=SAYS, color=DISTINCT.range[0])
        .encode(
            alt.XDatum(0, type="quantitative", axis=None, scale=across),
            down,
            alt.X2Datum(1),
            alt.Y2("key:Q"),
            opacity=alt.Opacity("score:Q", scale=strength, legend=None),
            size=alt.Size("score:Q", scale=strength, legend=None),
        )
    )
    if are_named:
        lines = lines.encode(alt.Color("name:N", title=None, scale=DISTINCT))
    sides = [
        alt.Chart(table("tokens"))
        .mark_text(align=align, dx=dx, fontSize=12)
        .encode(
            alt.XDatum(side, type="quantitative", axis=None, scale=across),
            down,
            text="token:N",
        )
        for side, align, dx in SIDES
    ]
    return spec_of(alt.layer(lines, *sides))


def bars_chart(frame: pd.DataFrame) -> Chart:
    """Draw a bar for each token's share; columns token, share (0-1)."""
    return Chart(_bars(), {"shares": frame})


@lru_cache
def _bars() -> Spec:
    return spec_of(
        alt.Chart(table("shares"))
        .mark_bar()
        .encode(
            alt.X("token:N", sort=None, title=None).axis(labelAngle=-60),
            alt.Y("share:Q", title="share").scale(domain=[0, 1]).axis(format="%"),
            tooltip=["token:N", alt.Tooltip("share:Q", format=".1%")],
        )
    )


def words_chart(frame: pd.DataFrame) -> Chart:
    """Set each word's two probabilities side by side; columns word, before, after."""
    long = frame.melt("word", ["before", "after"], "when", "probability")
    return Chart(_words(), {"words": long})


@lru_cache
def _words() -> Spec:
    return spec_of(
        alt.Chart(table("words"))
        .mark_bar()
        .encode(
            alt.Y("word:N", sort=None, title=None),
            alt.X("probability:Q").axis(format="%"),
            alt.YOffset("when:N", sort=["before", "after"]),
            alt.Color("when:N", title=None, sort=["before", "after"], scale=DISTINCT),
        )
    )


def spread_chart(found: Spread) -> Chart:
    """Draw a tick for each sentence's score, from 0 to 1."""
    return Chart(_spread(found.role), {"scores": pd.DataFrame({"score": found.scores})})


@lru_cache
def _spread(role: str) -> Spec:
    return spec_of(
        alt.Chart(table("scores"))
        .mark_tick(thickness=2)
        .encode(
            alt.X("score:Q", title=f"share of attention to {role}")
            .scale(domain=[0, 1])
            .axis(format="%")
        )
    )
