"""What a click has the server draw, what it ends, and what becomes of a fault."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import (
    ACROSS,
    expect_head,
    head_button,
    open_head,
    open_page,
    press,
    settle,
    show_sentence,
)
from tests.support.patience import until
from tests.support.serving import ROOT, Server, alone, serve

pytestmark = pytest.mark.browser

# A page that notes its runs.
NOTING = """
import runpy, time
from pathlib import Path
import streamlit as st
from components.session import state

here = Path(__file__)

def note(what):
    with here.with_name("runs").open("a") as runs:
        runs.write(what + "\\n")

@st.cache_resource
def patched():
    from components.tabs import tabs
    show = tabs.show_head

    def show_head(*args):
        head = state.selected_head().short
        note(head)
        while head == "7-7" and here.with_name("hold").exists():
            _ = "head" in st.session_state  # where Streamlit can end a run
            time.sleep(0.01)
        if head == "6-6":
            raise RuntimeError("a-folder-of-this-server")
        show(*args)
        note(head + " drawn")

    tabs.show_head = show_head

patched()
note("page")
runpy.run_path({app!r})
"""


@pytest.fixture(scope="module")
def noting(tmp_path_factory) -> Iterator[Server]:
    """A served page that notes what it draws; 6-6 is faulty, 7-7 can be held up."""
    folder = tmp_path_factory.mktemp("noting")
    app = folder / "app.py"
    app.write_text(NOTING.format(app=str(ROOT / "app.py")))
    with serve(folder / "log.txt", app=app, **alone(folder)) as server:
        yield server


@pytest.fixture
def noted(noting, new_page) -> tuple[Page, Path]:
    """Open that page; return it, and the file of its runs, empty so far."""
    page = open_page(new_page(), noting.url)
    runs = noting.log.with_name("runs")
    runs.write_text("")
    return page, runs


def test_a_click_on_a_head_draws_the_detail_alone(noted):
    page, runs = noted
    open_head(page, 5, 1)
    press(page, "Next")
    expect_head(page, 5, 2)
    settle(page)
    assert runs.read_text().split("\n")[:-1] == [
        *("5-1", "5-1 drawn", "5-2", "5-2 drawn")
    ]
    show_sentence(page, ACROSS)
    assert "page" in runs.read_text().split("\n")


def test_a_click_during_a_slow_run_ends_the_stale_one(noted):
    page, runs = noted
    (hold := runs.with_name("hold")).touch()
    head_button(page, 7, 7).click()
    until(lambda: "7-7" in runs.read_text())
    head_button(page, 8, 8).click()
    expect_head(page, 8, 8)
    expect(page.get_by_text("Strongest here")).to_be_visible()
    until(lambda: "8-8 drawn" in runs.read_text())
    hold.unlink()
    settle(page)
    assert "7-7 drawn" not in runs.read_text()
    expect_head(page, 8, 8)


def test_a_fault_in_the_detail_gets_the_pages_sentence_and_the_next_head_opens(
    noted, noting
):
    page, _ = noted
    open_head(page, 6, 6)
    alert = page.get_by_role("alert")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text("Something went wrong in “Head”")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("a-folder-of-this-server")).to_have_count(0)
    assert "a-folder-of-this-server" in noting.log.read_text()
    open_head(page, 6, 7)
    expect(alert).to_have_count(0)
    expect(page.get_by_text("Strongest here")).to_be_visible()
