"""Charts on the page."""

from collections.abc import Callable

import streamlit as st

from attention.pictures.vega_lite import Chart


def show_chart(
    chart: Chart,
    *,
    height: int,
    alt: str,
    key: str | None = None,
    on_select: Callable[[], None] | None = None,
    selection_mode: str | None = None,
) -> None:
    """Draw a chart as wide as its place and `height` pixels high.

    alt: what it shows, in words. selection_mode: the chart's selection that on_select
    is called for, which needs a key.
    """
    st.vega_lite_chart(
        spec=chart.spec | {"datasets": chart.tables},
        height=height,
        alt=alt,
        key=key,
        on_select=on_select or "ignore",
        selection_mode=selection_mode,
    )
