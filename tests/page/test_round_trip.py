"""Every parameter of a link opens what it says, and stays in the URL."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from attention.lessons import lessons
from components.session import choices, url
from tests.old_links import put_here
from tests.page.test_page import component, headings
from tests.support.on_the_page import ACROSS, in_tab, labels, press, texts

pytestmark = pytest.mark.slow
OWN_LINE = "A dog ran. | dog -> ran"
# Of each parameter with a field: the tab that has it ("" for the first), and
# another value than the default.
FIELDS = {
    "text": ("", "The dog & its [MASK]."),
    "head": ("", "4-7"),
    "k": ("", 5),
    "model": ("", "bert-base-uncased"),
    "join": ("", True),
    "specials": ("", "hidden"),
    "colours": ("", "gray"),
    "lines": ("", True),
    "table": ("", True),
    "show_role": (choices.ALL_HEADS, "previous"),
    "least": (choices.ALL_HEADS, 20),
    "from": (choices.TWO_WORDS, "4 slowly"),
    "to": (choices.TWO_WORDS, "5 across"),
    "token": (choices.ONE_TOKEN, "3 moved"),
    "of": (choices.ONE_TOKEN, "mean of its layer"),
    "heads": (choices.SEVERAL, ["Layer 3, head 10", "Layer 5"]),
    "map": (choices.SEVERAL, "attention rollout"),
    "silent": (choices.WHAT_IF, ["Layer 3", "Layer 5, head 1"]),
    "with": (choices.COMPARE, "A cat [MASK]."),
    "with_model": (choices.COMPARE, "bert-base-uncased"),
    "examples": (choices.CLAIM, OWN_LINE),
    "claim_words": (choices.CLAIM, "Nouns look at verbs."),
    "judge": (choices.CLAIM, choices.CHOSEN_HEAD),
    "by": (choices.ATLAS, "open head"),
    "relation": (choices.ATLAS, "determiner → its noun"),
}


def role_shown(page: AppTest) -> str:
    return component(page, "sprite")["role"]


def is_checked(page: AppTest) -> bool:
    return re.search("Over [0-9]+ other sentences, ", texts(page)) is not None


def is_ranked(page: AppTest) -> bool:
    return "Divergence: " in texts(page)


def hides_words(page: AppTest) -> bool:
    return component(page, "masks") is None and "Show BERT's words" in labels(page)


def has_panel(page: AppTest) -> bool:
    return "Teacher's panel" in headings(page)


def lesson_open(page: AppTest) -> list[str]:
    return [one.slug for one in lessons().values() if one.title in headings(page)]


# Of each that the URL alone has: its tab, a value, and what the page then shows.
URL_ALONE = {
    "role": ("", "previous", role_shown, "previous"),
    "check": ("", "true", is_checked, True),
    "rank": (choices.WHAT_IF, "true", is_ranked, True),
    "lesson": ("", "next-word", lesson_open, ["next-word"]),
    "hide": ("", "words", hides_words, True),
    "teach": ("", "1", has_panel, True),
}


def link_of(page: AppTest) -> dict[str, str | list[str]]:
    """Return what the page's URL says."""
    return {
        name: value if isinstance(value, str) or len(value) > 1 else value[0]
        for name, value in page.query_params.items()
    }


def field(page: AppTest, name: str):
    kinds = ("text_input", "text_area", "slider", "toggle", "radio", "selectbox")
    fields = [one for kind in (*kinds, "multiselect") for one in getattr(page, kind)]
    return next(one for one in fields if one.key == name)


def test_every_parameter_is_tried_here():
    elsewhere = {"tab", "layer"}  # below; and of old links, in test_links_page.py
    assert {*FIELDS, *URL_ALONE} | elsewhere == {*url.PARAMETERS}
    for name, (_, value) in FIELDS.items():
        assert value != url.PARAMETERS[name].default, name


def in_url(value: object) -> object:
    """Write a field's value as the browser does."""
    if isinstance(value, list):
        return value  # the parameter again and again
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", FIELDS)
def test_what_a_field_holds_opens_from_the_link_and_stays_there(
    open_page, request, monkeypatch, tmp_path, name
):
    tab, value = FIELDS[name]
    if name == "with_model":
        request.getfixturevalue("fresh_caches")
        put_here(value, monkeypatch, tmp_path)
    link = {"text": ACROSS} | ({"tab": tab} if tab else {}) | {name: in_url(value)}
    page = open_page(**link)
    assert not page.exception
    assert not page.info
    assert field(page, name).value == value
    assert {one: link_of(page).get(one) for one in link} == link


@pytest.mark.parametrize("name", URL_ALONE)
def test_what_the_url_alone_has_is_shown_and_stays_there(open_page, name):
    tab, value, shown, wanted = URL_ALONE[name]
    text = "turtle " * 60 + "[MASK]" if name == "rank" else ACROSS
    plain = {"text": text} | ({"tab": tab} if tab else {})
    assert shown(open_page(**plain)) != wanted
    page = open_page(**plain, **{name: value})
    assert not page.exception
    assert not page.info
    assert shown(page) == wanted
    assert link_of(page)[name] == value
    assert shown(page.run()) == wanted


@pytest.mark.parametrize("tab", choices.TABS)
def test_every_tab_opens_from_the_link(open_page, tab):
    page = open_page(text=ACROSS, tab=tab)
    assert not page.exception
    assert not page.info
    assert page.session_state["tab"] == tab


def test_what_buttons_put_into_the_url_is_what_links_say(open_page):
    page = press(open_page(text=ACROSS), "Check on more sentences")
    assert link_of(page)["check"] == "true"
    page = in_tab(open_page(text="turtle " * 60 + "[MASK]"), choices.WHAT_IF)
    assert not is_ranked(page)
    page = press(page, "Rank all heads by effect")
    assert link_of(page)["rank"] == "true"
    assert is_ranked(page)
    page = open_page().button(key="lesson next-word").click().run()
    assert link_of(page)["lesson"] == "next-word"
