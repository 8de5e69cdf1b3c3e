"""What a link and a saved view say of the page, without a browser."""

import json
from unittest import mock

import pytest

from attention.claims.ready import ready_claims
from components.session import choices, url, views
from tests.page.test_page import component, headings
from tests.page.test_page_data import QueryParams
from tests.support.on_the_page import ACROSS, in_tab, press, upload_report


def test_odd_values_of_a_view_are_left_out(open_page):
    page = open_page()
    odd = {
        "text": ACROSS,
        "layer": "5",  # no more a name of its own
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
        text=ACROSS, head="4-7", join="true", specials="hidden", colours="gray"
    )
    names = ("text", "head", "join", "specials", "colours")
    saved = {name: str(page.session_state[name]) for name in names}
    assert opened(saved) == {
        "text": ACROSS,
        "head": "4-7",
        "join": True,
        "specials": "hidden",
        "colours": "gray",
    }


@pytest.mark.parametrize("head", [{"layer": "4", "head": "7"}, {"head": "4-7"}])
def test_a_view_of_today_and_one_of_old_open_alike(open_page, head):
    page = in_tab(open_page(), "Report")
    page = upload_report(page, {"text": ACROSS, "specials": "hidden"} | head)
    assert not page.exception
    assert not page.error
    assert "Layer 4, head 7" in headings(page)
    assert page.text_input(key="text").value == ACROSS
    assert page.radio(key="specials").value == "hidden"
    assert "layer" not in page.query_params


def test_a_view_and_a_lesson_open_their_heads_from_an_old_link_too(open_page):
    page = in_tab(open_page(layer="7", head="2"), "Report")
    page = upload_report(page, {"head": "4-7"})
    assert "Layer 4, head 7" in headings(page)
    page = open_page(layer="7", head="2")
    page = page.button(key="lesson next-word").click().run()
    assert "Layer 1, head 1" in headings(page)
    assert "Layer 1, head 1" in headings(page.run())


@pytest.mark.parametrize(
    ("old", "name"),
    [({"layer": "4"}, "Layer 4, head 10"), ({"head": "7"}, "Layer 3, head 7")],
)
def test_an_old_link_with_half_a_head_has_the_usual_other_half(open_page, old, name):
    page = open_page(**old)
    assert name in headings(page)
    assert not page.info


def test_an_old_links_layer_leaves_the_url_once_a_head_is_opened(open_page):
    page = open_page(layer="7", head="2")
    assert page.query_params["layer"] == "7"  # no step for Back to undo
    page = press(page, "Next")
    assert "Layer 7, head 3" in headings(page)
    assert "layer" not in page.query_params
    assert page.query_params["head"] == "7-3"


def test_the_copied_link_names_head_sentence_and_model(open_page):
    page = open_page(text=ACROSS)
    data = [json.loads(e.proto.json or "null") for e in page.get("bidi_component")]
    (copied,) = [d["parameters"] for d in data if d and d.get("label") == "Copy link"]
    assert copied == {
        "text": ACROSS,
        "head": "3-10",
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
    session |= {"head": "4-7"}
    assert saved_from(session) == session


def test_a_file_has_the_head_that_is_shown_where_the_link_has_another_models():
    assert saved_from({"head": "24-7"}) == {"head": "12-7"}


def saved_from(session: dict[str, object]) -> dict[str, str]:
    """Return the view that a file gets from a session on 12 layers of 12 heads."""
    with (
        mock.patch.object(views.st, "session_state", session | {"shape": (12, 12)}),
        mock.patch.object(views.st, "query_params", QueryParams()),
    ):
        return views.present_view()


def test_an_old_file_is_read_by_its_own_names():
    old = {"claim": "A noun", "claim_lines": "A dog ran. | dog -> ran", "layer": "4"}
    assert opened(url.renamed(old, url.OLD_IN_FILE)) == {
        "claim_words": "A noun",
        "examples": "A dog ran. | dog -> ran",
        "head": "4-10",
    }


@pytest.mark.parametrize(
    ("link", "notice"),
    [
        (
            {"layer": "3"},
            "layer is not a number from 1 to 2; the default one, or the n",
        ),
        ({"head": "5"}, "head is not a head of this BERT, which has 2 layers of 4; th"),
        ({"head": "2-5"}, "head is not a head of this BERT, which has 2 layers of 4; "),
        ({"head": "3-4"}, "head is not a head of this BERT, which has 2 layers of 4; "),
        ({"head": "2-"}, "head is not of the form “3-10”, a layer and a head; the def"),
        ({"head": "1e309"}, "head is not of the form “3-10”, a layer and a head; the "),
        ({"role": "noun"}, "role is not one of “previous”, “next”"),
        ({"specials": "none"}, "specials is not one of “shown”, “hidden”"),
        ({"colours": "blue"}, "colours is not one of “magma”, “gray”"),
        ({"tab": "Atlas "}, "tab is not one of “Head”, “All heads”, “Two words”"),
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
    # The rest the URL alone has, or nothing is chosen yet.
    assert {"head", "least", "show_role", "map", "of", "by", "with"} <= shown.keys()
