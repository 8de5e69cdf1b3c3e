"""The page's Altair charts: data in, a chart out; drawing them is others' job."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Literal

import altair as alt
import pandas as pd
from altair.typing import ChartType

from attention.heads.frames import head_frame
from attention.heads.stability import Spread
from attention.pictures.colors import STOPS
from attention.pictures.sizes import HEAD_HEIGHT
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

Scheme = Literal["redblue", "viridis"]  # of colours: around 0, or from 0
below = partial(alt.Legend, orient="bottom", titleOrient="left", gradientLength=200)


@alt.theme.register("page", enable=True)
def page_theme() -> alt.theme.ThemeConfig:
    """Write in the colour of the words around a chart, in light mode and in dark.

    Tokens and numbers are to be read; Streamlit's own grey has a contrast of 3.7:1.
    """
    colour = "currentColor"
    return {
        "config": {
            "axis": {"labelColor": colour, "titleColor": colour},
            "legend": {"labelColor": colour, "titleColor": colour},
            "text": {"color": colour},
        }
    }


def heatmap_height(n_tokens: int) -> int:
    """Return pixels in which the labels of a heatmap's rows do not touch."""
    return max(HEAD_HEIGHT, AROUND + n_tokens * (label_pixels(n_tokens) + 3))


def label_pixels(n_tokens: int) -> int:
    return 12 if n_tokens <= 25 else 9


def head_chart(reading: Reading, head: Head) -> alt.Chart:
    """Build the heatmap: a row for each token that attends, a column for each
    token attended to, colours on the page's one scale from 0 to 1.
    """
    return weights_chart(head_frame(reading, head), reading.tokens)


def weights_chart(frame: pd.DataFrame, tokens: Sequence[str]) -> alt.Chart:
    """Build the heatmap of any weights in long format, 0 to 1."""
    # One scale for every head and sentence, so that pictures compare.
    scale = alt.Scale(type="sqrt", domain=[0, 1], range=STOPS, interpolate="rgb")
    legend = below(values=[0, 0.1, 0.5, 1], format="~")
    return _heatmap(frame, list(tokens), "attention", scale, legend)


def lines_chart(frame: pd.DataFrame, tokens: Sequence[str]) -> ChartType:
    """Join each token on the left to those on the right that it attends to.

    frame: long format; a column `name`, if there, colours each head's lines.
    """
    frame = frame[frame["score"] >= FAINTEST_LINE].assign(left=0, right=1)
    across = alt.X("left:Q", axis=None).scale(domain=[-0.3, 1.3])
    down = alt.Scale(domain=[len(tokens) - 0.5, -0.5], nice=False)
    strength = alt.Scale(domain=[0, 1])
    lines = (
        alt.Chart(frame)
        .mark_rule(strokeCap="round", tooltip=SAYS, color=DISTINCT.range[0])
        .encode(
            across,
            alt.Y("query:Q", axis=None, scale=down),
            alt.X2("right:Q"),
            alt.Y2("key:Q"),
            opacity=alt.Opacity("score:Q", scale=strength, legend=None),
            size=alt.Size("score:Q", scale=strength, legend=None),
        )
    )
    if "name" in frame:
        lines = lines.encode(alt.Color("name:N", title=None, scale=DISTINCT))
    labels = pd.DataFrame({"query": range(len(tokens)), "token": list(tokens)})
    sides = [
        alt.Chart(labels.assign(left=left))
        .mark_text(align=align, dx=dx, fontSize=12)
        .encode(across, alt.Y("query:Q", axis=None, scale=down), text="token:N")
        for left, align, dx in SIDES
    ]
    return alt.layer(lines, *sides)


def bars_chart(frame: pd.DataFrame) -> alt.Chart:
    """Draw a bar for each token's share; columns token, share (0-1)."""
    return (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            alt.X("token:N", sort=None, title=None).axis(labelAngle=-60),
            alt.Y("share:Q", title="share").scale(domain=[0, 1]).axis(format="%"),
            tooltip=["token", alt.Tooltip("share", format=".1%")],
        )
    )


