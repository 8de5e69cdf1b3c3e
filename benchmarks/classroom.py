"""A class at one address: what its students wait for, and whether answers are theirs.

python -m benchmarks.classroom [--students 150] [--minutes 5] [--processes 1]: fresh
servers on the bundled model; for several, Caddy in front with deploy/Caddyfile. Each
student opens the link in the first sixth of the time, then submits 5 sentences (3 of
them the whole class's) and opens a head after each, with pauses. Servers, proxy,
students (students.py) and who asks for the servers' health (health.py) are processes of
their own, whose CPU is told apart and competes for the same cores.
Promises: no error, no wrong answer, 95% of sentences answered within 5 s, 99% of asks
for health within 0.5 s, memory under 1.2 GB a process.
--burst 600: so many open the link at once instead, of a page that somebody has opened
before: on a cold server nobody hears a word until its modules are imported. Beyond the
limit (ATTENTION_SEATS) they see the full page, wait and at last go away; none of those
who are in loses an answer, and the 5 s are no promise.
--soak MINUTES: then visitors come and go, one every 5 s, and memory should stay flat;
readings are kept up to 200 MB, so new sentences add about 0.1 MB each at first.
--heavy: then the class comes again, to fresh servers, with two more: one submits texts
of 500 tokens and one tests claims on 2,000 sentences, both without a pause. What the
class meets with stands side by side.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression

import numpy as np
import psutil

from benchmarks.health import asked_for_health
from benchmarks.proxy import proxied
from benchmarks.students import (
    CLAIM_SENTENCES,
    Lesson,
    Seat,
    burst_of,
    class_of,
    visitors,
)
from tests.support.serving import Server, alone, serve

MOST_SECONDS, MOST_HEALTH, MOST_MEGABYTES = 5, 0.5, 1200


@dataclass(frozen=True)
class Site:
    """Servers, with the proxy in front if there are several."""

    servers: tuple[Server, ...]
    proxy: Server | None

    @property
    def url(self) -> str:
        return (self.proxy or self.servers[0]).url


@dataclass(frozen=True)
class Measured:
    """A lesson, with what the servers needed for it."""

    lesson: Lesson
    health: list[float]  # seconds
    memory: list[tuple[float, ...]]  # hours, then megabytes of each server

    @property
    def peak(self) -> float:
        return max(most for _, *each in self.memory for most in each)


async def hold(
    site: Site, seats: Sequence[Seat], sample_every: float, is_heavy: bool = False
) -> Measured:
    """Have all students attend; print what they met with.

    is_heavy: two more, once the others are there, work without a pause.
    """
    lesson, memory = Lesson(), []
    servers = [psutil.Process(server.pid) for server in site.servers]
    proxy = [psutil.Process(site.proxy.pid)] if site.proxy else []
    groups = {"servers": servers, "proxy": proxy, "students": [psutil.Process()]}
    began = time.monotonic(), {name: seconds(group) for name, group in groups.items()}
    with asked_for_health([server.url for server in site.servers]) as health:
        work = asyncio.gather(*(lesson.attend(site.url, seat) for seat in seats))
        wait = max(seat.wait for seat in seats)
        heavy = [
            asyncio.create_task(burden(site.url, wait))
            for burden in (lesson.read_long_texts, lesson.test_claims) * is_heavy
        ]
        while True:
            megabytes = [server.memory_info().rss / 1e6 for server in servers]
            memory.append((time.monotonic() / 3600, *megabytes))
            if work.done():
                break
            await asyncio.wait([work], timeout=sample_every)
        for task in heavy:
            task.cancel()
        for end in await asyncio.gather(*heavy, return_exceptions=True):
            if not isinstance(end, asyncio.CancelledError):
                lesson.errors.append(f"{type(end).__name__}: {end}")
    lasted = time.monotonic() - began[0]
    used = {name: seconds(group) - began[1][name] for name, group in groups.items()}
    measured = Measured(lesson, health, memory)
    print(
        f"\n{len(seats)} students, {lasted / 60:.1f} minutes, processes: {len(servers)}"
        f"\n{lesson.n_turned_away} turned away at first, {lesson.n_done} to the end"
    )
    for what, times in waits(lesson).items():
        show(what, times)
    if is_heavy:
        show("500 tokens to predictions", lesson.long_texts)
        show(f"claim of {CLAIM_SENTENCES:,} sentences", lesson.claims)
    show("health", health)
    print(
        "memory, MB                          "
        + "; ".join(
            f"start {each[0]:.0f}  peak {max(each):.0f}  end {each[-1]:.0f}"
            for each in list(zip(*memory, strict=True))[1:]
        )
    )
    shares = (f"{name} {100 * used[name] / lasted:.0f}%" for name in used)
    print("CPU, of one core                   ", "  ".join(shares))
    return measured


def seconds(processes: Sequence[psutil.Process]) -> float:
    """Return the processor's seconds that they have used."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def waits(lesson: Lesson) -> dict[str, list[float]]:
    return {
        "link opened to first predictions": lesson.links,
        "sentence to predictions": lesson.sentences,
        "another head, to the run's end": lesson.heads,
    }


