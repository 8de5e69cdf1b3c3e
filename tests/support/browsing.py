"""What browser tests do to the page again and again."""

import re
from urllib.parse import quote_plus, urlencode

from playwright.sync_api import Download, Page, expect

from tests.support.patience import PATIENCE

expect.set_options(timeout=PATIENCE * 1000)
WIDE = {"width": 1280, "height": 800}
ACROSS = "The turtle moved slowly across the [MASK]."


def open_page(page: Page, url: str, **parameters: str) -> Page:
    """Open the page, with these parameters in its URL, and wait until it rests."""
    page.goto(f"{url}/?{urlencode(parameters)}" if parameters else url)
    expect(page.get_by_text("Strongest here")).to_be_visible()
    wait_until_it_stands(page)
    return page


def wait_until_it_stands(page: Page) -> None:
    """Wait until all of a page just opened is there and nothing moves under a click.

    The code of our own components, the page's style and what becomes of grey boxes
    arrive after the script's words.
    """
    expect(page.locator(".grid button").first).to_be_visible()
    frame = page.get_by_test_id("stMainBlockContainer")
    expect(frame).to_have_css("padding-top", "12px")
    settle(page)


def settle(page: Page) -> None:
    """Wait until the script rests and all it sent is drawn, so that nothing moves.

    Call after the awaited text is visible.
    """
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    # What has its height only later; while the script runs, more may come.
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    # One selector of CSS alone, which Chromium looks up thirty times as fast.
    empty = page.locator("[data-testid=stVegaLiteChart]:not(:has(.marks))")
    expect(empty).to_have_count(0)
    page.evaluate(
        "Promise.all([...document.images].map(image => image.decode().catch(() => 0)))"
    )


def wait_until_drawn(page: Page) -> None:
    """Wait until nothing on the page changes; the browser draws later than it is told.

    For keys, which go to whatever stands there just then.
    """
    page.evaluate(
        """() => new Promise(done => {
          const wait = () => setTimeout(done, 300)
          let waiting = wait()
          new MutationObserver(() => {
            clearTimeout(waiting)
            waiting = wait()
          }).observe(document.body, {subtree: true, childList: true, attributes: true})
        })"""
    )


def expect_in_url(page: Page, name: str, value: str) -> None:
    """Wait until the URL has this parameter: it follows what the page shows."""
    parameter = re.escape(f"{name}={quote_plus(value)}")
    expect(page).to_have_url(re.compile(rf"[?&]{parameter}(&|$)"))


def press(page: Page, name: str) -> None:
    """Click the button of this name."""
    page.get_by_role("button", name=name, exact=True).click()


def unfold(page: Page, name: str) -> None:
    """Click the folded part of this name, and wait until it has unfolded.

    For half a second what is in it moves, and a click there would miss.
    """
    summary = page.locator("summary", has_text=name)
    summary.click()
    part = page.locator("details[open]", has=summary)
    expect(part).to_have_css("overflow", "visible")


def take_home(page: Page, name: str) -> Download:
    """Click the button of this name, which brings a file, once nothing moves."""
    settle(page)
    with page.expect_download() as download:
        press(page, name)
    return download.value


def open_tab(page: Page, name: str) -> None:
    """Click the tab of this name; what it shows is for the caller to await."""
    page.get_by_role("tab", name=name, exact=True).click()


def add_to_report(page: Page, place: str, note: str) -> None:
    """Pin what stands at a place ("head", "claim" …) with a note."""
    page.locator(f".st-key-add-{place}").get_by_role("button").first.click()
    page.get_by_label("Your note").fill(note)
    press(page, "Add")
    expect(page.get_by_text("Added: the tab Report has")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Your note")).to_be_hidden()
