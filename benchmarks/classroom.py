"""A class at one server: what its students wait for, and whether answers are theirs.

python -m benchmarks.classroom [--students 60] [--minutes 3] [--soak MINUTES] [--heavy]:
a fresh server on the bundled model. Each student opens the link in the first sixth of
the time, then submits 5 sentences (3 of them the whole class's) and opens a head after
each, with pauses. 60 browsers do not fit on 2 cores, so the students are websocket
clients in a process of their own (streamlit_client.py): what browsers draw is not in
the figures, and the students' CPU, printed too, competes with the server's.
Promises: no error, no wrong answer, 95% of sentences answered within 5 s, memory
under 1.5 GB. --soak: then visitors come and go, one every 5 s, and memory should stay
flat; readings are kept up to 200 MB, so new sentences add about 0.1 MB each at first.
--heavy: then the class comes again, to another fresh server, with two more: one submits
texts of 500 tokens and one tests claims on 2,000 sentences, both without a pause. What
the 60 meet with stands side by side.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import linear_regression

import numpy as np
import psutil
from streamlit.proto.Element_pb2 import Element

from attention.reading import Head
from attention.showcase import DEFAULT_TEXT
from benchmarks.streamlit_client import PageError, Tab, open_tab
from components.session import choices
from components.session.url import TAB
from tests.support.serving import Server, alone, serve

OWN = "Student {} found a [MASK] in the garden."
SENTENCES = (
    "We turned down a narrow lane and passed through a small [MASK].",
    OWN,
    "The turtle moved slowly across the [MASK].",
    "Room {} was full of [MASK].",
    "The keys to the cabinet [MASK] on the table.",
)
MOST_SECONDS, MOST_MEGABYTES = 5, 1500
LONG = "Text {}: " + "the turtle moved slowly across a road " * 71 + "[MASK]"
CLAIM, CLAIM_SENTENCES = "Turtle {}-{} moved slowly. | slowly -> moved", 2000
PATIENCE = 60  # seconds for one run of the page; longer is an error
VISITOR_EVERY, SAMPLE_EVERY = 5, 30  # seconds, of a soak


class Student:
    """One session, which checks everything; top_words: by sentence, the class's."""

    def __init__(self, tab: Tab, top_words: dict[str, str]) -> None:
        self._tab, self._top_words, self._sentence = tab, top_words, DEFAULT_TEXT

    async def open(self) -> float:
        """Return the seconds until the page's own sentence has its predictions."""
        return await self._answer(self._tab.run())

    async def submit(self, sentence: str) -> float:
        """Return the seconds until the sentence has its predictions."""
        self._sentence = sentence
        return await self._answer(self._tab.run({"Sentence": sentence}))

    async def open_head(self, layer: int, head: int) -> float:
        """Choose a head, from 1, in the overview; return the seconds until the end.

        What depends on the head may be all that is drawn anew.
        """
        start = time.perf_counter()
        await self._see(self._tab.run(events={("overview", "picked"): [layer, head]}))
        if (name := Head.numbered(layer, head).name) not in self._headings:
            raise PageError(f"{name} was asked for; the page has {self._headings}.")
        return time.perf_counter() - start

    async def _answer(self, run: AsyncIterator[Element]) -> float:
        """Follow a run; return the seconds until its predictions; it must have some."""
        if not (seconds := await self._see(run)):
            raise PageError(f"{self._sentence!r} was asked; there is no answer.")
        return seconds

    async def _see(self, run: AsyncIterator[Element]) -> float:
        """Follow a run; return the seconds until its predictions, 0 without any."""
        start, seconds, words, self._headings = time.perf_counter(), 0.0, {}, []
        async with asyncio.timeout(PATIENCE):
            async for element in run:
                if element.HasField("heading"):
                    self._headings.append(element.heading.body)
                if element.bidi_component.component_name == "predictions":
                    data = json.loads(element.bidi_component.json)
                    if data["text"]:  # without a text it holds the place
                        words[data["text"]] = data["masks"][0]["rows"][0]["token"]
                        seconds = time.perf_counter() - start
        if not words:
            return 0
        if words.keys() != {self._sentence}:
            raise PageError(f"{self._sentence!r} was asked; the answer is {words}.")
        others = self._top_words.setdefault(self._sentence, words[self._sentence])
        if words[self._sentence] != others:
            raise PageError(f"{words} is one student's answer, {others} another's.")
        return seconds


