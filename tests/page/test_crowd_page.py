"""Who is in, who waits, and what the operator sees of it."""

import threading

import pytest
from streamlit.testing.v1 import AppTest

from components.crowd import door, turn
from components.crowd.counters import Counters
from components.crowd.door import FULL
from components.crowd.seats import KEPT, MOST, Seats
from model_cache import turns
from model_cache.turns import PAGES, Turns
from tests.support.on_the_page import has_answer
from tests.support.patience import PATIENCE, until


class Hall:
    """Seats whose visitors' connections and clock are the test's."""

    def __init__(self, number: int):
        self.connected, self.now = set(), 0.0
        self.seats = Seats(number, self.connected.__contains__, lambda: self.now)

    def come(self, name: str, browser: str = "") -> bool:
        self.connected.add(name)
        return self.seats.take(name, browser)

    def go(self, name: str) -> None:
        self.seats.count()  # as somebody does every few seconds
        self.connected.remove(name)


def test_so_many_are_in_and_the_next_is_turned_away():
    hall = Hall(2)
    assert [hall.come(name) for name in "abc"] == [True, True, False]
    assert hall.come("a")  # a run of who is in
    assert hall.seats.count() == 2


def test_a_seat_is_free_once_its_connection_has_been_gone_for_a_minute():
    hall = Hall(1)
    hall.come("a")
    hall.now = 1000.0
    hall.go("a")
    hall.now += KEPT - 1
    assert not hall.come("b")
    hall.now += 1
    assert hall.come("b")
    assert not hall.come("a")


def test_who_connects_anew_keeps_the_seat_without_a_run_of_the_page():
    hall = Hall(1)
    hall.come("a")
    hall.go("a")
    hall.now += KEPT - 1
    hall.connected.add("a")
    hall.seats.count()
    hall.now += KEPT - 1
    assert not hall.come("b")
    hall.now += 1_000_000
    assert not hall.come("b")
    assert hall.come("a")


def test_a_tab_that_is_loaded_anew_has_the_seat_that_it_left():
    hall = Hall(2)
    assert hall.come("a", "a's browser")
    assert hall.come("a's other tab", "a's browser")
    assert not hall.come("a's third tab", "a's browser")  # the others are still there
    hall.go("a")
    assert not hall.come("b", "b's browser")
    assert not hall.come("c")
    assert hall.come("a again", "a's browser")
    assert hall.seats.count() == 2
    hall.go("a again")
    assert not hall.come("c")  # a browser that nobody knows is nobody's


def test_who_is_turned_away_counts_once_however_often_he_looks():
    hall = Hall(1)
    hall.come("a")
    for name in "bcbbc":
        assert not hall.come(name)
    assert hall.seats.n_turned_away == 2


def test_the_log_has_a_line_while_anybody_is_in():
    hall, runs = Hall(1), Turns(1)
    counters = Counters(hall.seats, runs)
    assert counters.line(60) == ""
    hall.come("a")
    hall.come("b")
    for _ in range(90):
        with runs.turn():
            pass
    assert counters.line(60) == "1 in, 0 waiting, 1 turned away, 1.5 runs a second"
    assert counters.line(60) == "1 in, 0 waiting, 0 turned away, 0.0 runs a second"
    hall.go("a")
    hall.now += KEPT
    assert counters.line(60) == ""


def test_streamlit_is_told_the_counters_that_it_asks_for():
    hall, runs = Hall(1), Turns(1)
    hall.come("a")
    hall.come("b")
    with runs.turn():
        pass
    counters = Counters(hall.seats, runs)
    told = {
        stat.to_metric_str()
        for stats in counters.get_stats().values()
        for stat in stats
    }
    assert told == {
        "attention_in 1",
        "attention_waiting 0",
        "attention_turned_away_total 1",
        "attention_runs_total 1",
        "attention_runs_per_second 0",
    }
    assert list(counters.get_stats(["attention_in", "other"])) == ["attention_in"]
    assert set(counters.stats_families) == set(counters.get_stats())


