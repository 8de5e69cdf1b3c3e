"""Attention: how BERT reads a sentence. `streamlit run app.py` serves this page.

What stands where, from top to bottom and from left to right; the parts themselves are
in components/.
"""

import streamlit as st

from components.crowd.door import admit
from components.crowd.turn import page_turn
from components.detail.head_picker import show_name
from components.detail.overview import show_empty_overview
from components.lessons.lesson import (
    chosen_lesson,
    hidden_parts,
    hold_answer,
    offer_lessons,
    show_task,
    use_start,
)
from components.page.frame import hold_place, page_frame, show_heading
from components.page.model_picker import choose_model, show_answerer
from components.page.offers import show_offers
from components.page.predictions import (
    ask_how_many,
    show_empty_predictions,
)
from components.page.sentence import ask_sentence
from components.page.view_picker import ask_view
from components.page.words import show_words
from components.session import choices, state
from components.session.answer import (
    answering_model,
    explain_faults,
    read_or_explain,
)
from components.session.newest import let_newest_win
from components.session.seen import see
from model_cache import cache


def show_page() -> None:
    """Draw the page for a visitor who is in."""
    link = st.query_params.to_dict()  # before the widgets, which drop invalid values
    is_first_run = state.is_first_run()
    if is_first_run:
        state.open_old_tab()
    has_drawn = "has_drawn" in st.session_state
    lesson = chosen_lesson()

    with st.container(key="title", horizontal=True, vertical_alignment="center"):
        show_heading()
        offer_lessons()
        share = st.container(key="share", width="content")
        chosen = choose_model()
    model = answering_model(chosen)
    state.set_shape(model.shape)
    text = ask_sentence(is_first_run)
    show_offers(text, link, chosen, model, has_examples=lesson is None)
    teacher = st.container()
    # Places for what comes and goes: without, all below would be drawn anew.
    task = st.container()
    if lesson:
        with task:
            show_task(lesson)
    lesson_answer = hold_answer()

    # Until a session has seen an answer, each place is held for it. Later runs draw
    # into the same places at once: an emptied place would flash, and lose the focus of
    # anyone who walks the heads by keyboard.
    place = st.container if has_drawn else st.empty
    master, detail = st.columns([38, 62], gap="medium")
    with master, st.container(key="master"):
        with st.container(
            key="words-head", horizontal=True, vertical_alignment="center"
        ):
            st.header("What BERT puts at [MASK]", anchor=False)
            k = ask_how_many()
        with st.container(key="words-place"):
            words = place()
        with st.container(key="view", horizontal=True, vertical_alignment="center"):
            st.header(f"All {model.layers * model.heads} heads", anchor=False)
            with st.container(width="content"):
                view = ask_view()
        with st.container(key="heads-" + ("folded" if state.names_tab() else "place")):
            heads = place()
        answerer = st.container()
    with detail:
        head_view = place()

    # The frame is on its way to the visitor; now what takes time to import or to run.
    if not has_drawn:
        head = state.selected_head()
        with words:
            show_empty_predictions(k)
        with heads:
            show_empty_overview(model.shape, head, "overview-held")
        # As deep as the detail's own parts, which take the place of these one by one.
        with head_view.container(), st.container():
            st.empty()
            show_name(head)
            hold_place("The heatmap appears here.")
    with answerer, st.spinner(f"Loading {model.id} …"):
        reading, fault = read_or_explain(model, text)
        # This imports Altair and pandas.
        from components.detail.detail import (
            Asked,
            Places,
            show_below_heads,
            show_detail,
        )

    if not has_drawn:
        words, heads, head_view = (
            held.container() for held in (words, heads, head_view)
        )
    is_guessed = True
    with words, explain_faults("What BERT puts at [MASK]"):
        if reading is None:
            st.error(fault)
        else:
            hides_words = choices.WORDS in hidden_parts(lesson)
            is_guessed = show_words(reading, k, hides_words)
    if reading:
        with answerer:
            show_answerer(reading.model)
    with heads, explain_faults("All heads"):
        picture = st.container()
        if reading:
            with st.container(key="below-heads"):
                show_below_heads(see(reading, view, state.colours()))
    with head_view:
        show_detail(
            Asked(
                fields=state.asked(),
                model=model.id,
                shape=model.shape,
                text=reading.text if reading else None,
                view=view,
                k=k,
                lesson=lesson,
                is_guessed=is_guessed,
            ),
            Places(share, teacher, lesson_answer, picture),
        )
    if reading:
        cache.settle()
    st.session_state.has_drawn = True


let_newest_win()
with page_turn("page"):
    admit()
    use_start(chosen_lesson())
    page_frame(state.present_text())
    show_page()