@dataclass
class Lesson:
    """What students met with, in seconds, and the server's memory meanwhile."""

    links: list[float] = field(default_factory=list)
    sentences: list[float] = field(default_factory=list)
    heads: list[float] = field(default_factory=list)
    long_texts: list[float] = field(default_factory=list)
    claims: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    top_words: dict[str, str] = field(default_factory=dict)
    memory: list[tuple[float, float]] = field(default_factory=list)  # hours, MB

    async def attend(
        self, url: str, wait: float, sentences: Sequence[str], pause: float
    ) -> None:
        """Be a student: after `wait` open the link, then work with pauses (seconds)."""
        chance = random.Random(wait)
        await asyncio.sleep(wait)
        start = time.perf_counter()
        try:
            async with open_tab(url) as tab:
                student = Student(tab, self.top_words)
                connected = time.perf_counter() - start
                self.links.append(connected + await student.open())
                for sentence in sentences:
                    await asyncio.sleep(pause * chance.uniform(0.5, 1.5))
                    self.sentences.append(await student.submit(sentence))
                    await asyncio.sleep(pause * chance.uniform(0.5, 1.5))
                    head = chance.randint(1, 12), chance.randint(1, 12)
                    self.heads.append(await student.open_head(*head))
        except Exception as error:  # whatever it is, this student met with it
            self.errors.append(f"{type(error).__name__}: {error}")

    async def read_long_texts(self, url: str, wait: float) -> None:
        """Submit one long text after another, without an end."""
        await asyncio.sleep(wait)
        async with open_tab(url) as tab:
            student = Student(tab, self.top_words)
            await student.open()
            for number in count():
                self.long_texts.append(await student.submit(LONG.format(number)))

    async def test_claims(self, url: str, wait: float) -> None:
        """Test one claim after another, each on sentences of its own, endlessly."""
        await asyncio.sleep(wait)
        async with open_tab(url, {TAB: choices.CLAIM}) as tab:
            async for _ in tab.run():
                pass
            for number in count():
                lines = [CLAIM.format(number, i) for i in range(CLAIM_SENTENCES)]
                start = time.perf_counter()
                asked = tab.run({"Examples": "\n".join(lines)})
                said = [element.text.body async for element in asked]
                if not any(f" of {CLAIM_SENTENCES} " in text for text in said):
                    raise PageError(f"A claim was not tested; the page says {said}.")
                self.claims.append(time.perf_counter() - start)


def class_of(students: int, minutes: float) -> list[tuple]:
    """Return each student's wait, sentences and pause."""
    arrival = minutes * 60 / 6
    pause = (minutes * 60 - arrival) / (2 * len(SENTENCES))
    return [
        (arrival * n / students, [text.format(n + 1) for text in SENTENCES], pause)
        for n in range(students)
    ]


def visitors(minutes: float) -> list[tuple]:
    seconds = range(0, int(minutes * 60), VISITOR_EVERY)
    return [(wait, [OWN.format(f"V{wait}")], 1) for wait in seconds]


