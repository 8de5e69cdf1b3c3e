"""The page's charts as Vega-Lite, which nothing checks once it is on the page."""

import json

import altair as alt
import numpy as np
import pandas as pd
import pytest
from jsonschema import ValidationError

from attention.heads.compare import difference_frame
from attention.heads.frames import head_frame, heads_frame
from attention.heads.stability import Spread
from attention.pictures.bars import bars_chart, spread_chart, words_chart
from attention.pictures.heatmap import difference_chart, head_chart, weights_chart
from attention.pictures.lines import lines_chart
from attention.pictures.map_of_heads import head_map
from attention.pictures.vega_lite import Chart
from attention.reading import Head
from tests.support.making import make_reading

TURNED = make_reading(np.eye(4)[None, None, [1, 2, 3, 0]], "the dog")
STILL = make_reading(np.eye(4)[None, None], "a dog")
FIRST = Head(0, 0)
CELLS = head_frame(TURNED, FIRST)
HEADS = heads_frame((1, 3), rate=np.array([[0.5, -0.75, 0]]))

CHARTS = {
    "head": lambda: head_chart(TURNED, FIRST),
    "weights": lambda: weights_chart(CELLS),
    "difference": lambda: difference_chart(difference_frame(STILL, TURNED, FIRST)),
    "lines": lambda: lines_chart(CELLS, TURNED.tokens),
    "lines of heads": lambda: lines_chart(
        CELLS.assign(name="Layer 1, head 1"), TURNED.tokens
    ),
    "bars": lambda: bars_chart(pd.DataFrame({"token": ["0 the"], "share": [1.0]})),
    "words": lambda: words_chart(
        pd.DataFrame({"word": ["road"], "before": [0.2], "after": [0.1]})
    ),
    "spread": lambda: spread_chart(Spread("next", np.array([0.5, 1]), {})),
    "map": lambda: head_map(HEADS, "rate", "hit rate", "viridis"),
    "map around 0": lambda: head_map(HEADS, "rate", "change", "redblue"),
    "map to click": lambda: head_map(HEADS, "rate", "hit rate", "viridis", 1, FIRST),
}
EVERY_CHART = pytest.mark.parametrize("make", CHARTS.values(), ids=CHARTS)


def part_names(spec: dict) -> set[str]:
    """Return the names of the tables that a specification draws."""
    return {part["data"]["name"] for part in spec.get("layer", [spec])}


@EVERY_CHART
def test_a_chart_is_vega_lite_by_altairs_own_schema(make):
    spec = json.loads(json.dumps(make().with_data()))
    alt.Chart.from_dict(spec)
    spec.get("layer", [spec])[-1]["encoding"]["x"]["scales"] = {}
    with pytest.raises(ValidationError, match="'scales' was unexpected"):
        alt.Chart.from_dict(spec)


@EVERY_CHART
def test_a_chart_draws_each_of_its_tables_and_finds_its_columns_there(make):
    chart = make()
    assert part_names(chart.spec) == set(chart.tables)
    for part in chart.spec.get("layer", [chart.spec]):
        fields = {
            channel["field"]
            for channels in part["encoding"].values()
            for channel in (channels if isinstance(channels, list) else [channels])
            if "field" in channel
        }
        assert fields <= set(chart.tables[part["data"]["name"]].columns)


@EVERY_CHART
def test_a_charts_words_have_the_colour_of_the_page_around_it(make):
    config = make().spec["config"]
    assert config["axis"]["labelColor"] == config["text"]["color"] == "currentColor"


def test_charts_of_one_shape_share_what_altair_built():
    other = make_reading(np.full((1, 1, 4, 4), 0.25), "cats purr")
    assert head_chart(TURNED, FIRST).spec is head_chart(other, FIRST).spec


def limit_of(chart: Chart) -> float:
    (limit,) = [one for one in chart.spec["params"] if one["name"] == "limit"]
    return limit["value"]


def test_a_scale_around_zero_ends_at_the_largest_number_of_its_own_table():
    half = CELLS.assign(score=CELLS["score"] / 2)
    assert [limit_of(difference_chart(cells)) for cells in (half, CELLS)] == [0.5, 1]
    assert limit_of(difference_chart(CELLS.assign(score=0.0))) == 1
    assert limit_of(CHARTS["map around 0"]()) == 0.75
    assert limit_of(CHARTS["map to click"]()) == 1
