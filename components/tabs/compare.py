"""Two sentences, or two models, side by side."""

import streamlit as st

from attention.heads.compare import changed_heads, difference_frame
from attention.heads.effects import words_frame
from attention.heads.roles import head_roles
from attention.pictures.colors import ColourScale
from attention.pictures.heatmap import (
    HEATMAP_TOKENS,
    difference_chart,
    head_chart,
    heatmap_height,
)
from attention.pictures.overview import overview_png
from attention.pictures.sheet import sheet_png
from attention.reading import Head, Reading
from attention.report.findings import comparison_finding
from attention.views import seen_as
from components.session import state, url
from components.session.answer import answering_model, read_or_explain
from components.widgets.add_to_report import offer_finding
from components.widgets.chart import show_chart
from components.widgets.head_maps import choose_on_map
from components.widgets.pictures import show_png
from components.widgets.tables import SHARE, choose_head, show_words
from model_cache.catalog import find_model, load_catalog

TURTLES = {
    "adverb after its verb": "The turtle moved slowly across the [MASK].",
    "before it": "The turtle slowly moved across the [MASK].",
    "apart": "Slowly, the old and tired turtle moved across the [MASK].",
}
OFFERED = "compare_offered"  # the sentence that stood there by itself
HOW = (
    "Change is the mean difference of a head's role scores between the two readings "
    "(0 = the same habits); here and there are its labels. A difference of weights is "
    "second minus first, cell by cell, and needs equally many tokens."
)


def show_comparison(reading: Reading, view: tuple[bool, str], k: int) -> None:
    """Draw the second sentence's choice, and both readings side by side.

    view: the page's choice of how tokens are shown, for the second reading too.
    """
    other = _ask_other(reading)
    if other is None:
        return
    other, _ = seen_as(other, *view)
    head, colours = state.selected_head(), state.colours()
    pair = (reading, other)
    for column, one in zip(st.columns(2), pair, strict=True):
        with column:
            st.text(one.text)
            st.text(f"Answered by {one.model}.")
            if one.mask_positions:
                show_words(words_frame(one, k), ["probability"])
            else:
                st.text("It has no [MASK] to guess.")
            show_png(all_heads(one, colours), f"All heads of {one.model}")
            _show_open_head(one, head)
    if all(head.is_within(one.shape) for one in pair):
        offer_finding("comparison", lambda: comparison_finding(pair, head, k, colours))
    if reading.shape != other.shape:
        st.text("The models differ in layers or heads, so heads cannot be matched.")
        return
    if reading.n_tokens == other.n_tokens <= HEATMAP_TOKENS:
        st.text(f"{head.name}: second minus first")
        frame = difference_frame(reading, other, head)
        show_chart(
            difference_chart(frame),
            height=heatmap_height(reading.n_tokens),
            alt="Heatmap of the difference",
        )
    changed = changed_heads(head_roles(reading), head_roles(other))
    st.text("Heads whose habits changed most")
    map_area, table_area = st.columns(2)
    with map_area:
        choose_on_map(changed, "changed_map", "change", "change", "viridis")
    with table_area:
        choose_head(changed, "changed", {"change": SHARE})
    st.text(HOW)


def all_heads(reading: Reading, colours: ColourScale) -> bytes:
    """Draw all heads as a PNG; of long sentences the small one, not one of 1.6 MB."""
    if reading.n_tokens <= HEATMAP_TOKENS:
        return sheet_png(reading, colours)
    return overview_png(reading.attention, colours)


def _ask_other(reading: Reading) -> Reading | None:
    begins_with = state.default(url.WITH) or _with_first_word(reading)
    # Until somebody types another, it follows the sentence above.
    if st.session_state.get(url.WITH) == st.session_state.get(OFFERED, begins_with):
        st.session_state[url.WITH] = begins_with
    st.session_state[OFFERED] = begins_with
    with st.container(horizontal=True):
        text = st.text_input(
            "Compare with",
            begins_with,
            key=url.WITH,
            bind="query-params",
            placeholder="Another sentence",
        )
        models = load_catalog().values()
        here = [model.id for model in models if answering_model(model) == model]
        chosen = st.selectbox(
            "Read by",
            here,
            here.index(reading.model),
            key=url.WITH_MODEL,
            bind="query-params",
        )
    with st.container(horizontal=True):
        for label, sentence in TURTLES.items():
            st.button(
                label,
                help=sentence,
                type="tertiary",
                on_click=_compare_with,
                args=(sentence,),
            )
    other, fault = read_or_explain(find_model(chosen), text)
    if fault:
        st.error(fault)
    return other


def _with_first_word(reading: Reading) -> str:
    """Return what there is to compare before anybody says it.

    The sentence with its likeliest word at the first mask, which is one click away;
    of a sentence without a mask, the first of the turtle's.
    """
    if reading.predictions:
        return reading.predictions[0][0].sentence
    return next(iter(TURTLES.values()))


def _compare_with(sentence: str) -> None:
    st.session_state[url.WITH] = sentence


def _show_open_head(reading: Reading, head: Head) -> None:
    if not head.is_within(reading.shape):
        st.text(f"{reading.model} has no {head.name.lower()}.")
    elif reading.n_tokens > HEATMAP_TOKENS:
        st.text("This sentence is too long to draw a head beside another.")
    else:
        st.text(f"{head.name}:")
        show_chart(
            head_chart(reading, head, state.colours()),
            height=heatmap_height(reading.n_tokens),
            alt=f"Heatmap of {head.name}",
        )