async def hold(
    server: Server, seats: list[tuple], sample_every: float, is_heavy: bool = False
) -> Lesson:
    """Have all students attend; print what they met with.

    is_heavy: two more, once the others are there, work without a pause.
    """
    lesson, serving, attending = Lesson(), psutil.Process(server.pid), psutil.Process()
    serving.cpu_percent(), attending.cpu_percent()  # the next calls count from here
    work = asyncio.gather(*(lesson.attend(server.url, *seat) for seat in seats))
    wait = max(seat[0] for seat in seats)
    heavy = [
        asyncio.create_task(burden(server.url, wait))
        for burden in (lesson.read_long_texts, lesson.test_claims) * is_heavy
    ]
    while True:
        megabytes = serving.memory_info().rss / 1e6
        lesson.memory.append((time.monotonic() / 3600, megabytes))
        if work.done():
            break
        await asyncio.wait([work], timeout=sample_every)
    for task in heavy:
        task.cancel()
    for end in await asyncio.gather(*heavy, return_exceptions=True):
        if not isinstance(end, asyncio.CancelledError):
            lesson.errors.append(f"{type(end).__name__}: {end}")
    hours, megabytes = zip(*lesson.memory, strict=True)
    print(f"\n{len(seats)} students, {60 * (hours[-1] - hours[0]):.1f} minutes")
    show("link opened to first predictions", lesson.links)
    show("sentence to predictions", lesson.sentences)
    show("another head, the whole page", lesson.heads)
    if is_heavy:
        show("500 tokens to predictions", lesson.long_texts)
        show(f"claim of {CLAIM_SENTENCES:,} sentences", lesson.claims)
    print(
        f"server's memory                     start {megabytes[0]:.0f} MB  "
        f"peak {max(megabytes):.0f} MB  end {megabytes[-1]:.0f} MB\n"
        f"CPU, of one core                    server {serving.cpu_percent():.0f}%  "
        f"students {attending.cpu_percent():.0f}%"
    )
    return lesson


def show(what: str, times: list[float]) -> None:
    p50, p95, most = np.percentile(times or [1e9], [50, 95, 100])
    print(f"{what:35} p50 {p50:5.2f} s  p95 {p95:5.2f} s  max {most:5.2f} s")


def compare(alone: Lesson, heavy: Lesson) -> None:
    """Print what the students met with, and what with heavy ones among them."""
    print("\nwithout -> with the two heavy ones")
    for what, before, after in (
        ("link opened to first predictions", alone.links, heavy.links),
        ("sentence to predictions", alone.sentences, heavy.sentences),
        ("another head, the whole page", alone.heads, heavy.heads),
    ):
        (p50, p95), (later50, later95) = (
            np.percentile(times or [np.inf], [50, 95]) for times in (before, after)
        )
        print(
            f"{what:35} p50 {p50:5.2f} -> {later50:5.2f} s  "
            f"p95 {p95:5.2f} -> {later95:5.2f} s"
        )


@contextmanager
def fresh_server(errors: list[str]) -> Iterator[Server]:
    """Serve the page; what its log complains of are errors."""
    with (
        tempfile.TemporaryDirectory() as name,
        serve(Path(name, "log.txt"), **alone(Path(name))) as server,
    ):
        yield server
        if "Traceback" in (log := server.log.read_text()):
            errors.append(log)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--soak", type=float, metavar="MINUTES")
    parser.add_argument("--heavy", action="store_true")
    options = parser.parse_args()
    seats = class_of(options.students, options.minutes)
    errors: list[str] = []
    with fresh_server(errors) as server:
        lessons = [asyncio.run(hold(server, seats, sample_every=1))]
        if options.soak:
            later = asyncio.run(hold(server, visitors(options.soak), SAMPLE_EVERY))
            slope = linear_regression(*zip(*later.memory, strict=True)).slope
            print(f"memory's slope {slope:+25.0f} MB an hour")
            errors += later.errors
    if options.heavy:
        with fresh_server(errors) as server:
            lessons.append(asyncio.run(hold(server, seats, 1, is_heavy=True)))
        compare(*lessons)
    for lesson in lessons:
        errors += lesson.errors
    p95 = max(np.percentile(lesson.sentences or [np.inf], 95) for lesson in lessons)
    peak = max(megabytes for lesson in lessons for _, megabytes in lesson.memory)
    is_kept = not errors and p95 < MOST_SECONDS and peak < MOST_MEGABYTES
    verdict = f"{len(errors)} errors; promises {'kept' if is_kept else 'BROKEN'}"
    print(*errors, verdict, sep="\n")
    raise SystemExit(not is_kept)


if __name__ == "__main__":
    main()
