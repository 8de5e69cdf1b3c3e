"""What if heads were silent: words before and after, and every head's effect."""

import streamlit as st

from attention.heads.effects import compare_words, effects_frame
from attention.reading import MAX_MASKS, Reading
from attention.report.findings import what_if_finding
from components.session import state, url
from components.widgets.add_to_report import offer_finding
from components.widgets.head_maps import choose_on_map
from components.widgets.several_heads import ask_heads
from components.widgets.tables import choose_head, show_words
from model_cache import cache

HOW = (
    "A silent head gives nothing to its layer's output; everything else stays as "
    "trained. A change says what this head carries in this sentence, not what it is "
    "for: other heads may do the same work."
)
HOW_RANKED = (
    "Each head is silenced by itself. Points: the change, in percentage points, of "
    "the word that was likeliest at the first [MASK]. Divergence: how far the "
    "probabilities of all words move (Kullback and Leibler, in nats; 0 = not at all)."
)
# Heads times tokens: 24 tokens of 144 heads, which the small model reads in a second.
RANKED_AT_ONCE = 3_456


def show_what_if(reading: Reading, k: int) -> None:
    """Draw the choice of silent heads and what they change."""
    if not reading.mask_positions:
        st.text("This needs a [MASK]: hide a word first.")
        return
    silent = ask_heads("Silent heads", url.SILENT, reading.shape)
    if silent:
        after = cache.read(reading.model, reading.text, silent)
        _show_words(reading, after, k)
        offer_finding("what if", lambda: what_if_finding(reading, after, silent, k))
    st.text(HOW)
    if _ranks(reading):
        _show_ranking(reading)


def _ranks(reading: Reading) -> bool:
    """Draw the offer to rank all heads of a long sentence; True if they are ranked."""
    layers, heads = reading.shape
    if layers * heads * reading.n_tokens <= RANKED_AT_ONCE or state.in_link(url.RANK):
        return True
    st.text(f"Silencing each of {layers * heads} heads takes a while here.")
    st.button(
        "Rank all heads by effect",
        on_click=state.put_in_link,
        args=(url.RANK, "true"),
    )
    return False


def _show_words(before: Reading, after: Reading, k: int) -> None:
    pairs = zip(before.predictions, after.predictions, strict=True)
    for number, (was, now) in enumerate(list(pairs)[:MAX_MASKS], start=1):
        if len(before.predictions) > 1:
            st.text(f"Mask {number}")
        show_words(
            compare_words(was, now, k).set_index("word"),
            ["before", "after"],
            {"points": st.column_config.NumberColumn(format="%+.1f")},
        )


def _show_ranking(reading: Reading) -> None:
    bar = st.empty()
    n_heads = reading.shape[0] * reading.shape[1]

    def tell(share: float) -> None:
        bar.progress(share, f"Silencing {round(share * n_heads)} of {n_heads} heads")

    frame = effects_frame(
        reading.shape, *cache.effects(reading.model, reading.text, tell)
    )
    bar.empty()
    maps = st.columns(2)
    with maps[0]:
        choose_on_map(frame, "points_map", "points", "change in points", "redblue")
    with maps[1]:
        choose_on_map(
            frame, "divergence_map", "divergence", "divergence in nats", "viridis"
        )
    choose_head(
        frame,
        "effects",
        {
            "points": st.column_config.NumberColumn(format="%+.2f"),
            "divergence": st.column_config.NumberColumn(format="%.4f"),
        },
    )
    st.text(HOW_RANKED)
