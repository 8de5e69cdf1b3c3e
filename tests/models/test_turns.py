"""Who waits for a turn, and in which order turns come."""

import threading

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
    monkeypatch.setattr(module, "TELL_EVERY", 0.001)
    turns, told, leave = Turns(1), [], threading.Semaphore(0)

    def work() -> None:
        with turns.turn():
            leave.acquire(timeout=PATIENCE)

    def tell(n_before: int) -> None:
        if n_before not in told:
            leave.release()  # whoever works now may go
        told.append(n_before)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    queued(turns, 1)
    with telling(tell), turns.turn():
        assert set(told) == {2, 1}
        assert told == sorted(told, reverse=True)
    for thread in threads:
        thread.join(PATIENCE)


def test_who_gives_up_waiting_keeps_nobody_from_a_turn(monkeypatch):
    monkeypatch.setattr(module, "TELL_EVERY", 0.001)
    turns = Turns(1)

    def give_up(n_before: int) -> None:
        raise ValueError("given up")

    with turns.turn():
        with (
            pytest.raises(ValueError, match="given up"),
            telling(give_up),
            turns.turn(),
        ):
            pass
        assert turns.n_waiting == 0
    with turns.turn():
        assert turns.n_waiting == 0
