"""Lost connections, a server that restarts, two tabs, and the browser's history."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support import browsing
from tests.support.answers import best_word
from tests.support.browsing import (
    ACROSS,
    ask_for_one_word_more,
    head_button,
    head_heading,
    number_field,
    settle,
)
from tests.support.patience import PATIENCE
from tests.support.serving import Server, alone, serve

pytestmark = pytest.mark.browser
DEFAULT = "Then I picked up a [MASK] from the table."
TWO = "Two plus two is [MASK]."
BLOCK = 65536  # bytes


class Wire:
    """A TCP proxy between browser and server that can be cut, or moved elsewhere."""

    def __init__(self, server_url: str):
        self._port: int | None = None
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.lead_to(server_url)
        threading.Thread(target=self._accept, daemon=True).start()

    def lead_to(self, server_url: str | None) -> None:
        """Let new connections reach this server; None: they are closed at once."""
        self._port = server_url and urlsplit(server_url).port

    def cut(self) -> None:
        """Break every connection there is."""
        with self._lock:
            for end in self._sockets:
                _shut(end)
            self._sockets.clear()

    def close(self) -> None:
        self.lead_to(None)
        _shut(self._listener)
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._port or 1))
            except OSError:
                _shut(browser)
                continue
            with self._lock:
                self._sockets += [browser, server]
            for ends in ((browser, server), (server, browser)):
                threading.Thread(target=_carry, args=ends, daemon=True).start()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):  # cut
        while block := source.recv(BLOCK):
            sink.sendall(block)
    _shut(source)
    _shut(sink)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):  # it may be closed by now
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@pytest.fixture
def wire(served) -> Iterator[Wire]:
    wire = Wire(served)
    yield wire
    wire.close()


@pytest.fixture
def context(chromium) -> Iterator[BrowserContext]:
    """A browser whose console may complain, as it does of lost connections."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture(scope="module")
def homeless(tmp_path_factory) -> Iterator[Server]:
    """A server that can write neither a home nor a model cache."""
    if not Path("/proc/self").exists():
        pytest.skip("needs Linux's /proc, where not even the administrator can write")
    folder, home = tmp_path_factory.mktemp("homeless"), Path("/proc/no-home")
    environment = alone(home) | {"HOME": str(home), "XDG_CACHE_HOME": str(home)}
    with serve(folder / "log.txt", **environment) as server:
        yield server


def open_page(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    return browsing.open_page(page, url)


def type_sentence(page: Page, text: str) -> None:
    browsing.type_sentence(page, text)
    expect_words_of(page, text)


def expect_words_of(page: Page, text: str) -> None:
    expect(page.get_by_label("Sentence")).to_have_value(text)
    expect(page.locator("button.word").first).to_have_text(best_word(text))
    settle(page)


def open_head(page: Page, layer: int, head: int) -> None:
    head_button(page, layer, head).click()
    expect_head(page, layer, head)


def expect_head(page: Page, layer: int, head: int) -> None:
    expect(head_heading(page, layer, head)).to_be_visible()
    pressed = page.locator('.grid button[aria-pressed="true"]')
    name = f"Layer {layer}, head {head}"
    expect(pressed).to_have_attribute("aria-label", re.compile(f"^{name}(?!\\d)"))
    expect(number_field(page, "Layer")).to_have_value(str(layer))
    expect(number_field(page, "Head")).to_have_value(str(head))
    settle(page)


def ask_for_four(page: Page) -> None:
    ask_for_one_word_more(page)
    expect(page.locator("button.word")).to_have_count(4)
    settle(page)


def open_on_a_head(context: BrowserContext, url: str) -> Page:
    """Open the page, type ACROSS and open layer 7, head 2."""
    page = open_page(context, url)
    type_sentence(page, ACROSS)
    open_head(page, 7, 2)
    return page


def lose(wire: Wire, page: Page) -> None:
    """Cut the page off from its server, until it knows."""
    wire.lead_to(None)
    wire.cut()
    app = page.locator('[data-testid="stApp"]')
    expect(app).not_to_have_attribute("data-test-connection-state", "CONNECTED")


def test_a_cut_connection_is_taken_up_again_and_half_a_sentence_is_kept(
    wire, served, context
):
    page = open_on_a_head(context, wire.url)
    ask_for_four(page)
    page.get_by_label("Sentence").fill(TWO)  # no Enter yet
    lose(wire, page)
    wire.lead_to(served)
    expect_head(page, 7, 2)
    expect(page.locator("button.word")).to_have_count(4)
    expect(page.locator("button.word").first).to_have_text(best_word(ACROSS))
    expect(page.get_by_label("Sentence")).to_have_value(TWO)
    page.get_by_label("Sentence").press("Enter")
    expect_words_of(page, TWO)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_server_that_starts_anew_under_an_open_page_answers_it_as_before(
    wire, homeless, context
):
    page = open_on_a_head(context, wire.url)
    ask_for_four(page)
    lose(wire, page)
    wire.lead_to(homeless.url)
    expect_words_of(page, ACROSS)
    expect_head(page, 7, 2)
    expect(page.locator("button.word")).to_have_count(4)
    expect(page.get_by_role("alert")).to_have_count(0)
    type_sentence(page, TWO)
    open_head(page, 5, 1)


def test_two_tabs_of_one_browser_each_show_their_own(served, context):
    first = open_page(context, served)
    second = open_page(context, served)
    type_sentence(first, ACROSS)
    open_head(first, 7, 2)
    type_sentence(second, TWO)
    open_head(second, 5, 1)
    expect_words_of(first, ACROSS)
    expect_head(first, 7, 2)
    first.reload()
    second.reload()
    for page, text, head in ((first, ACROSS, (7, 2)), (second, TWO, (5, 1))):
        expect_words_of(page, text)
        expect_head(page, *head)
        expect(page.get_by_role("alert")).to_have_count(0)


def expect_one_truth(page: Page) -> tuple[str, int, int]:
    """Hold field, words, heading, grid and selectors to the URL; return its say."""
    asked = {
        key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()
    }
    text = asked.get("text", DEFAULT)
    layer, head = map(int, asked.get("head", "3-10").split("-"))
    expect_words_of(page, text)
    expect_head(page, layer, head)
    expect(page.get_by_role("alert")).to_have_count(0)
    return text, layer, head


def test_back_and_forward_show_pages_of_which_all_parts_agree(served, context):
    page = open_on_a_head(context, served)
    type_sentence(page, TWO)
    open_head(page, 5, 1)
    # A click on a head is one entry; a typed sentence takes its entry's place.
    back = [(TWO, 7, 2), (ACROSS, 3, 10)]
    for expected in back:
        before = page.url
        page.go_back()
        expect(page).not_to_have_url(before)
        assert expect_one_truth(page) == expected
    for expected in [*reversed(back[:-1]), (TWO, 5, 1)]:
        before = page.url
        page.go_forward()
        expect(page).not_to_have_url(before)
        assert expect_one_truth(page) == expected


def test_a_server_without_a_home_answers_and_its_log_is_clean(homeless, context):
    open_on_a_head(context, homeless.url)
    assert "Traceback" not in homeless.log.read_text()
