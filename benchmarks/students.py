"""A class's students, who check every answer, and what they met with.

Browsers of a class do not fit on 2 cores, so each student is a session without one
(streamlit_client.py): what browsers draw is in no figure.
"""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from streamlit.proto.Element_pb2 import Element

from attention.reading import Head
from attention.showcase import DEFAULT_TEXT
from benchmarks.page_files import PageError
from benchmarks.streamlit_client import Tab, open_tab
from components.crowd.door import FULL
from components.session import choices
from components.session.url import TAB

OWN = "Student {} found a [MASK] in the garden."
SENTENCES = (
    "We turned down a narrow lane and passed through a small [MASK].",
    OWN,
    "The turtle moved slowly across the [MASK].",
    "Room {} was full of [MASK].",
    "The keys to the cabinet [MASK] on the table.",
)
LONG = "Text {}: " + "the turtle moved slowly across a road " * 71 + "[MASK]"
CLAIM, CLAIM_SENTENCES = "Turtle {}-{} moved slowly. | slowly -> moved", 2000
PATIENCE = 60  # seconds without a word of the page, of a place in the queue even
LOOKS = 3  # of a full page, a minute apart; then a student goes away


class Student:
    """One session, which checks everything; top_words: by sentence, the class's."""

    def __init__(self, tab: Tab, top_words: dict[str, str]) -> None:
        self._tab, self._top_words, self._sentence = tab, top_words, DEFAULT_TEXT

    async def enter(self) -> float:
        """Return the seconds until the page's own sentence has its predictions.

        0 if the room is full.
        """
        seconds = await self._see(self._tab.run())
        if not seconds and FULL not in self._headings:
            raise PageError("The page has neither an answer nor a word why.")
        return seconds

    async def wait_for_seat(self) -> bool:
        """Wait until the full page lets the student in; return False if he gives up."""
        for _ in range(LOOKS):
            await self._tab.until_it_runs()
            if await self._see(self._tab.run_by_itself()):
                return True
        return False

    async def submit(self, sentence: str) -> float:
        """Return the seconds until the sentence has its predictions."""
        self._sentence = sentence
        if not (seconds := await self._see(self._tab.run({"Sentence": sentence}))):
            raise PageError(f"{sentence!r} was asked; there is no answer.")
        return seconds

    async def open_head(self, layer: int, head: int) -> float:
        """Choose a head, from 1, in the overview; return the seconds until the end.

        What depends on the head may be all that is drawn anew.
        """
        start = time.perf_counter()
        await self._see(self._tab.run(events={("overview", "picked"): [layer, head]}))
        if (name := Head.numbered(layer, head).name) not in self._headings:
            raise PageError(f"{name} was asked for; the page has {self._headings}.")
        return time.perf_counter() - start

    async def _see(self, run: AsyncIterator[Element]) -> float:
        """Follow a run; return the seconds until its predictions, 0 without any."""
        start, seconds, words, self._headings = time.perf_counter(), 0.0, {}, []
        now = asyncio.get_running_loop().time
        async with asyncio.timeout(PATIENCE) as patience:
            async for element in run:
                patience.reschedule(now() + PATIENCE)
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


@dataclass(frozen=True)
class Seat:
    """When a student comes and what he does there."""

    wait: float  # seconds until the link is opened
    sentences: Sequence[str]
    pause: float  # seconds, on average


@dataclass
class Lesson:
    """What students met with, in seconds."""

    links: list[float] = field(default_factory=list)
    sentences: list[float] = field(default_factory=list)
    heads: list[float] = field(default_factory=list)
    long_texts: list[float] = field(default_factory=list)
    claims: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    top_words: dict[str, str] = field(default_factory=dict)
    n_turned_away: int = 0
    n_done: int = 0

    async def attend(self, url: str, seat: Seat) -> None:
        """Be a student: open the link, then work with pauses."""
        chance = random.Random(str(seat.sentences))
        await asyncio.sleep(seat.wait)
        start = time.perf_counter()
        try:
            async with open_tab(url) as tab:
                student = Student(tab, self.top_words)
                connected = time.perf_counter() - start
                if first := await student.enter():
                    self.links.append(connected + first)
                else:
                    self.n_turned_away += 1
                    if not await student.wait_for_seat():
                        return
                for sentence in seat.sentences:
                    await asyncio.sleep(seat.pause * chance.uniform(0.5, 1.5))
                    self.sentences.append(await student.submit(sentence))
                    await asyncio.sleep(seat.pause * chance.uniform(0.5, 1.5))
                    head = chance.randint(1, 12), chance.randint(1, 12)
                    self.heads.append(await student.open_head(*head))
                self.n_done += 1
        except Exception as error:  # whatever it is, this student met with it
            self.errors.append(f"{type(error).__name__}: {error}")

    async def read_long_texts(self, url: str, wait: float) -> None:
        """Submit one long text after another, without an end."""
        await asyncio.sleep(wait)
        async with open_tab(url) as tab:
            student = Student(tab, self.top_words)
            await student.enter()
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


def class_of(students: int, minutes: float) -> list[Seat]:
    """Return the seats of a class that comes in the first sixth of its time."""
    arrival = minutes * 60 / 6
    pause = (minutes * 60 - arrival) / (2 * len(SENTENCES))
    return [
        Seat(arrival * n / students, [s.format(n + 1) for s in SENTENCES], pause)
        for n in range(students)
    ]


def burst_of(students: int, minutes: float) -> list[Seat]:
    """Return the seats of so many who all open the link at once."""
    pause = minutes * 60 / (2 * len(SENTENCES))
    return [
        Seat(0, [text.format(n + 1) for text in SENTENCES], pause)
        for n in range(students)
    ]


def visitors(minutes: float, every: int = 5) -> list[Seat]:
    """Return the seats of visitors who come one after another, every few seconds."""
    seconds = range(0, int(minutes * 60), every)
    return [Seat(wait, [OWN.format(f"V{wait}")], 1) for wait in seconds]
