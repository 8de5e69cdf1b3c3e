"""Lessons and the teacher's panel as they look: on a phone, on a projector, on http."""

import io
import re

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from attention.facts import facts
from attention.lessons import lessons
from tests.support.browsing import (
    PHONE,
    WIDE,
    expect_in_url,
    open_page,
    press,
    settle,
)

pytestmark = pytest.mark.browser
WIDTHS = pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])

# Where on the page the button "Open ..." stands, from frame to frame.
WATCH = """() => {
  window.places = []
  const look = () => {
    const main = document.querySelector("[data-testid=stMain]")
    const button = [...main.querySelectorAll("button")]
      .find(button => button.innerText.startsWith("Open "))
    const y = button && Math.round(button.getBoundingClientRect().y + main.scrollTop)
    if (y !== undefined && y !== places.at(-1)) places.push(y)
    requestAnimationFrame(look)
  }
  look()
}"""


def asked_head() -> str:
    """Return the name of the head that the lesson on adverbs asks for."""
    return facts()["lessons"]["adverb-verb"]["head"].capitalize()


def cell(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


@WIDTHS
def test_the_answer_to_a_pick_is_in_sight_beside_the_picked_head(
    served, new_page, viewport
):
    page = open_page(new_page(viewport=viewport), served, lesson="adverb-verb")
    press(page, "Layer 11, head 8")
    answer = page.get_by_text(re.compile("Layer 11, head 8 gives .* Pick another"))
    expect(answer).to_be_in_viewport(ratio=1)
    expect(cell(page, "Layer 11, head 8")).to_be_in_viewport()
    press(page, asked_head())
    found = page.get_by_text(re.compile(f"{asked_head()} gives .*You found it"))
    expect(found).to_be_in_viewport(ratio=1)
    # Screen readers are told what changes there.
    expect(page.get_by_role("status").filter(has=found)).to_have_count(1)
    # It stands above the heads, not over them.
    answered = found.bounding_box()
    bottom = answered["y"] + answered["height"]
    assert bottom <= cell(page, asked_head()).bounding_box()["y"]


@WIDTHS
def test_a_student_goes_through_all_lessons_and_every_solution_opens(
    served, new_page, viewport
):
    page = open_page(new_page(viewport=viewport), served, lesson="predict-like-bert")
    for lesson in lessons().values():
        expect(page.get_by_role("heading", name=lesson.title)).to_be_visible()
        expect(page.get_by_label("Sentence")).to_have_value(lesson.sentence)
        settle(page)
        press(page, "Show the solution")
        expect(page.get_by_text("Solution.")).to_be_visible()
        if lesson.role or lesson.pair:
            page.get_by_role("button", name=re.compile("^Open layer")).click()
            expect(page.get_by_text("You found it")).to_be_visible()
        settle(page)
        following = page.get_by_role("button", name="Next lesson")
        if lesson.slug != list(lessons())[-1]:
            following.click()
    expect(following).to_be_hidden()


def test_what_a_solution_opens_stays_where_it_appears(served, new_page):
    page = open_page(new_page(), served, lesson="next-word")
    settle(page)
    page.evaluate(WATCH)
    press(page, "Show the solution")
    expect(page.get_by_role("button", name="Open layer 3, head 10")).to_be_visible()
    settle(page)
    assert len(page.evaluate("places")) == 1
    press(page, "Open layer 3, head 10")
    expect(page.get_by_text("You found it")).to_be_visible()


def test_what_comes_and_goes_above_leaves_the_picture_of_all_heads(served, new_page):
    page = open_page(new_page(), served, lesson="next-word")
    picture = page.locator(".grid").first
    picture.evaluate("picture => { picture.isTheSame = true }")
    press(page, "Close lesson")
    expect(page.get_by_text("Try:")).to_be_visible()
    page.locator("button.word").first.click()
    expect(page.get_by_role("button", name="Put [MASK] back")).to_be_visible()
    settle(page)
    assert picture.evaluate("picture => picture.isTheSame")


def test_the_code_fills_the_projector_and_can_be_read_from_its_picture(
    served, new_page
):
    page = open_page(new_page(), served, teach="1", lesson="next-word")
    press(page, "Show it large")
    code = page.get_by_role("img", name="The QR code, large")
    expect(code).to_be_in_viewport(ratio=1)
    assert code.bounding_box()["height"] > WIDE["height"] / 2
    seen = Image.open(io.BytesIO(page.get_by_role("dialog").screenshot()))
    found = [one.text for one in zxingcpp.read_barcodes(seen)]
    assert found == [f"{served}/?lesson=next-word"]


def test_a_link_to_this_computer_is_not_for_the_class(served, new_page):
    page = open_page(new_page(), served, teach="1")
    expect(page.get_by_text("Only this computer can open this link")).to_be_visible()


def test_where_nothing_can_be_copied_each_button_says_what_to_copy(served, new_page):
    page = new_page()
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined});"
        "document.execCommand = () => false"
    )
    open_page(page, served, teach="1")
    press(page, "Copy this link")
    expect(page.get_by_text("Select the link and copy it by hand")).to_be_visible()
    press(page, "Copy link")
    expect(page.get_by_text("Copy the address from your browser")).to_be_visible()


def test_a_link_is_copied_on_plain_http_too(served, new_page):
    page = new_page()
    # What browsers do on every address but https and localhost.
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined})"
    )
    open_page(page, served, text="A [MASK] barked.")
    press(page, "Copy link")
    expect(page.get_by_text("Copied")).to_be_visible()
    sentence = page.get_by_label("Sentence")
    sentence.select_text()
    page.keyboard.press("Control+V")
    expect(sentence).to_have_value(re.compile(r"/\?text=A\+%5BMASK%5D\+barked\.&"))


def test_a_lessons_sentence_stays_through_back_reload_and_the_lessons_end(
    served, new_page
):
    lesson = lessons()["adverb-verb"]
    page = open_page(new_page(), served, lesson=lesson.slug)
    sentence = page.get_by_label("Sentence", exact=True)
    press(page, "Layer 4, head 7")
    expect(page.get_by_text(re.compile(f"{asked_head()} gives"))).to_be_visible()
    expect_in_url(page, "head", "4-7")
    page.go_back()
    expect(page.get_by_text(re.compile("Layer 1, head 1 gives"))).to_be_visible()
    expect(sentence).to_have_value(lesson.sentence)
    press(page, "Close lesson")
    expect(page.get_by_text("Your task.")).to_be_hidden()
    expect_in_url(page, "text", lesson.sentence)
    page.reload()
    expect(sentence).to_have_value(lesson.sentence)
    expect(
        page.get_by_role("heading", name="Layer 1, head 1", exact=True)
    ).to_be_visible()
