"""Where things stand: the fold, phones and wide windows; and that nothing moves."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browsing import (
    ACROSS,
    MOST_SHIFT,
    PHONE,
    WIDE,
    head_button,
    open_page,
    press,
    settle,
    shifted,
    show_sentence,
    watch_shifts,
)

pytestmark = pytest.mark.browser
LARGER = [{"width": 1600, "height": 900}, {"width": 1920, "height": 1080}]


@pytest.fixture
def page(shared_page) -> Page:
    """The page that other tests have used, as it opens."""
    shared_page.set_viewport_size(WIDE)
    show_sentence(shared_page, ACROSS)
    return shared_page


def top(part: Locator) -> float:
    return part.bounding_box()["y"]


def bottom(part: Locator) -> float:
    box = part.bounding_box()
    return box["y"] + box["height"]


def grid(page: Page) -> Locator:
    return page.locator(".st-key-overview .grid")


def parts(page: Page) -> dict[str, Locator]:
    """Return what a student needs at a glance, from top to bottom, left to right."""
    picture = page.locator(".st-key-picture")
    return {
        "sentence": page.get_by_label("Sentence", exact=True),
        "last prediction": page.locator("button.word").last,
        "all heads": grid(page),
        "legend of roles": page.locator(".st-key-overview .legend button").last,
        "name of the head": page.locator(".st-key-steps h2"),
        "last tab": page.get_by_role("tab").last,
        "heatmap": picture.locator("svg.marks"),
        "its legend": picture.locator(".role-legend"),
        "role": page.get_by_text("Each word looks at the next word"),
        "strongest pair": page.get_by_text("Strongest here"),
        "switch": page.get_by_role("switch", name="Show as table"),
        "report": page.get_by_role("button", name="Add to report"),
        "files": page.get_by_role("button", name="Download this head"),
    }


def assert_above_the_fold(page: Page, screen: dict[str, int]) -> None:
    """Everything of `parts` is whole in a window that has not been scrolled."""
    for name, part in parts(page).items():
        expect(part, name).to_be_visible()
        box = part.bounding_box()
        assert box["y"] >= 0, name
        assert box["y"] + box["height"] <= screen["height"], name
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= screen["width"], name


def test_all_that_belongs_to_one_head_is_above_the_fold(page):
    assert_above_the_fold(page, WIDE)
    expect(page.locator("button.word")).to_have_count(3)
    assert bottom(page.get_by_role("button", name="keys to the cabinet")) <= top(
        page.get_by_role("heading", name="What BERT puts at [MASK]")
    )
    # Master and detail: what shows the open head is beside the picture of all.
    beside = grid(page).bounding_box()
    assert page.get_by_role("tablist").bounding_box()["x"] >= (
        beside["x"] + beside["width"]
    )


def test_tabs_stand_in_one_row_with_room_for_two_more(page):
    tabs = page.get_by_role("tab")
    expect(tabs).to_have_count(10)
    boxes = [tab.bounding_box() for tab in tabs.all()]
    assert len({box["y"] for box in boxes}) == 1
    column = page.locator(".st-key-steps").bounding_box()
    end = boxes[-1]["x"] + boxes[-1]["width"]
    room = column["x"] + column["width"] - end
    assert room >= 2 * (end - boxes[-2]["x"] - boxes[-2]["width"])  # as "Report" takes


def test_a_larger_window_has_larger_pictures_and_the_same_fold(page):
    widths = [grid(page).bounding_box()["width"]]
    for screen in LARGER:
        page.set_viewport_size(screen)
        settle(page)
        assert_above_the_fold(page, screen)
        widths.append(grid(page).bounding_box()["width"])
        assert widths[-1] > 1.15 * widths[-2]
        one_head = page.locator(".st-key-picture svg.marks").bounding_box()["width"]
        assert one_head > widths[-1]


def test_a_phone_has_sentence_words_picture_and_tabs_one_below_the_other(page):
    page.set_viewport_size(PHONE)
    settle(page)
    order = [
        page.get_by_label("Sentence", exact=True),
        page.locator("button.word").first,
        grid(page),
        page.locator(".st-key-steps"),
        page.get_by_role("tablist"),
        page.locator(".st-key-picture"),
    ]
    for above, below in zip(order, order[1:], strict=False):
        assert bottom(above) <= top(below)
    # Words are seen at once: a phone opens on what BERT says.
    assert bottom(page.locator("button.word").last) <= PHONE["height"]


def test_a_phone_folds_the_picture_where_a_link_names_a_tab(served, new_page):
    page = open_page(new_page(viewport=PHONE), served, tab="Test a claim")
    expect(head_button(page, 1, 1)).to_be_hidden()
    folded = top(page.get_by_role("tablist"))
    summary = page.locator("summary", has_text="The picture of all heads")
    assert folded > top(summary)
    summary.click()
    expect(head_button(page, 1, 1)).to_be_visible()
    settle(page)
    opened = top(page.get_by_role("tablist"))
    assert opened > bottom(grid(page))
    assert opened - folded > grid(page).bounding_box()["height"] / 2
    head_button(page, 5, 1).click()
    expect(page.locator(".st-key-steps h2")).to_have_text("Layer 5, head 1")
    expect(head_button(page, 1, 1)).to_be_visible()  # still unfolded


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_jumps_while_a_page_fills(served, new_page, viewport):
    page = new_page(viewport=viewport)
    watch_shifts(page)
    open_page(page, served)
    assert shifted(page) < MOST_SHIFT


def test_offers_and_notices_move_nothing_below_them(page):
    stood = grid(page).bounding_box()

    def assert_nothing_moved() -> None:
        settle(page)
        assert grid(page).bounding_box() == stood

    show_sentence(page, "The turtle crossed the [mask].")
    expect(page.get_by_role("button", name="Write [MASK]")).to_be_visible()
    assert_nothing_moved()
    press(page, "Write [MASK]")
    page.locator("button.word").first.click()
    expect(page.get_by_role("button", name="Put [MASK] back")).to_be_visible()
    assert_nothing_moved()
    show_sentence(page, ACROSS)
    expect(page.get_by_text("Try:")).to_be_visible()
    assert_nothing_moved()
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="bert-base-uncased").click()
    expect(page.get_by_text("is not on this computer yet")).to_be_visible()
    assert_nothing_moved()
