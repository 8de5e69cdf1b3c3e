"""What a real Chromium makes of hostile text, and whom a whole session talks to."""

from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from attention.report import file as report_file
from attention.report.html import report_html
from components.session.choices import TABS
from tests.support.browsing import (
    open_page,
    open_tab,
    press,
    settle,
    take_home,
    wait_until_it_stands,
)
from tests.support.hostile import FOUND, HOSTILE
from tests.support.security_document import proxy_headers

pytestmark = pytest.mark.browser

# What hostile text would have made, shadow trees included.
MADE = """() => {
  const found = []
  const look = root => {
    for (const made of root.querySelectorAll("*")) {
      if (made.shadowRoot) look(made.shadowRoot)
      const isOurs = made.closest("table .sentence")
      const own = [...made.childNodes].filter(n => n.nodeType === 3)
        .map(n => n.data).join("")
      if (
        made.matches("img[src='x'], [onerror], [onload], a[href^='javascript']")
        || made.matches(".katex, script:not([src]):not(head script)")
        || (made.matches("strong, b, em, code:not(pre code), [style*='color'] a")
          && own.includes("zq") && !isOurs)
        || made.matches("a[href*='evil.example'], [src*='evil.example']")
      ) found.push(made.outerHTML.slice(0, 200))
    }
  }
  look(document)
  return found
}"""


@pytest.fixture
def watched(new_page):
    """A page, and whom it asks for anything and what it says in dialogs."""
    # A proxy's answers, played below, are of no network that Chromium knows.
    page, asked = new_page(permissions=["local-network-access"]), []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog: {dialog.message}"))
    return page, asked


def elsewhere(asked: list[str], served: str) -> list[str]:
    """Return what was asked of others than the page's own server."""
    home = urlsplit(served).netloc
    return [
        url
        for url in asked
        if not url.startswith(("data:", f"blob:{served}/"))
        and urlsplit(url).netloc != home
    ]


def add_headers(page: Page, served: str) -> None:
    """Stand in for an operator's proxy."""

    def answer(route) -> None:
        if route.request.resource_type != "document":
            route.fallback()
            return
        response = route.fetch()
        route.fulfill(response=response, headers=response.headers | proxy_headers())

    page.route(f"{served}/**", answer)


def test_a_whole_session_talks_to_its_own_server_alone_under_the_proxys_headers(
    served, watched
):
    page, asked = watched
    add_headers(page, served)
    page.goto(f"{served}/?teach=1&lesson=next-word&table=true")
    expect(page.get_by_text("Teacher's panel")).to_be_visible()
    wait_until_it_stands(page)
    for tab in TABS:
        open_tab(page, tab)
        settle(page)
    open_tab(page, TABS[0])
    page.get_by_role("button", name="Download this head").click()
    take_home(page, "SVG")
    assert len(asked) > 50
    assert elsewhere(asked, served) == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"text": f"{HOSTILE} [MASK]", "hide": "words", "teach": "1"},
        {"text": HOSTILE, "tab": "Test a claim", "examples": f"{HOSTILE} | src -> img"},
        {"text": f"{HOSTILE} [MASK]", "tab": "One token", "join": "true"},
    ],
    ids=lambda p: p.get("tab", "guess"),
)
def test_hostile_text_makes_no_element_no_dialog_and_no_request(
    served, watched, parameters
):
    page, asked = watched
    page.goto(f"{served}/?{urlencode(parameters)}")
    wait_until_it_stands(page)
    if "hide" in parameters:
        page.get_by_label("Your guess").fill("<img src=x onerror=zq>")
        press(page, "Show BERT's words")
        expect(page.get_by_text("“<img src=x onerror=zq>”")).to_be_visible()
    if parameters.get("tab") == "One token":
        expect(page.get_by_text("who looks at it").first).to_be_visible()
        settle(page)
        # A picture drawn after the list was opened moves the page and closes it.
        options = page.get_by_role("listbox").get_by_role("option")
        while not options.first.is_visible():
            page.get_by_label("Token", exact=True).press("ArrowDown")
    assert page.evaluate(MADE) == []
    assert elsewhere(asked, served) == []
    assert page.title().startswith("<img src=x")


def test_a_hostile_report_file_is_shown_as_text(served, watched, tmp_path):
    page, asked = watched
    file = tmp_path / "zq.json"
    file.write_bytes(report_file.save([FOUND], {}))
    open_page(page, served, tab="Report")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("1. <img src=x onerror")).to_be_visible()
    settle(page)
    assert page.evaluate(MADE) == []
    assert elsewhere(asked, served) == []


def test_a_report_of_hostile_words_runs_nothing_where_it_is_opened(watched, tmp_path):
    page, asked = watched
    file = tmp_path / "analysis.html"
    file.write_text(report_html([FOUND]), encoding="utf-8")
    page.goto(file.as_uri())
    expect(page.get_by_text("<img src=x onerror").first).to_be_visible()
    assert page.evaluate(MADE) == []
    assert asked == [file.as_uri()]


def test_a_number_without_end_in_a_link_leaves_the_page_answering(served, watched):
    page, _ = watched
    page.goto(f"{served}/?layer=1e309&head=-Infinity&k=NaN")
    expect(page.get_by_text("Answered by attention-small")).to_be_visible()
    expect(page.get_by_role("heading", name="Layer 3, head 10")).to_be_visible()
