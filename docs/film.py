"""Make the README's moving picture from the running page: python -m docs.film.

The main job: type a sentence, see BERT's words, open a head, test a claim.
"""

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.support.patience import PATIENCE
from tests.support.serving import CHROMIUM_FLAGS, alone, chromium_path, serve

FILE = Path(__file__).parent / "main-job.gif"
DESK, WIDTH = {"width": 1280, "height": 800}, 960  # pixels; of the file
SENTENCE = "The turtle moved slowly across the [MASK]."
SHORT, LONG = 120, 1800  # milliseconds that a frame is shown
COLOURS = 192  # of a frame: the file has to stay under 2 MB
# Screenshots have no pointer: a dot stands where the mouse is.
POINTER = """
addEventListener("mousemove", ({ clientX, clientY }) => {
  let dot = document.getElementById("dot")
  if (!dot) {
    dot = document.body.appendChild(document.createElement("div"))
    dot.id = "dot"
    dot.style = `position: fixed; z-index: 9999999; width: 18px; height: 18px;
      margin: -9px; border-radius: 50%; background: #d55e00b0; pointer-events: none`
  }
  dot.style.left = `${clientX}px`
  dot.style.top = `${clientY}px`
})
"""

Frame = tuple[bytes, int]  # a PNG, and milliseconds


def frames(page: Page) -> Iterator[Frame]:
    """Do the main job; yield what it looks like."""

    def frame(milliseconds: int = LONG) -> Frame:
        page.wait_for_function(
            "document.querySelector('[data-testid=stApp]')"
            ".dataset.testScriptState === 'notRunning'"
        )
        return page.screenshot(), milliseconds

    def click(part: Locator) -> None:
        part.hover()
        part.click()

    yield frame()
    field = page.get_by_role("textbox", name="Sentence", exact=True)
    field.fill("")
    for end in range(3, len(SENTENCE) + 1, 3):
        field.fill(SENTENCE[:end])
        yield frame(SHORT)
    field.fill(SENTENCE)
    field.press("Enter")
    expect(page.locator(".sentence").first).to_contain_text("The turtle")
    yield frame()
    for head in ("Layer 1, head 3", "Layer 3, head 10"):
        click(page.get_by_role("button", name=head, exact=True))
        expect(page.get_by_role("heading", name=head, exact=True)).to_be_visible()
        yield frame()
    click(page.get_by_role("tab", name="Test a claim", exact=True))
    best = page.get_by_role("button", name="Open layer")
    expect(best).to_be_visible()
    yield frame()
    click(best)
    expect(best).to_be_hidden()
    yield frame()
    click(page.get_by_role("tab", name="Head", exact=True))
    expect(page.locator("path[aria-label]").first).to_be_visible()
    yield frame(2 * LONG)


def save(taken: list[Frame], file: Path) -> None:
    """Write the frames as a GIF that repeats."""
    pictures = []
    for png, _ in taken:
        picture = Image.open(io.BytesIO(png)).convert("RGB")
        height = picture.height * WIDTH // picture.width
        small = picture.resize((WIDTH, height), Image.Resampling.LANCZOS)
        pictures.append(small.quantize(COLOURS, dither=Image.Dither.NONE))
    first, *others = pictures
    first.save(
        file,
        save_all=True,
        append_images=others,
        duration=[milliseconds for _, milliseconds in taken],
        loop=0,
        optimize=True,
    )


def main() -> None:
    expect.set_options(timeout=1000 * PATIENCE)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=CHROMIUM_FLAGS
        )
        with serve(folder / "log.txt", **alone(folder)) as server:
            page = browser.new_page(viewport=DESK)
            page.add_init_script(POINTER)
            page.goto(server.url)
            expect(page.locator("path[aria-label]").first).to_be_visible()
            save(list(frames(page)), FILE)
        browser.close()


if __name__ == "__main__":
    main()
