"""The benchmark's clients are sessions as a browser has them: each its own."""

import asyncio
import json
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.page_files import PageError
from benchmarks.streamlit_client import Tab, open_tab, selected
from benchmarks.students import Student
from tests.support.serving import serve

pytestmark = pytest.mark.slow
SENTENCES = ("The doctor saw the [MASK].", "Two plus two is [MASK].")


def run(work: Coroutine):
    """Run a coroutine in a thread of its own: a browser's loop may be in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def answered_texts(tab: Tab, **asked) -> list[str]:
    return [
        json.loads(element.bidi_component.json)["text"]
        async for element in tab.run(**asked)
        if element.bidi_component.component_name == "predictions"
    ]


def test_two_clients_at_once_get_the_answers_to_their_own_sentences(served):
    async def ask(sentence: str) -> list[str]:
        async with open_tab(served) as tab:
            await answered_texts(tab)
            return await answered_texts(tab, typed={"Sentence": sentence})

    async def ask_all() -> list[list[str]]:
        return await asyncio.gather(*map(ask, SENTENCES))

    assert run(ask_all()) == [[sentence] for sentence in SENTENCES]


def test_a_head_chosen_in_the_overview_gives_its_heading_and_stays_open(served):
    async def headings() -> list[str]:
        async with open_tab(served) as tab:
            await answered_texts(tab)
            await answered_texts(tab, events={("overview", "picked"): [5, 3]})
            typed = {"Sentence": SENTENCES[0]}
            return [e.heading.body async for e in tab.run(typed) if e.heading.body]

    assert "Layer 5, head 3" in run(headings())


def test_a_row_or_a_cell_that_a_client_chooses_opens_its_head(served):
    async def headings(tab_name: str, chosen: dict[str, str]) -> list[str]:
        async with open_tab(served) as tab:
            await answered_texts(tab)
            await answered_texts(tab, chosen={"tab": tab_name})
            asked = tab.run(chosen=chosen)
            return [e.heading.body async for e in asked if e.heading.body]

    row = {"heads_table": selected(rows=[14])}  # of 12 heads a layer
    assert "Layer 2, head 3" in run(headings("All heads", row))
    cell = {"atlas_map": selected(clicked=[{"layer": 7, "head": 11}])}
    assert "Layer 7, head 11" in run(headings("Atlas", cell))


def test_a_student_whose_answer_differs_from_the_class_says_so(served):
    async def ask() -> None:
        async with open_tab(served) as tab:
            student = Student(tab, top_words={SENTENCES[0]: "no word of BERT's"})
            await student.enter()
            await student.submit(SENTENCES[0])

    with pytest.raises(PageError, match="one student's answer"):
        run(ask())


FRAGMENTS = """
import streamlit as st

register = st.components.v2.component

@st.fragment
def inside():
    st.header(f"{outside} and " + st.text_input("Inside"))
    register("pick", html="<p></p>", js="export default () => {}")(
        key="pick", on_picked_change=lambda: None
    )

outside = st.text_input("Outside")
st.title("The whole page")
inside()
"""


def test_what_happens_in_a_fragment_reruns_that_alone_and_keeps_other_fields(tmp_path):
    app = tmp_path / "app.py"
    app.write_text(FRAGMENTS)

    async def headings() -> list[list[str]]:
        async with open_tab(url) as tab:
            runs = []
            for asked in (
                {},
                {"typed": {"Outside": "here"}},
                {"typed": {"Inside": "there"}},
                {"events": {("pick", "picked"): [1, 2]}},
                {"typed": {"Outside": "later"}},
            ):
                shown = [e async for e in tab.run(**asked)]
                runs.append([e.heading.body for e in shown if e.heading.body])
            return runs

    with serve(tmp_path / "log.txt", app=app) as server:
        url = server.url
        assert run(headings()) == [
            ["The whole page", "and"],
            ["The whole page", "here and"],
            ["here and there"],
            ["here and there"],
            ["The whole page", "later and there"],
        ]
