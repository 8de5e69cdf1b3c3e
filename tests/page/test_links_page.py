"""What a link and a saved view say of the page, without a browser."""

import json
from unittest import mock

import pytest

from attention.claims.ready import ready_claims
from components.session import choices, url, views
from tests.page.test_page import component, headings
from tests.support.on_the_page import ACROSS, in_tab


def test_odd_values_of_a_view_are_left_out(open_page):
    page = open_page()
    odd = {
        "text": ACROSS,
        "layer": "99",
        "head": "-1",
        "k": "1e9",
        "model": "../../etc",
        "tab": "No such tab",
        "specials": "<b>",
        "colours": "#fff",
        "join": "maybe",
        "other": "x",
    }
    for name, value in opened(odd).items():
        page.session_state[name] = value
    page.run()
    assert not page.exception
    assert page.text_input(key="text").value == ACROSS
    assert "Layer 3, head 10" in headings(page)


def opened(view: dict[str, str]) -> dict[str, object]:
    """Return what opening a view puts into a session."""
    session = {}
    with mock.patch.object(views.st, "session_state", session):
        views.open_view(view)
    return session


def test_a_view_restores_what_it_was_made_from(open_page):
    page = open_page(
        text=ACROSS,
        layer="4",
        head="7",
        join="true",
        specials="hidden",
        colours="gray",
    )
    names = ("text", "layer", "head", "join", "specials", "colours")
    saved = {name: str(page.session_state[name]) for name in names}
    assert opened(saved) == {
        "text": ACROSS,
        "layer": 4,
        "head": 7,
        "join": True,
        "specials": "hidden",
        "colours": "gray",
    }


def test_the_copied_link_names_head_sentence_and_model(open_page):
    page = open_page(text=ACROSS)
    data = [json.loads(e.proto.json or "null") for e in page.get("bidi_component")]
    (copied,) = [d["parameters"] for d in data if d and d.get("label") == "Copy link"]
    assert copied == {
        "text": ACROSS,
        "layer": "3",
        "head": "10",
        "model": "attention-small-12x12",
    }


def test_a_text_too_long_for_a_link_is_offered_as_a_file(open_page):
    page = open_page()
    page.text_input(key="text").set_value("ü " * 3000).run()
    assert component(page, "made")["labels"] == ["Save view as a file"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"claim": "object -> verb"}, {"examples": "object -> verb"}),
        (
            {"claim": "A dog ran. | dog -> ran", "claim_words": "A noun"},
            {"examples": "A dog ran. | dog -> ran", "claim_words": "A noun"},
        ),
        ({"claim": ""}, {"examples": ""}),
        # Whoever adds to an old link means what they add.
        (
            {"claim": "object -> verb", "examples": "pronoun -> noun"},
            {"examples": "pronoun -> noun"},
        ),
    ],
)
def test_an_old_link_shows_the_claim_of_the_new_one(open_page, old, new):
    before, now = (open_page(tab="Test a claim", **link) for link in (old, new))
    for page in (before, now):
        assert not page.exception
    for key in ("examples", "claim_words"):
        assert before.session_state[key] == now.session_state[key]
    assert before.session_state["examples"] == ready_claims().get(
        new["examples"], new["examples"]
    )


def test_an_old_link_takes_the_new_name_once_its_claim_changes(open_page):
    page = open_page(tab="Test a claim", claim="object -> verb")
    assert page.query_params["claim"] == "object -> verb"  # no step for Back to undo
    page.text_area(key="examples").set_value("A dog ran. | dog -> ran").run()
    assert "claim" not in page.query_params
    assert page.query_params["examples"] == "A dog ran. | dog -> ran"


def test_a_file_has_the_names_that_links_have():
    session = {"examples": "A dog ran. | dog -> ran", "claim_words": "A noun"}
    with mock.patch.object(views.st, "session_state", session):
        assert views.present_view() == session


def test_an_old_file_is_read_by_its_own_names():
    old = {"claim": "A noun", "claim_lines": "A dog ran. | dog -> ran", "layer": "4"}
    assert opened(url.renamed(old, url.OLD_IN_FILE)) == {
        "claim_words": "A noun",
        "examples": "A dog ran. | dog -> ran",
        "layer": 4,
    }


@pytest.mark.parametrize(
    ("link", "notice"),
    [
        ({"layer": "3"}, "layer is not a number from 1 to 2; the default one is shown"),
        ({"role": "noun"}, "role is not one of “previous”, “next”"),
        ({"specials": "none"}, "specials is not one of “shown”, “hidden”"),
        ({"colours": "blue"}, "colours is not one of “magma”, “gray”"),
        ({"tab": "Atlas "}, "tab is not one of “Heads”"),
        ({"map": "x"}, "map is not one of “mean of chosen heads”"),
        ({"relation": "obj"}, "relation is not of the form “adverb → its verb”; the d"),
        ({"token": "dog"}, "token is not of the form “3 dog”; the default one is s"),
        ({"silent": "3-10"}, "silent is not of the form “Layer 3, head 10”; it is l"),
        ({"lines": "1"}, "lines is not true or false; the default one is shown"),
        ({"model": "gpt2"}, "model is not on offer here; the default one is shown"),
        ({"lesson": "none"}, "lesson is not here; see “Lessons”"),
    ],
)
def test_a_link_that_cannot_be_shown_as_asked_says_so_in_a_sentence(link, notice):
    (said,) = url.invalid_parameters(link, (2, 4))
    assert said.startswith(f"The link's {notice}")
    assert said.endswith(".")


def test_a_default_is_what_the_page_shows_and_a_link_may_name_it(open_page):
    page, shown = open_page(), {}
    for tab in choices.TABS:
        state = in_tab(page, tab).session_state
        shown |= {name: state[name] for name in url.PARAMETERS if name in state}
    for one in url.PARAMETERS.values():
        if one.default not in (None, "", (), frozenset()) and one.name != "tab":
            assert shown.get(one.name, one.default) == one.default
            assert not url.invalid_parameters({one.name: str(one.default)}, (12, 12))
    assert {"least", "show_role", "map", "of", "by", "rank", "with"} <= shown.keys()
