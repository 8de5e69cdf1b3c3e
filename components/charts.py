"""The page's Altair charts: data in, a chart out; drawing them is others' job."""

import json

import altair as alt
import pandas as pd

from attention.colors import STOPS
from attention.frames import head_frame
from attention.reading import Reading
from attention.stability import Spread

# A heatmap with more tokens is too dense to read and over 2,000 marks.
HEATMAP_TOKENS = 45


def head_chart(reading: Reading, layer: int, head: int) -> alt.Chart:
    """Build the heatmap: a row for each token that attends, a column for each
    token attended to, colours on the page's one scale from 0 to 1.
    """
    # One scale for every head and sentence, so that pictures compare.
    scale = alt.Scale(type="sqrt", domain=[0, 1], range=STOPS, interpolate="rgb")
    legend = {"values": [0, 0.1, 0.5, 1], "format": "~"}
    frame = head_frame(reading, layer, head)
    return _heatmap(frame, list(reading.tokens), "attention", scale, legend)


def difference_chart(frame: pd.DataFrame) -> alt.Chart:
    """Build the heatmap of compare.difference_frame: red less, blue more, 0 white."""
    tokens = frame.sort_values("key").drop_duplicates("key")["key_token"].tolist()
    limit = float(frame["score"].abs().max()) or 1.0
    scale = alt.Scale(scheme="redblue", domain=[-limit, limit])
    return _heatmap(frame, tokens, "difference", scale, {"format": "+.2f"})


def _heatmap(
    frame: pd.DataFrame, tokens: list[str], title: str, scale: alt.Scale, legend: dict
) -> alt.Chart:
    says = {
        "expr": "datum.query_token + ' → ' + datum.key_token + ' ' "
        "+ format(datum.score, '.2f')"
    }
    axis = {
        # Positions are the data, so that repeated tokens keep rows of their own;
        # json.dumps keeps any token a plain string inside the expression.
        "labelExpr": f"{json.dumps(tokens)}[datum.value]",
        "labelOverlap": False,
        "labelLimit": 80,
        "labelFontSize": 12 if len(tokens) <= 25 else 9,
        "ticks": False,
        "domain": False,
    }
    return (
        alt.Chart(frame)
        .mark_rect(tooltip=says, description=says)
        .encode(
            alt.X("key:O", sort=None, title="token attended to").axis(
                orient="top", labelAngle=-90, **axis
            ),
            alt.Y("query:O", sort=None, title="token that attends").axis(**axis),
            alt.Color("score:Q", title=title, scale=scale).legend(
                orient="bottom", titleOrient="left", gradientLength=200, **legend
            ),
        )
    )


def head_map(frame: pd.DataFrame, field: str, title: str, scheme: str) -> alt.Chart:
    """Colour each head by a field: a diverging scale keeps 0 in its middle."""
    limit = float(frame[field].abs().max()) or 1.0
    domain = [-limit, limit] if scheme == "redblue" else [0, limit]
    return (
        alt.Chart(frame)
        .mark_rect()
        .encode(
            alt.X("head:O", title="head").axis(orient="top", labelAngle=0),
            alt.Y("layer:O", title="layer"),
            alt.Color(field, type="quantitative", title=title)
            .scale(scheme=scheme, domain=domain)
            .legend(orient="bottom"),
            tooltip=["layer", "head", alt.Tooltip(field, format=".3f")],
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
