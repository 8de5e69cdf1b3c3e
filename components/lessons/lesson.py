"""A lesson: what to do, a hint, the page's answer with numbers, and the solution."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attention.lessons import Lesson, lessons
from attention.picks import describe_pick, head_scores
from attention.reading import Head, Reading
from components.session import choices, state, url, views

SOLVED = "lessons_solved"  # slugs of those whose solution was opened
ANSWER = "lesson-answer"


def open_lesson(slug: str) -> None:
    """Open a lesson with its sentence, its head and its tab."""
    st.query_params[url.LESSON] = slug
    state.hide_roles_again()
    views.keep_view()
    views.open_view(start_of(lessons()[slug]))
    if url.SILENT in st.session_state:  # that head may be the answer
        st.session_state[url.SILENT] = []


def close_lesson() -> None:
    st.query_params.pop(url.LESSON, None)
    views.keep_view()


def chosen_lesson() -> Lesson | None:
    """Return the lesson that the link names."""
    return lessons().get(state.in_link(url.LESSON))


def use_start(lesson: Lesson | None) -> None:
    """Let the page's fields begin as the lesson does, or as ever without one."""
    state.set_defaults(url.values_of(start_of(lesson)) if lesson else {})


def start_of(lesson: Lesson) -> dict[str, str]:
    """Return the view that a lesson opens with, by the URL's names.

    A lesson that asks for a head starts at the first one, not at the page's default,
    which may be the answer.
    """
    head = lesson.head or (Head(0, 0) if asks_for_head(lesson) else None)
    # Hidden or joined tokens, left over from before, would change the numbers.
    reset = (url.K, url.JOIN, url.SPECIALS)
    start = {name: str(url.PARAMETERS[name].default) for name in reset}
    start |= {url.TEXT: lesson.sentence} | dict(lesson.parameters)
    if head is not None:
        start[url.HEAD] = head.short
    return start


def asks_for_head(lesson: Lesson) -> bool:
    return bool(lesson.role or lesson.pair)


def hidden_parts(lesson: Lesson | None) -> set[str]:
    """Return what the link and the lesson hide: some of choices.WORDS and ROLES."""
    hidden = state.hides()
    if lesson and not is_solved(lesson):
        hidden |= {choices.WORDS} if lesson.guess else set()
        hidden |= {choices.ROLES} if asks_for_head(lesson) else set()
    return hidden - ({choices.ROLES} if state.are_roles_shown() else set())


def is_solved(lesson: Lesson) -> bool:
    return lesson.slug in st.session_state.get(SOLVED, ())


def offer_lessons() -> None:
    """Draw the list of lessons."""
    with st.popover("Lessons", type="tertiary"):
        for number, lesson in enumerate(lessons().values(), start=1):
            st.button(
                f"{number}. {lesson.title}",
                key=f"lesson {lesson.slug}",
                type="tertiary",
                on_click=open_lesson,
                args=(lesson.slug,),
            )


def hold_answer() -> DeltaGenerator:
    """Return the container for the page's answer to a pick.

    It stays in sight (page.css has its style): on a phone the heads to pick from are
    a screen below.
    """
    return st.container(key=ANSWER, horizontal=True, vertical_alignment="center")


def show_task(lesson: Lesson) -> None:
    """Draw the lesson's words, its hint and its solution."""
    with st.container(border=True, key="lesson"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header(lesson.title, anchor=False)
            with st.popover("Hint", type="tertiary"):
                st.markdown(lesson.hint)
            if following := _after(lesson):
                st.button(
                    "Next lesson",
                    type="tertiary",
                    on_click=open_lesson,
                    args=(following,),
                )
            st.button("Close lesson", type="tertiary", on_click=close_lesson)
        about, task = st.columns(2, gap="medium")
        with about:
            st.markdown(lesson.explanation)
        with task:
            st.markdown(f"**Your task.** {lesson.task}")
            with st.container():  # holds the place, or the hint below would close
                if st.session_state[url.TEXT] != lesson.sentence:
                    st.button(
                        "↩ Back to the lesson's sentence",
                        on_click=state.set_text,
                        args=(lesson.sentence,),
                    )
            if is_solved(lesson):
                st.markdown(f"**Solution.** {lesson.solution}")
            else:
                # A button that is not in a container stays until the run ends; all
                # below would move just as somebody is about to click.
                with st.container():
                    st.button("Show the solution", on_click=_solve, args=(lesson.slug,))


def show_answer(lesson: Lesson, reading: Reading) -> None:
    """Say how well the open head answers the lesson's question."""
    try:
        scores = head_scores(lesson, reading)
    except ValueError:
        st.text("These words are not in this sentence: go back to the lesson's own.")
        return
    head = state.selected_head()
    st.text(describe_pick(scores, lesson, head), width="content")
    best = Head.at(scores.argmax(), scores.shape)
    if is_solved(lesson) and best != head:
        name = best.name.lower()
        st.button(f"Open {name}", on_click=state.select_head, args=(best,))


def _solve(slug: str) -> None:
    st.session_state.setdefault(SOLVED, set()).add(slug)


def _after(lesson: Lesson) -> str | None:
    slugs = list(lessons())
    place = slugs.index(lesson.slug) + 1
    return slugs[place] if place < len(slugs) else None
