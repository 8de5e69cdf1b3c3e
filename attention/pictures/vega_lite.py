"""A chart: its Vega-Lite, made by Altair once a shape, and the tables it draws."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd
from altair.typing import ChartType

Spec = dict[str, Any]


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


@dataclass(frozen=True)
class Chart:
    """What to draw, and of what.

    Charts of one shape share a specification: for Altair to build one, and to check
    it, takes fifteen times as long as all else that the server does to a heatmap.
    """

    spec: Spec  # never changed: other charts have the same one
    tables: Mapping[str, pd.DataFrame]  # in long format, by their names in `spec`

    def with_data(self) -> Spec:
        """Return Vega-Lite that stands alone, its rows inside."""
        rows = {name: table.to_dict("records") for name, table in self.tables.items()}
        return self.spec | {"datasets": rows}


def table(name: str) -> alt.NamedData:
    """Return the place of a table in a chart for Altair."""
    return alt.NamedData(name)


def spec_of(chart: ChartType) -> Spec:
    """Return a chart's Vega-Lite in the page's theme; tests hold it to the schema."""
    return chart.to_dict(validate=False)


def with_parameter(spec: Spec, name: str, value: float) -> Spec:
    """Return a copy of a specification with another value of one parameter."""
    params = [
        one | {"value": value} if one["name"] == name else one for one in spec["params"]
    ]
    return spec | {"params": params}
