"""Who waits for a turn, and in which order turns come."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from model_cache import turns as module
from model_cache.turns import Turns, telling
from tests.support.patience import PATIENCE


def queued(turns: Turns, number: int) -> None:
    """Wait until so many stand in the queue."""
    done = threading.Event()
    while turns.n_waiting < number and not done.wait(0.001):
        pass


def test_turns_come_in_the_order_of_asking():
    turns, order, threads = Turns(1), [], []

    def work(name: int) -> None:
        with turns.turn():
            order.append(name)

    with turns.turn():
        for name in range(5):
            threads.append(threading.Thread(target=work, args=(name,)))
            threads[-1].start()
            queued(turns, name + 1)
    for thread in threads:
        thread.join(PATIENCE)
    assert order == [0, 1, 2, 3, 4]


def test_no_more_work_at_once_than_allowed():
    turns, both = Turns(2), threading.Barrier(3)
    inside, most = [], []

    def work() -> None:
        with turns.turn():
            inside.append(1)
            most.append(len(inside))
            both.wait(PATIENCE)  # until two are inside, and the test has looked
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        queued(turns, 0)
        both.wait(PATIENCE)
    for thread in threads:
        thread.join(PATIENCE)
    assert max(most) == 2


def test_long_work_in_pieces_lets_a_short_one_in_after_one_piece():
    turns, short_done, started = Turns(1), threading.Event(), threading.Event()
    pieces_before_short = []

    def long_work() -> None:
        for piece in range(100_000):
            with turns.turn():
                started.set()
                if short_done.is_set():
                    return
                if turns.n_waiting:
                    pieces_before_short.append(piece)

    thread = threading.Thread(target=long_work)
    thread.start()
    started.wait(PATIENCE)
    with turns.turn():
        short_done.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert len(pieces_before_short) <= 1


def test_a_turn_ends_with_an_exception_too():
    turns = Turns(1)
    try:
        with turns.turn():
            raise ValueError
    except ValueError:
        pass
    with turns.turn():
        assert turns.n_waiting == 0


def test_who_waits_is_told_how_many_come_before_as_they_become_fewer(monkeypatch):
    monkeypatch.setattr(module, "TELL_AFTER", 0.001)
    turns, told, leave = Turns(1), [], threading.Semaphore(0)
    inside = threading.Event()

    def work() -> None:
        with turns.turn():
            inside.set()
            leave.acquire(timeout=PATIENCE)

    def tell(n_before: int) -> None:
        if n_before not in told:
            leave.release()  # whoever works now may go
        told.append(n_before)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert inside.wait(PATIENCE)
    queued(turns, 1)
    with telling(tell), turns.turn():
        assert set(told) == {2, 1, 0}
        assert told == sorted(told, reverse=True)
        assert told.count(0) == 1
    for thread in threads:
        thread.join(PATIENCE)


def test_who_need_not_wait_is_told_nothing():
    told = []
    with telling(told.append), Turns(1).turn():
        assert told == []


def aside(work: Callable[[], object]) -> None:
    """Do this in a thread of its own, which has no turn yet."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result(PATIENCE)


def test_who_gives_up_waiting_keeps_nobody_from_a_turn(monkeypatch):
    monkeypatch.setattr(module, "TELL_AFTER", 0.001)
    turns = Turns(1)

    def give_up(n_before: int) -> None:
        raise GivenUp

    def wait_and_give_up() -> None:
        with pytest.raises(GivenUp), telling(give_up), turns.turn():
            pass

    with turns.turn():
        aside(wait_and_give_up)
        assert turns.n_waiting == 0
    aside(lambda: take(turns))


class GivenUp(BaseException):
    """As Streamlit ends a run of the page: no Exception."""


def take(turns: Turns) -> None:
    with turns.turn():
        pass


def test_a_turn_inside_a_turn_is_the_same_one():
    turns = Turns(1)
    with turns.turn():
        take(turns)
        with turns.turn(), turns.paused():
            aside(lambda: take(turns))
        threading.Thread(target=take, args=(turns,), daemon=True).start()
        queued(turns, 1)  # it is still ours


def test_while_one_pauses_the_others_have_their_turns():
    turns = Turns(1)
    with turns.turn(), turns.paused():
        aside(lambda: take(turns))
        with turns.paused():  # as a reading does inside a reading
            aside(lambda: take(turns))
    aside(lambda: take(turns))


def test_who_comes_back_from_a_pause_goes_before_those_who_have_not_begun():
    turns, order = Turns(1), []
    begun, may_return = threading.Event(), threading.Event()
    inside, may_go = threading.Event(), threading.Event()

    def pausing() -> None:
        with turns.turn():
            with turns.paused():
                begun.set()
                assert may_return.wait(PATIENCE)
            order.append("back")

    def holding() -> None:
        with turns.turn():
            inside.set()
            assert may_go.wait(PATIENCE)

    def newcomer() -> None:
        with turns.turn():
            order.append("new")

    threads = [threading.Thread(target=work) for work in (pausing, holding, newcomer)]
    for thread, event in zip(threads, (begun, inside, None), strict=True):
        thread.start()
        if event:
            assert event.wait(PATIENCE)
    queued(turns, 1)
    may_return.set()
    queued(turns, 2)
    may_go.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert order == ["back", "new"]


def test_what_ends_a_run_inside_a_pause_leaves_the_turn_to_others():
    turns = Turns(1)
    with pytest.raises(GivenUp), turns.turn(), turns.paused():
        raise GivenUp
    aside(lambda: take(turns))
    with turns.turn():
        aside_is_kept_out = threading.Thread(target=take, args=(turns,), daemon=True)
        aside_is_kept_out.start()
        queued(turns, 1)


def test_what_ends_a_run_that_waits_after_a_pause_gives_up_one_turn_alone(monkeypatch):
    monkeypatch.setattr(module, "TELL_AFTER", 0.001)
    turns, paused, may_go = Turns(1), threading.Event(), threading.Event()
    ended = threading.Event()

    def give_up(n_before: int) -> None:
        raise GivenUp

    def pause() -> None:
        with telling(give_up), turns.turn(), turns.paused():
            paused.set()
            assert may_go.wait(PATIENCE)

    def pausing() -> None:
        with pytest.raises(GivenUp):
            pause()
        ended.set()

    thread = threading.Thread(target=pausing)
    thread.start()
    assert paused.wait(PATIENCE)
    with turns.turn():
        may_go.set()
        assert ended.wait(PATIENCE)
        other = threading.Thread(target=take, args=(turns,), daemon=True)
        other.start()
        queued(turns, 1)  # the turn that is ours was not given away
    other.join(PATIENCE)
    thread.join(PATIENCE)