def difference_chart(frame: pd.DataFrame) -> alt.Chart:
    """Build the heatmap of compare.difference_frame: red less, blue more, 0 white."""
    tokens = frame.sort_values("key").drop_duplicates("key")["key_token"].tolist()
    limit = float(frame["score"].abs().max()) or 1.0
    scale = alt.Scale(scheme="redblue", domain=[-limit, limit])
    return _heatmap(frame, tokens, "difference", scale, below(format="+.2f"))


def _heatmap(
    frame: pd.DataFrame,
    tokens: list[str],
    title: str,
    scale: alt.Scale,
    legend: alt.Legend,
) -> alt.Chart:
    # Pointing at a cell keeps its row and its column bright.
    pointed = partial(
        alt.selection_point, on="pointerover", clear="pointerout", empty=True
    )
    row = pointed(name="row", fields=["query"])
    column = pointed(name="column", fields=["key"])
    axis = partial(
        alt.Axis,
        # Positions are the data, so that repeated tokens keep rows of their own;
        # json.dumps keeps any token a plain string inside the expression.
        labelExpr=f"{json.dumps(tokens)}[datum.value]",
        labelOverlap=False,
        labelFlush=False,  # each in the middle of its cells, the first and last too
        labelLimit=80,
        labelFontSize=label_pixels(len(tokens)),
        ticks=False,
        domain=False,
    )
    return (
        alt.Chart(frame)
        .mark_rect(tooltip=SAYS, description=SAYS)
        .encode(
            alt.X(
                "key:O",
                sort=None,
                title="token attended to",
                axis=axis(orient="top", labelAngle=-90),
            ),
            alt.Y("query:O", sort=None, title="token that attends", axis=axis()),
            alt.Color("score:Q", title=title, scale=scale, legend=legend),
            opacity=alt.when(row | column).then(alt.value(1)).otherwise(alt.value(0.4)),
        )
        .add_params(row, column)
    )


def head_map(
    frame: pd.DataFrame, field: str, title: str, scheme: Scheme, limit: float = 0
) -> alt.Chart:
    """Colour each head by a field: a diverging scale keeps 0 in its middle.

    limit: the value of the strongest colour; 0 stands for the largest in the frame.
    """
    limit = limit or float(frame[field].abs().max()) or 1.0
    domain = [-limit, limit] if scheme == "redblue" else [0, limit]
    return (
        alt.Chart(frame)
        .mark_rect(cursor="pointer")
        .encode(
            alt.X("head:O", title="head").axis(
                orient="top", labelAngle=0, labelFlush=False
            ),
            alt.Y("layer:O", title="layer").axis(labelFlush=False),
            alt.Color(field, type="quantitative", title=title)
            .scale(scheme=scheme, domain=domain)
            .legend(orient="bottom"),
            tooltip=[
                "layer:O",
                "head:O",
                alt.Tooltip(field, type="quantitative", format=".3f"),
            ],
        )
    )


def words_chart(frame: pd.DataFrame) -> alt.Chart:
    """Set each word's two probabilities side by side; columns word, before, after."""
    long = frame.melt("word", ["before", "after"], "when", "probability")
    return (
        alt.Chart(long)
        .mark_bar()
        .encode(
            alt.Y("word:N", sort=None, title=None),
            alt.X("probability:Q").axis(format="%"),
            alt.YOffset("when:N", sort=["before", "after"]),
            alt.Color("when:N", title=None, sort=["before", "after"], scale=DISTINCT),
        )
    )


def spread_chart(found: Spread) -> alt.Chart:
    """Draw a tick for each sentence's score, from 0 to 1."""
    return (
        alt.Chart(pd.DataFrame({"score": found.scores}))
        .mark_tick(thickness=2)
        .encode(
            alt.X("score:Q", title=f"share of attention to {found.role}")
            .scale(domain=[0, 1])
            .axis(format="%")
        )
    )
