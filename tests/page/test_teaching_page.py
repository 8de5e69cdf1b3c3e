"""What a class relies on from one lesson to the next, and the teacher's panel."""

import pytest
from streamlit.testing.v1 import AppTest

from attention.facts import facts
from attention.lessons import lessons
from components.page.frame import first_words
from components.session.url import is_own_computer
from tests.page.test_links_page import opened, saved_from
from tests.page.test_page import component, headings
from tests.support.on_the_page import ACROSS, labels, press, texts


@pytest.mark.parametrize(
    "left_over", [{"specials": "renormalised"}, {"specials": "hidden", "join": "true"}]
)
def test_the_next_lesson_shows_all_tokens_again(open_page, left_over):
    page = open_page(lesson="full-stop", **left_over)
    page = press(page, "Next lesson")
    assert "Words in pieces" in headings(page)
    assert page.radio(key="specials").value == "shown"
    assert not page.toggle(key="join").value
    # As the lesson's solution has it: of all 15 tokens, nothing joined.
    share = facts()["lessons"]["word-pieces"]["pieces_share"]
    assert f"Each word looks at the next word: {share} of its attention" in texts(page)


def test_a_lessons_link_may_still_bring_a_view_of_the_tokens(open_page):
    page = open_page(lesson="full-stop", specials="hidden", join="true")
    assert page.radio(key="specials").value == "hidden"
    assert page.toggle(key="join").value


def test_a_file_restores_that_pieces_are_not_joined():
    session = {"text": ACROSS, "join": False, "specials": "shown", "head": "3-10"}
    assert opened(saved_from(session)) == session


def test_a_text_without_a_mask_asks_for_no_guess(open_page):
    page = open_page(text="The turtle moved.", hide="words", tab="Compare")
    assert "Show BERT's words" not in labels(page)
    assert "guess first" not in texts(page)
    assert page.text_input(key="with").value  # the tab is open


def test_a_role_chosen_before_dims_no_heads_while_roles_are_hidden(open_page):
    page = open_page(lesson="next-word", role="next")
    assert component(page, "sprite")["role"] == ""
    page = press(page, "Show the solution")
    assert component(page, "sprite")["role"] == "next"


def test_only_a_lesson_that_asks_for_a_head_answers_a_pick(open_page):
    assert "rank" in texts(open_page(lesson="resting-place"))
    assert "rank" not in texts(open_page(lesson="bias"))


def test_the_solutions_head_opens_in_the_picture_of_all_heads(open_page):
    page = press(open_page(lesson="next-word"), "Show the solution")
    page = press(page, "Open layer 3, head 10")
    assert "You found it" in texts(page)
    data = component(page, "sprite")
    assert (data["layer"], data["head"]) == (3, 10)


@pytest.mark.parametrize("slug", lessons())
def test_a_task_names_the_tab_that_its_lesson_opens(slug):
    lesson = lessons()[slug]
    tab = dict(lesson.parameters).get("tab")
    assert tab is None or f'tab "{tab}"' in lesson.task


def test_the_teachers_panel_follows_the_lesson_on_the_page(open_page):
    page = open_page(teach="1", lesson="next-word")
    assert teacher_link(page).endswith("/?lesson=next-word")
    page = press(page, "Next lesson")
    assert teacher_link(page).endswith("/?lesson=adverb-verb")
    page.selectbox(key="teach_lesson").set_value("bias").run()
    assert teacher_link(page).endswith("/?lesson=bias")
    page = press(page, "Close lesson")
    assert teacher_link(page).startswith("/?text=Slowly")


@pytest.mark.parametrize(
    ("link", "is_own"),
    [
        ("http://localhost:8501/?lesson=bias", True),
        ("http://127.0.0.1:8501/", True),
        ("http://[::1]:8501/", True),
        ("http://192.168.1.20:8501/?text=localhost", False),
        ("https://localhost.example.org/", False),
        ("https://my-class.streamlit.app/?teach=1", False),
    ],
)
def test_a_link_that_only_this_computer_can_open_is_known(link, is_own):
    assert is_own_computer(link) == is_own


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (ACROSS, ACROSS),
        ("  two\n words ", "two words"),
        ("word " * 20, " ".join(["word"] * 10) + " …"),
        ("象" * 60, "象" * 50 + " …"),
        ("", ""),
    ],
)
def test_a_title_has_a_sentences_first_words_in_any_script(text, title):
    assert first_words(text) == title


def teacher_link(page: AppTest) -> str:
    return page.get("code")[0].value


def test_a_teachers_link_holds_what_was_chosen(open_page):
    page = open_page(teach="1", text=ACROSS, layer="4")
    assert teacher_link(page).endswith(
        "/?text=The+turtle+moved+slowly+across+the+%5BMASK%5D.&head=4-10"
    )
    page.selectbox(key="teach_lesson").set_value("bias").run()
    assert teacher_link(page).endswith("/?lesson=bias")
    page.multiselect(key="teach_parts").set_value(["which BERT"]).run()
    assert teacher_link(page).endswith("?lesson=bias&model=attention-small-12x12")


def test_a_link_too_long_for_a_code_says_so(open_page):
    page = open_page(teach="1", text="turtle " * 480)
    assert "too long for a QR code" in texts(page)
    assert not page.exception


def test_a_link_that_servers_may_refuse_says_so(open_page):
    page = open_page(teach="1")
    assert not page.warning
    page.text_input(key="text").set_value("turtles swim " * 480).run()
    assert "Save view as a file" in page.warning[0].value


def test_without_the_parameter_there_is_no_teachers_panel(open_page):
    assert "Teacher's panel" not in headings(open_page(teach="0"))
