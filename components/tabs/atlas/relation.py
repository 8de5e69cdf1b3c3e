"""The tab Atlas by relation: every head's rate, the best head, examples."""

from pathlib import Path

import streamlit as st

from attention.atlas.frames import ranked_heads
from attention.atlas.rates import Atlas, held_out
from attention.atlas.sentences import describe_held_out, describe_rate
from attention.claims.lines import Example
from attention.claims.measure import Measured, Result, judge
from components.session import state
from components.session.atlases import SMALL_TREEBANK, examples_from, treebanks_of
from components.widgets.head_maps import choose_on_map
from components.widgets.tables import (
    ABOVE,
    PERCENT,
    SHARE,
    choose_head,
    choose_sentence,
)
from model_cache import cache

HOW = (
    "A head hits if it gives most of one word's attention to the other, of all other "
    "words; pieces are joined to words, [CLS] and [SEP] do not count. The map and the "
    "ranking are of all sentences; of so many heads the best flatters itself there, so "
    "the sentence above chooses head and fixed guess on one half and measures on the "
    "other. Intervals are Wilson's. Where a head points is not proof that it knows "
    "grammar. After Clark et al. 2019, “What Does BERT Look At?”, section 4.2."
)


def show_relation(atlas: Atlas, name: str, direction: int, model: str) -> None:
    """Draw what the heads of a model do along a relation."""
    _show_heads(atlas, name, direction)
    _show_examples(atlas, name, direction, model)
    st.text(HOW)


def _show_heads(atlas: Atlas, name: str, direction: int) -> None:
    relation = atlas.relations[name]
    st.text(describe_held_out(relation, direction))
    best = held_out(relation, direction)
    if best and best.head != state.selected_head():
        st.button(
            f"Open {best.head.name.lower()}",
            key="open best of atlas",
            on_click=state.select_head,
            args=(best.head,),
        )
    st.text(
        "The open head: " + describe_rate(relation, direction, state.selected_head())
    )
    frame = ranked_heads(relation, direction)
    map_area, table_area = st.columns([2, 3])
    with map_area:
        choose_on_map(
            frame, "atlas_map", "above", "rate above the fixed guess", "redblue"
        )
    with table_area:
        choose_head(
            frame,
            "atlas_heads",
            {"rate": SHARE, "low": PERCENT, "high": PERCENT, "above": ABOVE},
        )


def _show_examples(atlas: Atlas, relation: str, direction: int, model: str) -> None:
    paths = treebanks_of(atlas.source.files)
    if not paths and SMALL_TREEBANK.exists():
        paths = [SMALL_TREEBANK]
    if not paths:
        st.text("No treebank is at hand to take examples from.")
        return
    examples = _examples(paths, relation, direction)
    result = _measured(model, examples)
    where = " and ".join(path.name for path in paths)
    if result is None:
        st.text(f"In {where} there is no example of this relation.")
        return
    head = state.selected_head()
    st.text(
        f"Examples, taken evenly from {where}: the open head hits {result.hits[head]} "
        f"of {result.n}. Misses first; choose a row to open that sentence."
    )
    choose_sentence(result, head, "atlas_sentences", shows_line=False)


def _examples(paths: list[Path], relation: str, direction: int) -> tuple[Example, ...]:
    from corpus.examples import directed

    return directed(examples_from(paths).get(relation, ()), direction)


def _measured(model: str, examples: tuple[Example, ...]) -> Result | None:
    """Measure examples as claims are; what is measured already comes from a cache."""
    with st.spinner(f"Reading {len(examples)} sentences …"):
        found = list(cache.measure(model, examples))
    measured = [one for one in found if isinstance(one, Measured)]
    return judge(measured) if measured else None
