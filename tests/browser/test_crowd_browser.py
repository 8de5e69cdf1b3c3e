"""A crowd at a served page: what Streamlit tells of its sessions, and what is seen."""

import asyncio
import socket
import urllib.request
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from benchmarks.streamlit_client import Tab, open_tab
from components.crowd import sessions
from components.crowd.door import FULL
from tests.support.browsing import (
    MOST_SHIFT,
    open_page,
    settle,
    shifted,
    type_sentence,
    watch_shifts,
)
from tests.support.patience import PATIENCE
from tests.support.serving import ROOT, alone, serve

SESSIONS = """
import streamlit as st
from components.crowd import sessions

st.header(f"{sessions.is_served()} {sessions.session_id()}")
st.title(str(sessions.is_connected(st.text_input("Who"))))
if kept := st.text_input("Kept"):
    sessions.keep_sessions(int(kept))
"""


def run(work: Coroutine):
    """Run a coroutine in a thread of its own: a browser's loop may be in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


async def headings(tab: Tab, **typed: str) -> list[str]:
    """Run the page; return its headings, the server's line and the answer."""
    return [e.heading.body async for e in tab.run(typed) if e.heading.body]


async def until_says(tab: Tab, who: str, answer: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await headings(tab, Who=who))[1] != answer:
            await asyncio.sleep(0.01)  # between two looks at the awaited condition


@pytest.mark.slow
def test_streamlit_tells_sessions_and_connections_as_this_project_asks_it(tmp_path):
    app = tmp_path / "app.py"
    app.write_text(SESSIONS)

    async def visit(url: str) -> None:
        async with open_tab(url) as looking:
            assert (await headings(looking))[0] == f"True {looking.session}"
            await headings(looking, Kept="2")
            gone = []
            for _ in range(3):
                async with open_tab(url) as tab:
                    await headings(tab)
                    await until_says(looking, tab.session, "True")
                    gone.append(tab.session)
                await until_says(looking, tab.session, "False")
            async with open_tab(url, session=gone[2]) as tab:  # has not run yet
                await until_says(looking, gone[2], "True")
                assert (await headings(tab))[0] == f"True {gone[2]}"
            await until_says(looking, gone[2], "False")
            # The last two are kept; the first one's tab gets a new session.
            for session in gone[1], gone[2], gone[0]:
                async with open_tab(url, session=session) as tab:
                    await headings(tab)
                    assert (tab.session == session) == (session in gone[1:])

    with serve(tmp_path / "log.txt", app=app) as server:
        run(visit(server.url))


TURNS = """
import streamlit as st
from components.crowd.turn import page_turn
from model_cache.turns import PAGES

@st.fragment
def inside():
    with page_turn("inside"):
        st.header(f"{PAGES.n_taken}, {st.text_input('Inside')}")

with page_turn("page"):
    st.title("The page")
    inside()
"""


@pytest.mark.slow
def test_a_fragment_that_runs_alone_has_a_turn_of_its_own(tmp_path):
    app = tmp_path / "app.py"
    app.write_text(TURNS)

    async def visit(url: str) -> None:
        async with open_tab(url) as tab:
            assert await headings(tab) == ["The page", "1,"]
            assert await headings(tab, Inside="here") == ["2, here"]
            assert await headings(tab) == ["The page", "3, here"]

    with serve(tmp_path / "log.txt", app=app) as server:
        run(visit(server.url))


def test_connections_made_from_now_on_send_at_once():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sessions.send_at_once()
        with (
            socket.create_connection(listener.getsockname()),
            listener.accept()[0] as accepted,
        ):
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.slow
def test_the_servers_counters_tell_who_is_in(served):
    def told() -> str:
        return urllib.request.urlopen(f"{served}/_stcore/metrics").read().decode()

    async def visit() -> None:
        async with open_tab(served) as tab:
            async for _ in tab.run():
                pass
            lines = dict(
                line.rsplit(" ", 1) for line in told().splitlines() if " " in line
            )
            assert int(lines["attention_in"]) >= 1
            assert int(lines["attention_runs_total"]) >= 1

    run(visit())


# One seat, which is soon free, and a full page that soon looks again. While the file
# `hold` is there, somebody has the turn.
CROWDED = """
import runpy, threading, time
from pathlib import Path
import streamlit as st
from components.crowd import door, seats
from model_cache.turns import PAGES

door.AGAIN = 0.5, 1
seats.KEPT = 1_000_000 if Path(__file__).with_name("keep").exists() else 0
hold = Path(__file__).with_name("hold")

@st.cache_resource
def holder():
    def work():
        while True:
            with PAGES.turn():
                while hold.exists():
                    time.sleep(0.01)
            time.sleep(0.01)
    threading.Thread(target=work, daemon=True).start()

holder()
runpy.run_path({app!r})
"""


@pytest.fixture
def crowded(tmp_path):
    """A served page with one seat."""
    app = tmp_path / "app.py"
    app.write_text(CROWDED.format(app=str(ROOT / "app.py")))
    environment = alone(tmp_path) | {"ATTENTION_SEATS": "1"}
    with serve(tmp_path / "log.txt", app=app, **environment) as server:
        yield server


@pytest.mark.browser
def test_the_full_page_says_so_and_becomes_the_page_when_a_seat_is_free(
    crowded, new_page
):
    first = open_page(new_page(is_fresh=True), crowded.url)
    second = new_page(is_fresh=True)
    second.goto(f"{crowded.url}/?text=The+full+%5BMASK%5D.&head=4-7")
    expect(second.get_by_role("heading", name=FULL)).to_be_visible()
    expect(second.get_by_text("in a minute")).to_be_visible()
    expect(second).to_have_title("How BERT reads · Attention")
    first.close()
    expect(second.get_by_role("heading", name="Layer 4, head 7")).to_be_visible()
    expect(second.get_by_label("Sentence")).to_have_value("The full [MASK].")
    expect(second.get_by_role("heading", name=FULL)).to_have_count(0)
    assert "Traceback" not in crowded.log.read_text()


@pytest.mark.browser
def test_a_servers_first_page_does_not_jump_and_who_loads_it_anew_stays_in(
    crowded, new_page
):
    crowded.log.with_name("keep").touch()
    page = new_page(is_fresh=True)
    watch_shifts(page)
    open_page(page, crowded.url)
    assert shifted(page) < MOST_SHIFT
    open_page(page, crowded.url, head="4-7")
    expect(page.get_by_role("heading", name=FULL)).to_have_count(0)


@pytest.mark.browser
def test_who_waits_for_a_turn_is_told_and_nothing_moves(crowded, new_page):
    page = open_page(new_page(is_fresh=True), crowded.url)
    field = page.get_by_label("Sentence")
    stood = field.bounding_box()
    (hold := crowded.log.with_name("hold")).touch()
    type_sentence(page, "A [MASK] waits.")
    notice = page.get_by_text("One moment: 1 other is before you.")
    expect(notice).to_be_visible()
    assert field.bounding_box() == stood
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    hold.unlink()
    expect(notice).to_be_hidden()
    settle(page)
    assert field.bounding_box() == stood
