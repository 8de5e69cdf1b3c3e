"""Attention: how BERT reads a sentence. `streamlit run app.py` serves this page.

What stands where, from top to bottom; the parts themselves are in components/.
"""

import streamlit as st

from attention.heads.roles import head_roles
from attention.views import seen_as
from components.crowd.door import admit
from components.crowd.turn import page_turn
from components.lessons.lesson import (
    asks_for_head,
    chosen_lesson,
    hidden_parts,
    hold_answer,
    offer_lessons,
    show_answer,
    show_task,
    use_start,
)
from components.page.frame import hold_place, page_frame, show_heading
from components.page.guess import ask_guess
from components.page.head_picker import ask_head
from components.page.hide_words import explain_unknown, show_words_to_hide
from components.page.model_picker import choose_model, show_answerer, show_download
from components.page.overview import show_empty_overview, show_overview
from components.page.predictions import (
    ask_how_many,
    show_empty_predictions,
    show_predictions,
)
from components.page.sentence import ask_sentence, offer_steps
from components.page.share import show_share
from components.page.view_picker import ask_view
from components.session import choices, state
from components.session.answer import (
    answering_model,
    explain_faults,
    read_or_explain,
)
from components.session.url import invalid_parameters
from model_cache import cache

with page_turn("page"):
    admit()
    state.refuse_endless_numbers()
    link = st.query_params.to_dict()  # before the widgets, which drop invalid values
    is_first_run = state.is_first_run()
    has_drawn = "has_drawn" in st.session_state
    lesson = chosen_lesson()
    use_start(lesson)
    page_frame(state.present_text())

    with st.container(key="title"):
        title_area, model_area = st.columns([3, 1], vertical_alignment="bottom")
    with (
        title_area,
        st.container(key="heading", horizontal=True, vertical_alignment="center"),
    ):
        show_heading()
        offer_lessons()
        share_area = st.container(width="content")
    with model_area:
        chosen = choose_model()
    model = answering_model(chosen)

    # All that comes and goes above the answer, in one place: if what follows moved up
    # or down by one, the browser would rebuild it.
    with st.container():
        text = ask_sentence(is_first_run, offers_examples=lesson is None)
        with st.container():
            offer_steps(text)
        if model != chosen:
            show_download(chosen)
        state.keep_head_for(chosen, model, link)
        for notice in invalid_parameters(link, chosen.shape):
            st.info(notice)
        if state.is_teaching():
            from components.lessons.teach import show_teacher_panel

            teacher_area = st.container()
        if lesson:
            show_task(lesson)
    lesson_answer = hold_answer()

    # Until a session has seen an answer, each place is held for it. Later runs draw
    # into the same places at once: an emptied place would flash, and lose the focus of
    # anyone who walks the heads by keyboard.
    place = st.container if has_drawn else st.empty
    words_area, heads_area, head_area = st.columns([5, 8, 9], gap="medium")
    with words_area:
        st.header("What BERT puts at [MASK]", anchor=False)
        k = ask_how_many()
        with st.container(key="words-place"):
            words = place()
            answerer = st.container()
    with head_area:
        ask_head(model.shape)
        head_view = place()
    with heads_area:
        with st.container(key="view", horizontal=True, vertical_alignment="center"):
            st.header(f"All {model.layers * model.heads} heads", anchor=False)
            view = ask_view()
        heads = place()
    with share_area:
        show_share()
    if state.is_teaching():
        with teacher_area:
            show_teacher_panel()

    # The frame is on its way to the visitor; now what takes time to import or run.
    if not has_drawn:
        with words:
            show_empty_predictions(k)
        with heads:
            show_empty_overview(model.shape, "overview-held")
        with head_view:
            hold_place("The heatmap appears here.")
    with answerer, st.spinner(f"Loading {model.id} …"):
        reading, fault = read_or_explain(model, text)
        # These import Altair and pandas.
        from components.page.downloads import offer_all_heads, offer_head
        from components.page.heatmap import show_head
        from components.session.findings import warn_before_leaving
        from components.tabs.tabs import explore, show_kept_report
    warn_before_leaving()  # before a claim's test, which may take minutes

    if not has_drawn:
        words, heads, head_view = (
            held.container() for held in (words, heads, head_view)
        )
    if reading is None:
        with words:
            st.error(fault)
        with heads:
            show_empty_overview(model.shape, "overview-empty")
        with head_view:
            hold_place("There is no reading to show yet.")
        show_kept_report()
    else:
        seen, about_view = seen_as(reading, *view)
        roles = head_roles(seen)
        hidden = hidden_parts(lesson)
        shown_roles = None if choices.ROLES in hidden else roles
        with words, explain_faults("What BERT puts at [MASK]"):
            if not reading.mask_positions:
                show_words_to_hide(reading)
            if choices.WORDS in hidden and ask_guess(reading):
                hidden.remove(choices.WORDS)
            if reading.mask_positions and choices.WORDS not in hidden:
                show_predictions(reading, k)
            explain_unknown(reading)
        with answerer:
            show_answerer(reading.model)
        with heads, explain_faults("All heads"):
            show_overview(seen, shown_roles)
            if about_view:
                st.text(about_view)
            offer_all_heads(seen)
        with head_view, explain_faults("One head"):
            show_head(seen, shown_roles)
            offer_head(seen)
        if lesson and asks_for_head(lesson):
            with lesson_answer:
                show_answer(lesson, reading)
        explore(seen, roles, view, k, hidden)
        cache.settle()
    st.session_state.has_drawn = True
