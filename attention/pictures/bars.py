"""Shares and scores as bars and ticks."""

from functools import lru_cache

import altair as alt
import pandas as pd

from attention.heads.stability import Spread
from attention.pictures.colors import DISTINCT
from attention.pictures.vega_lite import Chart, Spec, spec_of, table


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
            alt.Color(
                "when:N",
                title=None,
                sort=["before", "after"],
                scale=alt.Scale(range=DISTINCT),
            ),
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
