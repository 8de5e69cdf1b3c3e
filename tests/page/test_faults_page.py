"""Faults of the engine and of parts of the page: told, logged, and soon over."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit.testing.v1 import AppTest

from components.session import answer
from model_cache import cache
from model_cache.catalog import BUNDLED
from model_cache.engine import Engine
from tests.support.on_the_page import ACROSS, SECRET, errors, has_answer
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.slow


@pytest.fixture
def failing_engine(monkeypatch, fresh_caches):
    """Let the engine raise these errors, one after another, for texts with "boom"."""
    faults: list[Exception] = []
    read = Engine.read

    def read_or_fail(self, text, *rest):
        if "boom" in text and faults:
            raise faults.pop(0)
        return read(self, text, *rest)

    monkeypatch.setattr(Engine, "read", read_or_fail)
    return faults


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        (RuntimeError(SECRET), "Change the sentence, or reload the page"),
        (ValueError(SECRET), "Change the sentence, or reload the page"),
        (MemoryError(), "Use a shorter text or a smaller model"),
        (type("ResourceExhaustedError", (Exception,), {})(SECRET), "shorter text"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_engines_fault_in_one_session_leaves_the_others_alone(
    open_page, failing_engine, caplog, fault, advice
):
    failing_engine += [fault, fault]
    mine, other = open_page(text="A boom [MASK]."), open_page(text=ACROSS)
    (told,) = errors(mine)
    assert advice in told
    assert "Traceback" in caplog.text
    assert type(fault).__name__ in caplog.text
    assert mine.text_input(key="text").value == "A boom [MASK]."
    assert errors(other) == []
    assert has_answer(other)
    mine.text_input(key="text").set_value(ACROSS).run()
    assert errors(mine) == []
    assert has_answer(mine)
    other.text_input(key="text").set_value("A boom [MASK].").run()
    assert len(errors(other)) == 1
    # What failed is not remembered.
    other.run()
    assert errors(other) == []
    assert has_answer(other)


def test_who_waits_for_a_reading_that_fails_gets_one_of_their_own(failing_engine):
    failing_engine.append(RuntimeError("once"))

    def outcome(_):
        try:
            return cache.read(BUNDLED, "boom [MASK]").text
        except RuntimeError as error:
            return str(error)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(outcome, range(8), timeout=PATIENCE))
    assert sorted(outcomes) == ["boom [MASK]"] * 7 + ["once"]


def test_what_is_typed_in_a_tab_outlives_a_sentence_that_fails(
    open_page, failing_engine
):
    typed = {"Compare": ("with", ACROSS), "Test a claim": ("examples", "A b. | A b")}
    for tab, (key, value) in typed.items():
        page = open_page(text="A [MASK].", tab=tab)
        field = page.text_input if tab == "Compare" else page.text_area
        field(key=key).set_value(value).run()
        failing_engine[:] = [RuntimeError()]
        page.text_input(key="text").set_value(f"A boom [MASK] {tab}.").run()
        assert len(errors(page)) == 1
        page.text_input(key="text").set_value("A [MASK].").run()
        field = page.text_input if tab == "Compare" else page.text_area
        assert field(key=key).value == value


@pytest.mark.parametrize(
    ("tab", "broken"),
    [
        ("Head", "components.tabs.head.heatmap.head_chart"),
        ("All heads", "components.tabs.all_heads.roles_frame"),
        ("Two words", "components.tabs.two_words.heads_for_pair"),
        ("What if", "components.tabs.tabs.show_what_if"),
        ("Compare", "components.tabs.compare.words_frame"),
        ("Several heads", "components.tabs.tabs.show_several"),
        ("One token", "components.tabs.tabs.show_one_token"),
        ("Test a claim", "components.tabs.claim.claim.judge"),
        ("Report", "components.tabs.tabs.show_report"),
    ],
)
def test_a_tab_that_fails_says_so_and_the_rest_of_the_page_works(
    open_page, monkeypatch, caplog, tab, broken
):
    def fail(*_, **__):
        raise RuntimeError(SECRET)

    with monkeypatch.context() as now:
        now.setattr(broken, fail)
        page = open_page(text=ACROSS, tab=tab)
        (told,) = errors(page)
        assert f"“{tab}”" in told
        assert "reload the page" in told
        assert SECRET in caplog.text
        assert has_answer(page)
        page.text_input(key="text").set_value("A [MASK] of tea.").run()
        assert len(errors(page)) == 1
        assert has_answer(page)
    page.run()
    assert errors(page) == []


def test_too_little_memory_for_a_ranking_is_told_beside_it(
    open_page, monkeypatch, fresh_caches
):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr(cache, "effects", fail)
    page = open_page(text=ACROSS, tab="What if", silent="Layer 3")
    assert errors(page) == [answer.NO_MEMORY]
    assert page.session_state["silent"] == ["Layer 3"]
    assert len(page.dataframe) == 1  # what the silent heads change
    assert has_answer(page)


def test_what_ends_a_run_of_the_page_passes_through():
    def script():
        import streamlit as st

        from components.session.answer import explain_faults

        with explain_faults("this"):
            if "again" not in st.session_state:
                st.session_state.again = True
                st.rerun()
            st.text("the second run")
            st.stop()
        st.text("never")

    page = AppTest.from_function(script, default_timeout=PATIENCE).run()
    assert errors(page) == []
    assert [text.value for text in page.text] == ["the second run"]
