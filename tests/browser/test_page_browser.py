"""The main job in a real Chromium, as a student does it."""

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from attention.showcase import DEFAULT_TEXT
from tests.support.answers import best_word
from tests.support.browsing import (
    ACROSS,
    PHONE,
    ask_for_one_word_more,
    choose_row,
    expect_in_url,
    head_button,
    head_heading,
    number_field,
    open_page,
    open_tab,
    press,
    settle,
    show_sentence,
    type_sentence,
    wait_until_it_stands,
)

pytestmark = pytest.mark.browser


def word_button(page: Page, word: str):
    return page.locator("button.word", has_text=word)


@pytest.fixture
def begin(shared_page):
    """Let the page that other tests have used show this sentence and this head."""

    def make(text: str, layer: int = 3, head: int = 10) -> Page:
        page = shared_page
        show_sentence(page, text)
        head_button(page, layer, head).click()
        expect(head_heading(page, layer, head)).to_be_visible()
        settle(page)
        return page

    return make


def test_the_page_opens_with_words_all_heads_and_one_head(served, new_page):
    page = open_page(new_page(), served)
    expect(page.get_by_label("Sentence")).to_have_value(
        "Then I picked up a [MASK] from the table."
    )
    expect(word_button(page, best_word(DEFAULT_TEXT))).to_be_visible()
    expect(page.locator(".grid button")).to_have_count(144)
    expect(head_heading(page, 3, 10)).to_be_visible()
    expect(page.get_by_text("Strongest here")).to_be_visible()
    expect(page.get_by_text("Answered by attention-small-12x12")).to_be_visible()


def test_a_heatmaps_labels_follow_to_a_sentence_of_as_many_tokens(begin):
    page = begin("The dog ran to the [MASK].")
    labels = page.get_by_test_id("stVegaLiteChart").first.locator(".role-axis-label")
    words = ["[CLS]", "the", "dog", "ran", "to", "the", "[MASK]", ".", "[SEP]"]
    expect(labels.locator("text")).to_have_text(words * 2)
    type_sentence(page, "A cat sat on my [MASK]!")
    words = ["[CLS]", "a", "cat", "sat", "on", "my", "[MASK]", "!", "[SEP]"]
    expect(labels.locator("text")).to_have_text(words * 2)


def test_typing_a_sentence_keeps_the_selected_head(begin):
    page = begin("The dog ran home.", 5, 1)
    type_sentence(page, ACROSS)
    expect(word_button(page, best_word(ACROSS))).to_be_visible()
    expect(head_heading(page, 5, 1)).to_be_visible()
    expect(head_button(page, 5, 1)).to_have_attribute("aria-pressed", "true")


def test_a_head_opens_by_keyboard(begin):
    page = begin(ACROSS)
    head_button(page, 3, 10).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(head_button(page, 4, 11)).to_be_focused()
    page.keyboard.press("Enter")
    expect(head_heading(page, 4, 11)).to_be_visible()
    expect(head_button(page, 4, 11)).to_be_focused()
    expect(number_field(page, "Layer")).to_have_value("4")


def test_a_role_in_the_legend_dims_the_other_heads_and_is_in_the_url_until_back(
    begin, new_page
):
    page = begin(DEFAULT_TEXT)
    press(page, "next 3")
    expect(page.locator(".grid .dim")).not_to_have_count(0)
    expect(head_button(page, 3, 10)).not_to_have_class("dim")
    expect(head_button(page, 1, 1)).to_have_class("dim")
    expect_in_url(page, "role", "next")
    fresh = open_page(new_page(is_fresh=True), page.url)
    expect(head_button(fresh, 1, 1)).to_have_class("dim")
    press(fresh, "next 3")
    expect(fresh.locator(".grid .dim")).to_have_count(0)
    settle(page)
    page.go_back()
    expect(page.locator(".grid .dim")).to_have_count(0)


def test_selectors_and_steps_open_heads_and_back_restores_the_one_before(begin):
    page = begin(DEFAULT_TEXT)
    press(page, "Next")
    expect(head_heading(page, 3, 11)).to_be_visible()
    settle(page)
    page.go_back()
    expect(head_heading(page, 3, 10)).to_be_visible()
    number_field(page, "Head").fill("12")
    number_field(page, "Head").press("Enter")
    expect(head_heading(page, 3, 12)).to_be_visible()
    press(page, "Next")
    expect(head_heading(page, 4, 1)).to_be_visible()
    press(page, "Previous")
    expect(head_heading(page, 3, 12)).to_be_visible()