@pytest.mark.parametrize(
    ("asked", "number"), [(None, MOST), ("3", 3), ("many", MOST), ("0", MOST)]
)
def test_the_limit_is_the_settings_if_that_is_a_number(
    monkeypatch, caplog, asked, number
):
    monkeypatch.setattr("model_cache.cache.setting", {door.SETTING: asked}.get)
    assert door._number() == number
    assert (door.SETTING in caplog.text) == (asked in ("many", "0"))


@pytest.fixture
def hall(monkeypatch):
    """A page with one seat, which somebody has."""
    hall = Hall(1)
    hall.come("somebody")
    hall.connected.add("test session id")
    monkeypatch.setattr(door, "_seats", lambda: hall.seats)
    return hall


@pytest.mark.slow
def test_a_newcomer_to_a_full_room_is_told_so_and_gets_the_page_once_there_is_room(
    open_page, hall
):
    page = open_page(lesson="next-word")
    assert [title.value for title in page.title] == [FULL]
    assert "in a minute" in page.text[0].value
    assert not page.exception
    assert not page.text_input
    hall.go("somebody")
    hall.now += KEPT
    page.run()
    assert FULL not in [title.value for title in page.title]
    assert has_answer(page)
    assert "Your task." in " ".join(text.value for text in page.markdown)
    assert hall.seats.n_turned_away == 1


def waiting_page() -> None:
    import streamlit as st

    from components.crowd.turn import page_turn

    with page_turn("whole"):
        st.title("Here")
        with page_turn("inside"):  # has the page's turn
            st.header("And here")


def test_who_waits_is_told_his_place_until_his_turn_comes(monkeypatch):
    monkeypatch.setattr(turns, "TELL_AFTER", 0.001)
    told, may_go, inside = [], threading.Event(), threading.Event()
    words = turn.waiting_words

    def tell(n_before: int) -> str:
        told.append(words(n_before))
        may_go.set()
        return told[-1]

    def hold() -> None:
        with PAGES.turn():
            inside.set()
            may_go.wait(PATIENCE)

    monkeypatch.setattr(turn, "waiting_words", tell)
    holder = threading.Thread(target=hold)
    holder.start()
    assert inside.wait(PATIENCE)
    page = AppTest.from_function(waiting_page, default_timeout=PATIENCE).run()
    holder.join(PATIENCE)
    assert told == ["One moment: 1 other is before you."]
    assert not page.exception
    assert not page.text
    assert page.title[0].value == "Here"
    assert page.header[0].value == "And here"


def failing_page() -> None:
    import streamlit as st

    from components.crowd.turn import page_turn

    with page_turn("page"):
        match st.text_input("How"):
            case "stop":
                st.stop()
            case "fail":
                raise ValueError
            case "again" if "again" not in st.session_state:
                st.session_state.again = True
                st.rerun()


@pytest.mark.parametrize("how", ["stop", "fail", "again"])
def test_however_a_run_ends_others_have_their_turn(how):
    page = AppTest.from_function(failing_page, default_timeout=PATIENCE).run()
    page.text_input[0].set_value(how).run()
    came = threading.Event()

    def take() -> None:
        with PAGES.turn():
            came.set()

    threading.Thread(target=take, daemon=True).start()
    assert came.wait(PATIENCE)
    until(lambda: PAGES.n_waiting == 0)


def test_a_long_queue_is_told_in_steps_of_a_tenth_and_a_short_one_each_place():
    told = [0]
    for place in range(200, 0, -1):
        if turn.is_news(place, told[-1]):
            told.append(place)
    assert told[1:5] == [200, 179, 161, 144]
    assert told[-9:] == [9, 8, 7, 6, 5, 4, 3, 2, 1]


def test_whom_another_has_overtaken_is_not_told_so():
    assert not turn.is_news(4, told=3)
