"""All heads as one map: a cell for each, coloured by a number."""

from functools import lru_cache
from typing import Literal

import altair as alt
import pandas as pd

from attention.pictures.vega_lite import Chart, Spec, spec_of, table, with_parameter
from attention.reading import Head

Scheme = Literal["redblue", "viridis"]  # of colours: around 0, or from 0
CLICKED = "clicked"  # the selection of a map with an open head
# One of the two can be seen on any colour.
OUTLINES = (("white", 4), ("black", 1.5))


def head_map(
    frame: pd.DataFrame,
    field: str,
    title: str,
    scheme: Scheme,
    limit: float = 0,
    opened: Head | None = None,
) -> Chart:
    """Colour each head by a field: a diverging scale keeps 0 in its middle.

    limit: the value of the strongest colour; 0 stands for the largest in the frame.
    opened: a head to outline, in a map whose cells can be clicked.
    """
    limit = limit or float(frame[field].abs().max()) or 1.0
    spec = _map(field, title, scheme, can_open=opened is not None)
    tables = {"heads": frame}
    if opened:
        layer, head = opened.numbers
        is_opened = (frame["layer"] == layer) & (frame["head"] == head)
        tables["opened"] = frame[is_opened]
    return Chart(with_parameter(spec, "limit", limit), tables)


@lru_cache
def _map(field: str, title: str, scheme: Scheme, can_open: bool) -> Spec:
    limit = alt.param(name="limit", value=1)
    lowest = -limit if scheme == "redblue" else 0
    across = alt.X("head:O", title="head").axis(
        orient="top", labelAngle=0, labelFlush=False
    )
    down = alt.Y("layer:O", title="layer").axis(labelFlush=False)
    cells = (
        alt.Chart(table("heads"))
        .mark_rect(cursor="pointer")
        .encode(
            across,
            down,
            alt.Color(field, type="quantitative", title=title)
            .scale(scheme=scheme, domainMin=lowest, domainMax=limit)
            .legend(orient="bottom"),
            tooltip=[
                "layer:O",
                "head:O",
                alt.Tooltip(field, type="quantitative", format=".3f"),
            ],
        )
        .add_params(limit)
    )
    if not can_open:
        return spec_of(cells)
    outlines = [
        alt.Chart(table("opened"))
        .mark_rect(filled=False, stroke=stroke, strokeWidth=width)
        .encode(across, down)
        for stroke, width in OUTLINES
    ]
    clicked = alt.selection_point(name=CLICKED, fields=["layer", "head"])
    return spec_of(alt.layer(cells.add_params(clicked), *outlines))