def test_the_url_restores_the_page_in_a_fresh_browser(served, new_page):
    page = open_page(new_page(), served)
    type_sentence(page, ACROSS)
    expect(word_button(page, best_word(ACROSS))).to_be_visible()
    head_button(page, 7, 2).click()
    expect(head_heading(page, 7, 2)).to_be_visible()
    settle(page)
    ask_for_one_word_more(page)
    expect(page.locator("button.word")).to_have_count(4)
    expect_in_url(page, "head", "7-2")
    expect_in_url(page, "k", "4")

    fresh = open_page(new_page(is_fresh=True), page.url)
    expect(fresh.get_by_label("Sentence")).to_have_value(ACROSS)
    expect(head_heading(fresh, 7, 2)).to_be_visible()
    expect(fresh.locator("button.word")).to_have_count(4)


def test_a_predicted_word_goes_into_the_sentence_and_one_step_back_restores_the_mask(
    begin,
):
    page = begin(ACROSS)
    word_button(page, best_word(ACROSS)).click()
    field = page.get_by_label("Sentence")
    expect(field).to_have_value(ACROSS.replace("[MASK]", best_word(ACROSS)))
    expect(page.get_by_role("button", name="hide this word: turtle")).to_be_visible()
    press(page, "↩ Put [MASK] back")
    expect(field).to_have_value(ACROSS)
    expect(word_button(page, best_word(ACROSS))).to_be_visible()


