"""BERT's words for each [MASK]: rank, word, probability, completed sentence."""

import streamlit as st

from attention.reading import MAX_K, MAX_MASKS, Prediction, Reading, fill_parts
from components.frontend import register
from components.session import state, url
from model_cache import cache

# Characters: up to and with the word that a line has room for, before the word where
# there are more, and behind it, where the line's end cuts off the rest.
WITH_WORD, BEFORE, AFTER = 40, 24, 80

_tables = register(
    "predictions",
    '<div class="tables" role="group" aria-label="Words for [MASK]" tabindex="-1">'
    "</div>",
    styles=("buttons", "predictions"),
)


def ask_how_many() -> int:
    """Draw the slider for K; return it."""
    with st.popover("How many", type="tertiary"):
        return st.slider(
            "Predictions to show",
            1,
            MAX_K,
            state.default(url.K),
            key=url.K,
            bind="query-params",
        )


def show_predictions(reading: Reading, k: int) -> None:
    """Draw a table for each mask; choosing a word puts it into the sentence."""
    _tables(
        key="predictions",
        data=predictions_data(reading, k),
        on_chosen_change=lambda: _choose(reading.model),
    )
    if (hidden := len(reading.mask_positions) - MAX_MASKS) > 0:
        st.text(f"{hidden} more masks are not listed; choose words for these first.")


def show_empty_predictions(k: int) -> None:
    """Hold the place of k predictions while there is no reading."""
    row = {"token": "…", "note": "", "probability": None}
    sentence = {"before": "…", "word": "", "after": ""}
    rows = [row | sentence] * k
    _tables(
        key="predictions-empty",
        data={"text": "", "masks": [{"title": "", "rows": rows}]},
    )


def predictions_data(reading: Reading, k: int) -> dict[str, object]:
    """Return what the browser draws: for each mask its title and k rows."""
    several = len(reading.mask_positions) > 1
    masks = zip(reading.mask_positions, reading.predictions, strict=True)
    return {
        "text": reading.text,
        "masks": [
            {
                "title": f"Mask {number}" if several else "",
                "rows": [
                    _row(reading.text, reading.spans[position], prediction)
                    for prediction in predictions[:k]
                ],
            }
            for number, (position, predictions) in enumerate(masks, start=1)
            if number <= MAX_MASKS
        ],
    }


def _row(text: str, span: tuple[int, int], prediction: Prediction) -> dict[str, object]:
    before, word, after = fill_parts(text, span, prediction.token)
    if len(before + word) > WITH_WORD:
        before = "…" + before[-BEFORE:]
    return {
        "token": prediction.token,
        "note": "word piece" if prediction.is_continuation else "",
        "probability": prediction.probability,
        "before": before,
        "word": word,
        "after": after if len(after) <= AFTER else after[:AFTER] + "…",
    }


def _choose(model: str) -> None:
    text, mask, rank = st.session_state.predictions.chosen
    if text != st.session_state[url.TEXT]:
        return  # a second click, or one after typing: that sentence is gone
    reading = cache.read(model, text)
    state.fill_mask(reading.predictions[mask][rank].sentence)
