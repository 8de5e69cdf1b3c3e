"""The line below the sentence: examples, or what there is to say and to offer."""

from collections.abc import Mapping

import streamlit as st

from components.page.model_picker import show_download
from components.page.sentence import offer_examples, offer_steps, offer_way_back
from components.session.url import invalid_parameters
from model_cache import cache
from model_cache.catalog import Model


def show_offers(
    text: str,
    link: Mapping[str, str],
    chosen: Model,
    answering: Model,
    has_examples: bool,
) -> None:
    """Draw what the text, the link and the chosen model call for, else examples.

    In the examples' place, or all below would move as an offer comes and goes.
    """
    with st.container(key="offers"):
        has_steps = offer_steps(text)
        if answering != chosen:
            show_download(chosen)
        notices = invalid_parameters(link, chosen.shape)
        for notice in notices:
            st.info(notice)
        _, fault = cache.default_model()
        if fault:
            st.warning(fault)
        is_taken = has_steps or notices or fault or answering != chosen
        if has_examples and not is_taken:
            offer_examples()
        else:
            offer_way_back()
