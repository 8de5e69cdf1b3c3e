"""Weights as lines from token to token."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import altair as alt
import pandas as pd

from attention.pictures.colors import DISTINCT
from attention.pictures.heatmap import HEATMAP_TOKENS, SAYS
from attention.pictures.vega_lite import Chart, Spec, spec_of, table

FAINTEST_LINE = 0.02  # of a weight; fainter ones cannot be seen
# Where tokens stand, how they are set, pixels from the lines.
SIDES: tuple[tuple[int, Literal["left", "right"], int], ...] = (
    (0, "right", -6),
    (1, "left", 6),
)
SHAPES = 2 * HEATMAP_TOKENS  # numbers of tokens, of one head and of several


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
        .mark_rule(strokeCap="round", tooltip=SAYS, color=DISTINCT[0])
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
        lines = lines.encode(
            alt.Color("name:N", title=None, scale=alt.Scale(range=DISTINCT))
        )
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