def test_a_double_click_on_a_word_puts_it_in_once(begin):
    page = begin(ACROSS)
    word_button(page, best_word(ACROSS)).dblclick()
    expect(page.get_by_label("Sentence")).to_have_value(
        ACROSS.replace("[MASK]", best_word(ACROSS))
    )
    expect(page.get_by_role("button", name="Put [MASK] back")).to_be_visible()
    settle(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_click_on_an_old_word_after_typing_leaves_what_was_typed(begin):
    page = begin("A dog ran off and away.")
    page.get_by_label("Sentence").fill("Hi.")
    page.get_by_role("button", name="hide this word: away").click()
    expect(page.get_by_role("button", name="hide this word: Hi")).to_be_visible()
    expect(page.get_by_label("Sentence")).to_have_value("Hi.")
    settle(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_hiding_a_word_asks_bert_for_it(begin):
    page = begin("The dog looked at the cat.")
    page.get_by_role("button", name="hide this word: looked").click()
    expect(page.get_by_label("Sentence")).to_have_value("The dog [MASK] at the cat.")
    expect(word_button(page, "looked")).to_be_visible()


def test_several_masks_have_tables_of_their_own(begin):
    page = begin("The [MASK] looked at the [MASK].")
    expect(page.get_by_role("table")).to_have_count(2)
    second = page.get_by_role("table", name="Mask 2")
    chosen = second.locator("button.word").first.text_content()
    second.locator("button.word").first.click()
    expect(page.get_by_label("Sentence")).to_have_value(
        f"The [MASK] looked at the {chosen}."
    )


def test_an_example_is_one_click_away(begin):
    page = begin(ACROSS)
    press(page, "half a word")
    expect(word_button(page, "##ly")).to_be_visible()
    expect(page.get_by_text("word piece", exact=True).first).to_be_visible()


def test_the_numbers_of_a_head_show_as_a_table(begin):
    page = begin(ACROSS)
    page.get_by_text("Show as table").click()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(1)
    page.get_by_text("Show as table").click()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)


def test_odd_values_in_a_link_fall_back_with_a_notice(served, new_page):
    page = new_page()
    for query, head in (
        ("layer=99&head=0&k=3.7", (12, 1)),
        ("layer=x&head=-1&k=abc&model=../../etc/passwd", (3, 10)),
        ("head=13-4", (12, 4)),
    ):
        page.goto(f"{served}/?{query}")
        wait_until_it_stands(page)
        expect(page.get_by_text("The link").first).to_be_visible()
        expect(head_heading(page, *head)).to_be_visible()
        expect(word_button(page, best_word(DEFAULT_TEXT))).to_be_visible()


def test_ten_thousand_characters_in_a_link_fall_back_with_a_notice(served, new_page):
    page = new_page()
    page.goto(f"{served}/?text={'a' * 10_000}")
    expect(page.get_by_text("The link's text has 10,000 characters")).to_be_visible()
    expect(word_button(page, best_word(DEFAULT_TEXT))).to_be_visible()


def test_unreadable_text_gets_one_sentence_and_stays_in_the_field(shared_page):
    page = shared_page
    for text, says in (
        ("   ", "Type a sentence"),
        ("turtle " * 600, "602 tokens; BERT reads at most 512"),
        ("\u200b\u0007", "Type a sentence"),
    ):
        type_sentence(page, text)
        expect(page.get_by_role("alert")).to_contain_text(says)
        expect(page.get_by_role("alert")).to_have_count(1)
        expect(page.get_by_label("Sentence")).to_have_value(text)
        type_sentence(page, ACROSS)
        expect(word_button(page, best_word(ACROSS))).to_be_visible()
        expect(page.get_by_role("alert")).to_have_count(0)


def test_any_script_and_any_markup_is_plain_text(shared_page):
    page = shared_page
    for text in (
        "I ate a 🍎 and a [MASK].",
        "السلام عليكم [MASK]",
        "我想吃[MASK]。",
        "Cafe\u0301 nai\u0308ve [MASK]",
        "<b>bold</b><script>alert(1)</script> [MASK]",
        "**bold** [link](http://x) $x^2$ :smile: [MASK] `code` | a | b |",
        r"back\slash 'single' \"double\" ${x} [MASK]",
    ):
        type_sentence(page, text)
        # A line of its own begins with the last of a long beginning.
        before = text.split("[MASK]")[0][-24:]
        expect(page.locator("span.sentence").first).to_contain_text(before)
        settle(page)
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(page.get_by_label("Sentence")).to_have_value(text)


def test_a_lower_case_mask_is_offered_for_correction(begin):
    page = begin("The turtle crossed the [mask].")
    press(page, "Write [MASK]")
    expect(page.get_by_label("Sentence")).to_have_value(
        "The turtle crossed the [MASK]."
    )
    expect(page.locator("button.word")).to_have_count(3)


def test_a_long_sentence_shows_its_head_as_a_scrolling_picture(begin):
    page = begin("turtle " * 300)
    expect(page.get_by_label("Heatmap of 302 tokens")).to_be_visible()
    expect(page.locator(".grid button")).to_have_count(144)


def test_a_phone_shows_everything_without_sideways_scrolling(served, new_page):
    page = open_page(new_page(viewport=PHONE), served, text=ACROSS)
    expect(word_button(page, best_word(ACROSS))).to_be_visible()
    main = page.locator('[data-testid="stMain"]')
    assert main.evaluate("e => e.scrollWidth <= e.clientWidth")
    head_button(page, 3, 12).click()
    expect(head_heading(page, 3, 12)).to_be_visible()


def test_dark_mode_has_its_own_colours(shared_page):
    page = shared_page
    app = page.locator('[data-testid="stApp"]')
    page.emulate_media(color_scheme="dark")
    expect(app).to_have_css("background-color", "rgb(18, 21, 28)")
    page.emulate_media(color_scheme="light")
    expect(app).to_have_css("background-color", "rgb(255, 255, 255)")


def test_a_model_that_cannot_be_had_leaves_the_page_usable(served, new_page):
    page = open_page(new_page(), served, model="bert-base-uncased")
    press(page, "Download bert-base-uncased (440 MB)")
    expect(page.get_by_role("button", name="Download again")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(page.get_by_text("Answered by attention-small-12x12")).to_be_visible()


def test_a_row_of_the_table_opens_its_head(served, new_page):
    page = open_page(new_page(), served, show_role="self")  # an old link names no tab
    expect(page.get_by_text("1 of 144 heads")).to_be_visible()
    choose_row(page, "heads_table")
    expect(head_heading(page, 5, 10)).to_be_visible()


def test_a_heads_role_is_checked_on_more_sentences(begin):
    page = begin(DEFAULT_TEXT)
    press(page, "Check on more sentences")
    expect(page.get_by_text("The head is labelled next in 50 of 50.")).to_be_visible()
    expect_in_url(page, "check", "true")
    press(page, "Check on more sentences")
    expect(page.get_by_text("The head is labelled next in")).to_have_count(0)


def test_two_words_find_the_heads_between_them(served, new_page):
    page = new_page()
    query = f"tab=Find+heads+for+two+words&text={quote(ACROSS)}"
    page.goto(f"{served}/?{query}&from=4+slowly&to=3+moved")
    expect(page.get_by_text("From “slowly” to “moved”")).to_be_visible()
    expect(page.get_by_text("From “moved” to “slowly”")).to_be_visible()


def test_the_open_head_is_silenced_by_one_click_and_the_url_tells(begin, new_page):
    page = begin(ACROSS)
    open_tab(page, "What if")
    press(page, "Add the open head")
    expect(page.get_by_test_id("stMultiSelect")).to_contain_text("Layer 3, head 10")
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    expect_in_url(page, "silent", "Layer 3, head 10")
    fresh = open_page(new_page(is_fresh=True), page.url)
    expect(fresh.get_by_test_id("stMultiSelect")).to_contain_text("Layer 3, head 10")
    # All heads are ranked by what their silence changes, too.
    expect(fresh.get_by_text("change in points")).to_be_visible()
    expect(fresh.get_by_text("divergence in nats")).to_be_visible()
    open_tab(page, "Head")
    expect(page.get_by_text("Strongest here")).to_be_visible()
