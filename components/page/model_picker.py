"""Which model reads: the choice, its download with progress, and its honest name."""

import streamlit as st

from components.session import url
from components.session.answer import what_is_broken
from model_cache import cache, hub
from model_cache.catalog import BERT_BASE, BUNDLED, Model, find_model, load_catalog

REFRESH = 0.5  # seconds between two looks at a running download


def choose_model() -> Model:
    """Draw the selector; return the model asked for, here or not."""
    models = list(load_catalog())
    default, _ = cache.default_model()
    chosen = st.selectbox(
        "Model",
        models,
        models.index(default),
        key=url.MODEL,
        bind="query-params",
        label_visibility="collapsed",
    )
    return find_model(chosen)


def show_download(model: Model) -> None:
    """Say how to get a model that is not here, and how far its download is."""
    if broken := what_is_broken(model):
        st.error(broken)
        return
    download = hub.download_of(model)
    if download is not None and download.is_running:
        st.session_state.watched = model.id
        _show_progress(download)
        return
    # Another visitor's failure is no news to this one.
    is_ours = st.session_state.get("watched") == model.id
    if download is not None and download.error and is_ours:
        st.error(download.error)
        label = "Download again"
    else:
        label = f"Download {model.id} ({model.megabytes} MB)"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(label, on_click=_start, args=(model,))
        st.text(
            f"{model.id} is not on this computer yet; "
            "until it is, the bundled small model answers.",
            width="content",
        )


@st.fragment(run_every=REFRESH)
def _show_progress(download: hub.Download) -> None:
    if not download.is_running:
        st.rerun()  # the whole page: the new model answers, or the fault is said
    progress = download.progress
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(
            min(progress.done / max(progress.total, 1), 1.0),
            text=f"Getting {download.model.id}: {progress.done / 1e6:,.0f} of "
            f"{progress.total / 1e6:,.0f} MB, {progress.speed / 1e6:,.1f} MB a second. "
            "The bundled small model answers meanwhile.",
        )
        st.button("Cancel", on_click=download.cancel)


def show_answerer(model_id: str) -> None:
    """Name the model that answered; beside the small one, offer BERT base."""
    st.text(f"Answered by {model_id}: {find_model(model_id).about}.")
    if model_id == BUNDLED and st.session_state[url.MODEL] == BUNDLED:
        model = find_model(BERT_BASE)
        is_here = hub.find_local(model) is not None
        size = "" if is_here else f" ({model.megabytes} MB download)"
        st.button(f"Ask BERT base{size}", on_click=_ask_bert_base, type="tertiary")


def _ask_bert_base() -> None:
    model = find_model(BERT_BASE)
    st.session_state[url.MODEL] = model.id
    if hub.find_local(model) is None:
        _start(model)


def _start(model: Model) -> None:
    st.session_state.watched = model.id
    hub.start_download(model)