def show(what: str, times: list[float]) -> None:
    p50, p95, p99, most = np.percentile(times or [np.inf], [50, 95, 99, 100])
    print(
        f"{what:35} p50 {p50:5.2f} s  p95 {p95:5.2f} s  p99 {p99:5.2f} s  "
        f"max {most:5.2f} s"
    )


def compare(alone: Lesson, heavy: Lesson) -> None:
    """Print what the students met with, and what with heavy ones among them."""
    print("\nwithout -> with the two heavy ones")
    for what, before, after in zip(
        waits(alone), waits(alone).values(), waits(heavy).values(), strict=True
    ):
        (p50, p95), (later50, later95) = (
            np.percentile(times or [np.inf], [50, 95]) for times in (before, after)
        )
        print(
            f"{what:35} p50 {p50:5.2f} -> {later50:5.2f} s  "
            f"p95 {p95:5.2f} -> {later95:5.2f} s"
        )


@contextmanager
def fresh_site(processes: int, errors: list[str]) -> Iterator[Site]:
    """Serve the page; what the servers' logs complain of are errors."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = tuple(
            stack.enter_context(serve(folder / f"log{n}.txt", **alone(folder)))
            for n in range(processes)
        )
        proxy = stack.enter_context(proxied(servers, folder)) if processes > 1 else None
        yield Site(servers, proxy)
        logs = [server.log.read_text() for server in servers]
        errors += [log for log in logs if "Traceback" in log]


def is_kept(measured: Measured, is_burst: bool) -> bool:
    """Print which promises are broken, if any."""
    lesson = measured.lesson
    p95 = float(np.percentile(lesson.sentences or [np.inf], 95))
    p99 = float(np.percentile(measured.health or [np.inf], 99))
    errors = Counter(lesson.errors)
    broken = [
        *(f"{n} x {error}" for error, n in errors.most_common()),
        *["sentences wait too long"] * (p95 > MOST_SECONDS and not is_burst),
        *["health is told too late"] * (p99 > MOST_HEALTH),
        *["too much memory"] * (measured.peak > MOST_MEGABYTES),
    ]
    print(*broken, sep="\n", end="\n" if broken else "")
    return not broken


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--students", type=int, default=150)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--burst", type=int, metavar="STUDENTS")
    parser.add_argument("--soak", type=float, metavar="MINUTES")
    parser.add_argument("--heavy", action="store_true")
    options = parser.parse_args()
    if options.burst:
        seats = burst_of(options.burst, options.minutes)
    else:
        seats = class_of(options.students, options.minutes)
    errors: list[str] = []
    with fresh_site(options.processes, errors) as site:
        if options.burst:  # somebody has opened the page before the class
            asyncio.run(Lesson().attend(site.url, Seat(0, (), 0)))
        held = [asyncio.run(hold(site, seats, sample_every=1))]
        if options.soak:
            held.append(asyncio.run(hold(site, visitors(options.soak), 30)))
            hours, *each = zip(*held[-1].memory, strict=True)
            slopes = (linear_regression(hours, one).slope for one in each)
            told = ", ".join(f"{slope:+.0f}" for slope in slopes)
            print(f"{'memory, slope':35} {told} MB an hour")
    if options.heavy:
        with fresh_site(options.processes, errors) as site:
            held.append(asyncio.run(hold(site, seats, 1, is_heavy=True)))
        compare(held[0].lesson, held[-1].lesson)
    kept = [is_kept(one, bool(options.burst)) for one in held]
    print(*errors, sep="\n")
    print("promises", "kept" if all(kept) and not errors else "BROKEN")
    raise SystemExit(not all(kept) or bool(errors))


if __name__ == "__main__":
    main()
