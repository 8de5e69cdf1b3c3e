"""What a visitor's click takes of the server's processor, in real sessions.

Linux only: what a process has used is asked of the kernel, which other systems tell by
the hundredth of a second. A session has no browser (streamlit_client.py).
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from streamlit.proto.Element_pb2 import Element

from attention.reading import Head
from benchmarks.page_files import PageError
from benchmarks.streamlit_client import Tab, open_tab, selected
from benchmarks.versions import in_turn
from tests.support.serving import Server

WARM_UP, ROUNDS = 3, 21
LOOK, REST = 0.05, 0.001  # seconds; who uses less than this in such a time is at rest
SENTENCE = "Visitor {} found a [MASK] in the garden."
TABS = ("One token", "Token"), ("Several heads", "Map")  # and a label that each has


@dataclass(frozen=True)
class Click:
    """What is asked of the page, and what a run that answers it shows."""

    asked: Mapping[str, Any]  # of Tab.run
    shows: str


@dataclass(frozen=True)
class Step:
    name: str
    link: Mapping[str, str]  # that the session begins with
    click: Callable[[int], Click]  # a new one for each number
    at_most: float | None = None  # of what the version before took


def _head(number: int) -> Head:
    return Head.at(5 * number % 144, (12, 12))


def _pick(number: int) -> Click:
    head = _head(number)
    return Click({"events": {("overview", "picked"): head.numbers}}, head.name)


def _write(number: int) -> Click:
    text = SENTENCE.format(number)
    return Click({"typed": {"Sentence": text}}, text)


def _open_tab(number: int) -> Click:
    name, shows = TABS[number % 2]
    return Click({"chosen": {"tab": name}}, shows)


def _choose_row(number: int) -> Click:
    row = 5 * number % 144  # of all heads, in their order
    return Click({"chosen": {"heads_table": selected(rows=[row])}}, _head(number).name)


def _click_cell(number: int) -> Click:
    layer, head = _head(number).numbers
    cell = selected(clicked=[{"layer": layer, "head": head}])
    return Click({"chosen": {"atlas_map": cell}}, _head(number).name)


# Links that have worked since version 0.1.
STEPS = (
    Step("another head", {}, _pick, at_most=0.30),
    Step("a new sentence", {}, _write, at_most=0.66),
    Step("another tab", {}, _open_tab),
    Step("a row of the table of heads", {"tab": "Heads"}, _choose_row),
    Step("a cell of the atlas's map", {"tab": "Atlas"}, _click_cell),
)


async def measure(servers: Mapping[str, Server], step: Step) -> dict[str, list[float]]:
    """Return each version's processor seconds of every click."""
    seconds = defaultdict(list)
    async with AsyncExitStack() as stack:
        tabs = {}
        for name, server in servers.items():
            tab = open_tab(server.url, step.link)
            tabs[name] = await stack.enter_async_context(tab)
            await _shown(tabs[name], {})
        for number, name in in_turn(list(servers), WARM_UP + ROUNDS):
            used = await _used_by(servers[name].pid, tabs[name], step.click(number))
            if number >= WARM_UP:
                seconds[name].append(used)
    return {name: seconds[name] for name in servers}


async def _used_by(pid: int, tab: Tab, click: Click) -> float:
    before = await _at_rest(pid)
    shown = await _shown(tab, click.asked)
    if click.shows not in shown:
        raise PageError(f"{click} was asked; the page shows {shown}.")
    return await _at_rest(pid) - before


async def _shown(tab: Tab, asked: Mapping[str, Any]) -> set[str]:
    return {_words(element) async for element in tab.run(**asked)}


def _words(element: Element) -> str:
    """Return what tells that the page has done as asked, if the element does."""
    kind = element.WhichOneof("type")
    shown = getattr(element, kind)
    if kind == "bidi_component" and shown.component_name == "predictions":
        return json.loads(shown.json)["text"]
    return shown.body if kind == "heading" else getattr(shown, "label", "")


async def _at_rest(pid: int) -> float:
    """Wait until a process is at rest; return its processor seconds so far."""
    used = _processor_seconds(pid)
    while True:
        await asyncio.sleep(LOOK)
        before, used = used, _processor_seconds(pid)
        if used - before < REST:
            return used


def _processor_seconds(pid: int) -> float:
    # clock_getcpuclockid(3), which Python has for threads alone.
    return time.clock_gettime(~pid << 3 | 2)
