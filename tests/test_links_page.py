"""What a link and a saved view say of the page, without a browser."""

import json
from unittest import mock

from components.session import url as links
from tests.on_the_page import ACROSS
from tests.test_page import component, headings


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
    with mock.patch.object(links.st, "session_state", session):
        links.open_view(view)
    return session


def test_a_view_restores_what_it_was_made_from(open_page):
    page = open_page(text=ACROSS, layer="4", head="7", join="true", specials="hidden")
    names = ("text", "layer", "head", "join", "specials")
    saved = {name: str(page.session_state[name]) for name in names}
    assert opened(saved) == {
        "text": ACROSS,
        "layer": 4,
        "head": 7,
        "join": True,
        "specials": "hidden",
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
