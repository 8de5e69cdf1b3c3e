"""A student's whole way and a teacher's, in a real Chromium, wide and narrow."""

import io
import re
import zipfile

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from attention.facts import facts
from attention.heads.roles import head_roles
from attention.heads.summary import describe_role
from attention.lessons import lessons
from tests.support.answers import best_head
from tests.support.browsing import (
    PHONE,
    WIDE,
    add_to_report,
    open_page,
    open_tab,
    press,
    settle,
    take_home,
    unfold,
    wait_until_it_stands,
)

pytestmark = pytest.mark.browser
WIDTHS = pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])


def upload(page: Page, download, folder) -> None:
    """Give a downloaded file back to the page under its own name."""
    file = folder / download.suggested_filename
    download.save_as(file)
    page.locator("input[type=file]").set_input_files(file)


@WIDTHS
def test_a_student_guesses_finds_tests_and_takes_a_report_home(
    served, new_page, viewport
):
    page = new_page(viewport=viewport)

    # Predict, then reveal.
    answers = facts()["lessons"]["predict-like-bert"]
    open_page(page, served, lesson="predict-like-bert")
    expect(
        page.get_by_text("BERT's words appear once you have guessed")
    ).to_be_visible()
    expect(page.locator("button.word")).to_have_count(0)
    page.get_by_label("Your guess for [MASK]").fill("tea")
    press(page, "Show BERT's words")
    expect(page.locator("button.word", has_text=answers["word_1"])).to_be_visible()
    expect(page.get_by_text(re.compile("Your guess “tea”: .*number"))).to_be_visible()

    # Find the head.
    press(page, "Next lesson")
    expect(page.get_by_text("Layer 1, head 1 gives")).to_be_visible()
    expect(page.get_by_text(re.compile("^Each word looks"))).to_have_count(0)
    press(page, "Layer 1, head 3")
    expect(
        page.get_by_text(re.compile("Layer 1, head 3 gives .* rank"))
    ).to_be_visible()
    press(page, "Layer 3, head 10")
    expect(page.get_by_text(re.compile("head 10 gives .*found it"))).to_be_visible()
    press(page, "Show the solution")
    expect(
        page.get_by_text(re.compile("^Each word looks at the next word"))
    ).to_be_visible()
    add_to_report(page, "head", "It *always* looks one word on.")

    # Test a claim.
    open_tab(page, "Test a claim")
    best = best_head("adverb -> verb")
    press(page, f"Open {best.lower()}")
    expect(page.get_by_role("heading", name=best, exact=True)).to_be_visible()
    settle(page)
    add_to_report(page, "claim", "Two of three adverbs.")

    # The report: in another order, with a longer note.
    open_tab(page, "Report")
    expect(page.get_by_text("2. Layer 5, Head 2")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Up", exact=True).nth(1).click()
    expect(page.get_by_text("1. Layer 5, Head 2")).to_be_visible()
    settle(page)
    note = page.get_by_label("Note 2")
    expect(note).to_have_value("It *always* looks one word on.")
    note.fill("It *always* looks one word on, but for [SEP].")
    report = take_home(page, "analysis.md with pictures (ZIP)").path()
    with zipfile.ZipFile(report) as archive:
        text = archive.read("analysis.md").decode()
        pictures = {
            name: Image.open(io.BytesIO(archive.read(name)))
            for name in archive.namelist()
            if name.endswith(".png")
        }
    assert re.findall("^## .*", text, re.MULTILINE) == [
        "## Layer 5, Head 2",
        "## Layer 3, Head 10",
    ]
    assert "It \\*always\\* looks one word on, but for [SEP]." in text
    assert "Example Sentences:\n- Then I picked up a [MASK] from the table." in text
    assert len(pictures) == 2
    for name, picture in pictures.items():
        assert f"](figures/{name.removeprefix('figures/')})" in text
        assert min(picture.size) > 200
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 10


@WIDTHS
def test_a_teacher_composes_a_link_that_opens_as_promised(
    served, new_page, viewport, bundled_engine
):
    page = new_page(
        viewport=viewport, permissions=["clipboard-read", "clipboard-write"]
    )
    open_page(page, served, teach="1")
    page.get_by_label("Lesson to open").click()
    page.get_by_role("option", name="Guess before BERT does").click()
    link = page.get_by_test_id("stCode")
    expect(link).to_contain_text("lesson=predict-like-bert")
    page.get_by_label("Hidden at first").click()
    page.get_by_role("option", name="what heads do").click()
    expect(link).to_contain_text("hide=roles")
    settle(page)

    page.keyboard.press("Escape")
    press(page, "Copy this link")
    expect(page.get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{served}/?lesson=predict-like-bert&hide=roles"
    code = Image.open(take_home(page, "QR code (PNG)").path())
    assert [found.text for found in zxingcpp.read_barcodes(code)] == [copied]

    student = new_page(viewport=viewport)
    student.goto(copied)
    wait_until_it_stands(student)
    expect(student.get_by_text("Your task.")).to_be_visible()
    lesson = lessons()["predict-like-bert"]
    expect(student.get_by_label("Sentence")).to_have_value(lesson.sentence)
    press(student, "Say what this head does")
    roles = head_roles(bundled_engine.read(lesson.sentence))
    expect(student.get_by_text(describe_role(roles, lesson.head))).to_be_visible()


def test_copy_link_names_the_whole_view(served, new_page):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    open_page(page, served, tab="Compare")
    expect(page.get_by_text("Heads whose habits changed most")).to_be_visible()
    press(page, "Copy link")
    expect(page.get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    for part in ("tab=Compare", "head=3-10", "model=attention-small-12x12"):
        assert part in copied
    other = new_page()
    other.goto(copied)
    expect(other.get_by_text("Heads whose habits changed most")).to_be_visible()


def test_copy_link_waits_for_a_sentence_that_was_just_typed(served, new_page):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    open_page(page, served, teach="1")
    page.get_by_label("Sentence").fill("A [MASK] barked.")
    press(page, "Copy link")
    expect(page.get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "text=A+%5BMASK%5D+barked." in copied
    assert "teach" not in copied


def test_the_title_of_the_page_is_the_sentences_first_words(served, new_page):
    page = new_page()
    page.goto(f"{served}/?text=The+turtle+moved+slowly+across+the+%5BMASK%5D.")
    expect(page).to_have_title("The turtle moved slowly across the [MASK]. · Attention")


def test_a_view_too_long_for_a_link_travels_as_a_file(served, new_page, tmp_path):
    text = "turtles swim " * 150
    page = open_page(new_page(), served, head="4-7")
    lines = "\n".join(f"{text}and {i} eat. | eat -> swim#1" for i in range(5))
    open_tab(page, "Test a claim")
    unfold(page, "The claim’s sentences")
    page.get_by_label("Examples").fill(lines)
    page.get_by_label("Examples").press("Control+Enter")
    expect(page.get_by_text("of 5 (")).to_have_count(2)
    page.wait_for_function("window.onbeforeunload?.()")
    download = take_home(page, "Save view as a file")
    page.wait_for_function("!window.onbeforeunload?.()")

    other = open_page(new_page(is_fresh=True), served, tab="Report")
    upload(other, download, tmp_path)
    expect(other.get_by_role("heading", name="Layer 4, head 7")).to_be_visible()
    unfold(other, "The claim’s sentences")
    expect(other.get_by_label("Examples")).to_have_value(lines)


def test_double_clicks_leave_the_page_as_one_click_would(served, new_page):
    page = open_page(new_page(), served, lesson="next-word")
    add_to_report(page, "head", "x")
    open_tab(page, "Report")
    expect(page.get_by_label("Note 1")).to_be_visible()
    page.get_by_role("button", name="Remove", exact=True).dblclick()
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    page.get_by_role("button", name="Close lesson").dblclick()
    expect(page.get_by_text("Your task.")).to_be_hidden()
    page.get_by_role("button", name="Put back what was removed").dblclick()
    expect(page.get_by_label("Note 1")).to_have_value("x")
    settle(page)
    expect(page.get_by_text("encountered an error")).to_be_hidden()


def open_note(page: Page, place: str):
    page.locator(f".st-key-add-{place}").get_by_role("button").first.click()
    return page.get_by_label("Your note")


def test_a_note_that_was_begun_is_kept_until_it_is_added(served, new_page):
    page = open_page(new_page(), served, tab="Test a claim")
    expect(page.get_by_text("misses first")).to_be_visible()
    open_note(page, "claim").fill("Adverbs look back.")
    page.keyboard.press("Escape")
    open_tab(page, "Head")
    expect(page.get_by_text("Strongest here")).to_be_visible()
    open_note(page, "head").fill("It looks ahead.")
    page.keyboard.press("Escape")
    press(page, "Layer 4, head 7")
    open_tab(page, "All heads")
    expect(page.get_by_text("144 of 144 heads")).to_be_visible()
    open_tab(page, "Head")
    expect(page.get_by_text("Strongest here")).to_be_visible()
    expect(open_note(page, "head")).to_have_value("It looks ahead.")
    page.keyboard.press("Escape")
    open_tab(page, "Test a claim")
    expect(page.get_by_text("misses first")).to_be_visible()
    expect(open_note(page, "claim")).to_have_value("Adverbs look back.")


def leave(page: Page, asks: bool) -> list[str]:
    """Reload the page; return what the browser asked before, and stay if it did."""
    # The last part of a page to be drawn: a reload that comes earlier proves nothing.
    page.wait_for_function(
        "asks => Boolean(window.onbeforeunload?.()) === asks", arg=asks
    )
    if not asks:
        page.reload()  # a question nobody answers would hold it up until it fails
        return []
    with page.expect_event("dialog") as asked:
        page.evaluate("setTimeout(() => location.reload())")
    asked.value.dismiss()
    return [asked.value.type]


def test_a_report_is_saved_before_a_reload_which_the_browser_asks_for_and_continued(
    served, new_page, tmp_path
):
    page = open_page(new_page(), served)
    assert leave(page, asks=False) == []
    settle(page)
    add_to_report(page, "head", "An hour's work.")
    assert leave(page, asks=True) == ["beforeunload"]
    open_tab(page, "Report")
    expect(page.get_by_label("Note 1")).to_have_value("An hour's work.")
    download = take_home(page, "Save to continue later")
    assert leave(page, asks=False) == []
    later = open_page(new_page(is_fresh=True), served, tab="Report")
    upload(later, download, tmp_path)
    expect(later.get_by_label("Note 1")).to_have_value("An hour's work.")


def test_a_file_that_is_no_report_gets_a_sentence(served, new_page, tmp_path):
    file = tmp_path / "report.json"
    file.write_text('{"format": "something else"}')
    page = open_page(new_page(), served, tab="Report")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("alert")).to_be_visible()
    open_tab(page, "All heads")
    expect(page.get_by_text("144 of 144 heads")).to_be_visible()
    open_tab(page, "Report")
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
