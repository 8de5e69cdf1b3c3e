"""What the operator sees of a crowd: a line a minute in the log, and counters.

The counters stand among Streamlit's own at /_stcore/metrics, which is for the server's
own machine: a proxy closes it, as deploy/Caddyfile does.
"""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from streamlit.runtime.stats import CounterStat, GaugeStat, Stat

from components.crowd import sessions
from components.crowd.seats import Seats
from model_cache.turns import Turns

logger = logging.getLogger(__name__)

LOOK_EVERY, LOG_EVERY = 5, 60  # seconds


class Count(NamedTuple):
    """A crowd at one moment."""

    is_in: int  # visitors
    waiting: int  # runs of the page
    turned_away: int  # visitors, since the start
    runs: int  # since the start


class Counters:
    """Counts of this process, in the form that Streamlit asks for (StatsProvider)."""

    def __init__(self, seats: Seats, turns: Turns):
        self._seats, self._turns = seats, turns
        self._last = self.count()  # at the last line
        self._rate = 0.0  # runs a second until then

    def count(self) -> Count:
        """Count anew, with a look at who is still there."""
        return Count(
            self._seats.count(),
            self._turns.n_waiting,
            self._seats.n_turned_away,
            self._turns.n_taken,
        )

    def line(self, seconds: float) -> str:
        """Return the log's line about the seconds since the last one, "" for none."""
        now, last = self.count(), self._last
        self._last, self._rate = now, (now.runs - last.runs) / seconds
        turned_away = now.turned_away - last.turned_away
        if not now.is_in and not turned_away:
            return ""
        return (
            f"{now.is_in} in, {now.waiting} waiting, {turned_away} turned away, "
            f"{self._rate:.1f} runs a second"
        )

    @property
    def stats_families(self) -> Sequence[str]:
        return list(self.get_stats())

    def get_stats(
        self, family_names: Sequence[str] | None = None
    ) -> Mapping[str, Sequence[Stat]]:
        now = self.count()
        stats = (
            GaugeStat("attention_in", now.is_in, help="Visitors who have a seat."),
            GaugeStat("attention_waiting", now.waiting, help="Runs that wait."),
            CounterStat(
                "attention_turned_away", now.turned_away, help="Visitors, when full."
            ),
            CounterStat("attention_runs", now.runs, help="Runs of the page."),
            GaugeStat(
                "attention_runs_per_second",
                round(self._rate),
                help="Runs of the page in the last minute.",
            ),
        )
        return {
            stat.family_name: [stat]
            for stat in stats
            if family_names is None or stat.family_name in family_names
        }


def watch(counters: Counters) -> None:
    """Begin to log a line a minute while anybody is in, and to offer the counters."""
    logger.setLevel(logging.INFO)
    logger.addHandler(handler := logging.StreamHandler())
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    sessions.offer_stats(counters)
    threading.Thread(target=_watch, args=(counters,), daemon=True).start()


def _watch(counters: Counters) -> None:
    logged = time.monotonic()
    while True:
        time.sleep(LOOK_EVERY)
        counters.count()
        if (now := time.monotonic()) - logged >= LOG_EVERY:
            if line := counters.line(now - logged):
                logger.info(line)
            logged = now
