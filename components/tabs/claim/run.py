"""Testing a claim's sentences: with a bar if they are many, and to be stopped."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

import streamlit as st

from attention.claims.lines import Example, Malformed
from attention.claims.measure import Measured
from model_cache import cache

STEP = 32  # sentences from one look at the bar and the stop to the next
QUICK = 50  # sentences, up to which nobody waits long enough for a bar and a stop


def takes_long(model: str, examples: Sequence[Example]) -> bool:
    """True if `measure_with_bar` will show its bar: many are still to be measured."""
    run = _run(model, examples)
    return len(examples) > max(run["done"], QUICK) and not run["is_stopped"]


def measure_with_bar(
    model: str, examples: Sequence[Example]
) -> list[Measured | Malformed]:
    """Measure the examples, many with a bar, until they are done or somebody stops it.

    A rerun goes on where it was: what is measured already comes from a cache.
    """
    run = _run(model, examples)
    bar, stop = st.empty(), st.empty()
    if takes_long(model, examples):
        stop.button("Stop the test", key="stop claim", on_click=_stop)
    found: list[Measured | Malformed] = []
    results = cache.measure(model, examples)
    while len(found) < len(examples):
        if len(found) >= run["done"]:
            if run["is_stopped"]:
                break
            if len(examples) > QUICK:
                words = f"Read {len(found):,} of {len(examples):,} sentences"
                bar.progress(len(found) / len(examples), words)
        found += islice(results, STEP)
        run["done"] = max(run["done"], len(found))
    bar.empty()
    stop.empty()
    if len(found) < len(examples):
        with stop.container(horizontal=True, vertical_alignment="center"):
            st.text(f"Stopped after {len(found):,} of {len(examples):,} sentences.")
            st.button("Go on", key="go on with claim", on_click=_go_on)
    return found


def _run(model: str, examples: Sequence[Example]) -> dict[str, Any]:
    """Return how far the test of these examples is; other examples start from 0."""
    key = hash((model, *examples))
    run = st.session_state.setdefault("claim_run", {})
    if run.get("key") != key:
        run.update(key=key, done=0, is_stopped=False)
    return run


def _stop() -> None:
    st.session_state.claim_run["is_stopped"] = True


def _go_on() -> None:
    st.session_state.claim_run["is_stopped"] = False
