"""What browser tests do to the page again and again."""

import re
from urllib.parse import quote_plus, urlencode

from playwright.sync_api import Download, Locator, Page, expect

from tests.support.patience import PATIENCE

expect.set_options(timeout=PATIENCE * 1000)
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
# Sums what moves without anybody's doing once the page's own style applies: before, it
# is Streamlit that goes from its narrow, centred frame to a wide one.
SHIFTS = """{
  window.shifts = []
  window.styled = Infinity
  new PerformanceObserver(list => {
    for (const entry of list.getEntries())
      if (!entry.hadRecentInput) shifts.push(entry)
  }).observe({ type: "layout-shift", buffered: true })
  const look = () => {
    const frame = document.querySelector("[data-testid=stMainBlockContainer]")
    const isStyled = frame && getComputedStyle(frame).paddingTop === "12px"
    requestAnimationFrame(isStyled ? () => { styled = performance.now() } : look)
  }
  look()
}"""
SHIFTED = """shifts.filter(({ startTime }) => startTime > styled)
  .reduce((sum, { value }) => sum + value, 0)"""
PUT = """(field, text) => {
  const area = HTMLTextAreaElement.prototype  // React watches the field's own setter
  Object.getOwnPropertyDescriptor(area, "value").set.call(field, text)
  field.dispatchEvent(new Event("input", { bubbles: true }))
}"""
MOST_SHIFT = 0.02
ACROSS = "The turtle moved slowly across the [MASK]."


def open_page(page: Page, url: str, **parameters: str) -> Page:
    """Open the page, with these parameters in its URL, and wait until it rests."""
    page.goto(f"{url}/?{urlencode(parameters)}" if parameters else url)
    wait_until_it_stands(page)
    return page


def wait_until_it_stands(page: Page) -> None:
    """Wait until all of a page just opened is there and nothing moves under a click.

    The code of our own components, the page's style and what becomes of grey boxes
    arrive after the script's words.
    """
    # What the script draws after the places that it holds at first.
    expect(page.locator(".st-key-steps h2")).to_be_visible()
    pictures = page.locator(".st-key-overview, .st-key-overview-empty")
    expect(pictures.locator(".grid button").first).to_be_attached()  # folded on phones
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


def watch_shifts(page: Page) -> None:
    """Measure, from when the page is opened, how much jumps on it."""
    page.add_init_script(SHIFTS)


def shifted(page: Page) -> float:
    """Return the cumulative layout shift since the page has had its style.

    Up to 0.1 counts as good (web.dev/articles/cls).
    """
    wait_until_drawn(page)
    assert page.evaluate("styled < Infinity")
    return page.evaluate(SHIFTED)


def expect_in_url(page: Page, name: str, value: str) -> None:
    """Wait until the URL has this parameter: it follows what the page shows."""
    parameter = re.escape(f"{name}={quote_plus(value)}")
    expect(page).to_have_url(re.compile(rf"[?&]{parameter}(&|$)"))


def type_sentence(page: Page, text: str) -> None:
    """Type another sentence; its answer is for the caller to await."""
    page.get_by_label("Sentence", exact=True).fill(text)
    page.get_by_label("Sentence", exact=True).press("Enter")


def put_lines(field: Locator, lines: str) -> None:
    """Put many lines into a field and let the page have them.

    Chromium lays the page out anew for each line that is typed or filled in: 2,000
    take it ten seconds.
    """
    field.evaluate(PUT, lines)
    field.press("Control+Enter")


def show_sentence(page: Page, text: str) -> None:
    """Type another sentence, and wait until the page rests that shows it.

    For pages that other tests have used: to open one takes ten times as long.
    """
    type_sentence(page, text)
    expect(page).to_have_title(re.compile(re.escape(text[:20])))
    settle(page)


def head_button(page: Page, layer: int, head: int) -> Locator:
    """Return a head's cell in the picture of all heads."""
    return page.get_by_role("button", name=f"Layer {layer}, head {head}", exact=True)


def head_heading(page: Page, layer: int, head: int) -> Locator:
    """Return the heading that stands while this head is open."""
    return page.get_by_role("heading", name=f"Layer {layer}, head {head}", exact=True)


def number_field(page: Page, name: str) -> Locator:
    """Return the field "Layer" or "Head"; a tab is called Head, too."""
    return page.get_by_role("spinbutton", name=name, exact=True)


def ask_for_one_word_more(page: Page) -> None:
    """Move the slider in the popover "How many" by one."""
    press(page, "How many")
    page.get_by_role("slider", name="Predictions to show").press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)


def press(page: Page, name: str) -> None:
    """Click the button of this name."""
    page.get_by_role("button", name=name, exact=True).click()


def unfold(page: Page, name: str) -> None:
    """Click the folded part of this name, and wait until it has unfolded.

    For half a second what is in it moves, and a click there would miss.
    """
    summary = page.locator("summary", has_text=name)
    summary.click()
    part = page.locator("details[open]", has=summary).last  # others are around it
    expect(part).to_have_css("overflow", "visible")


def take_home(page: Page, name: str) -> Download:
    """Click the button of this name, which brings a file, once nothing moves."""
    settle(page)
    with page.expect_download() as download:
        press(page, name)
    return download.value


def drawing(page: Page, name: str) -> Locator:
    """Return a chart by the beginning of its text equivalent."""
    return page.locator(f'[data-testid="stVegaLiteChart"][aria-label^="{name}"]')


def choose_row(page: Page, table: str, row: int = 0) -> None:
    """Click the box in front of a row, counted from 0 as it stands there."""
    place = page.locator(f".st-key-{table} .dvn-scroller")
    place.click(position={"x": 15, "y": 52 + 33 * row})


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


def open_head(page: Page, layer: int, head: int) -> None:
    """Open a head in the picture, and wait until all of it is there."""
    head_button(page, layer, head).click()
    expect_head(page, layer, head)
    settle(page)


def expect_head(page: Page, layer: int, head: int) -> None:
    """Wait until this head is open: on its line, in the picture, in the link."""
    expect(head_heading(page, layer, head)).to_be_visible()
    expect(number_field(page, "Layer")).to_have_value(str(layer))
    expect(number_field(page, "Head")).to_have_value(str(head))
    pressed = page.locator('.grid button[aria-pressed="true"]')
    name = f"Layer {layer}, head {head}"
    expect(pressed).to_have_attribute("aria-label", re.compile(f"^{name}$"))
    expect_in_url(page, "head", f"{layer}-{head}")
