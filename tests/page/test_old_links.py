"""Whoever opens a link or a file of version 0.1 sees what it showed then."""

from operator import itemgetter
from urllib.parse import parse_qs

import pytest

from tests.old_links import (
    FIXTURE,
    FOLDER,
    go_to,
    open_file,
    open_link,
    put_here,
    saved,
    seen,
    spelt_out,
    words_missing,
)

pytestmark = pytest.mark.slow
LINKS, FILES, THEN = FIXTURE["link"], FIXTURE["file"], FIXTURE["version_0_1"]
NAME = itemgetter("name")


def check(page, wanted: dict, link: str) -> None:
    assert not page.exception
    assert seen(page, wanted) == wanted, link


@pytest.mark.parametrize("link", [one for one in LINKS if "needs" not in one], ids=NAME)
def test_an_old_link_shows_what_it_showed(open_page, link):
    page = open_link(open_page, link["query"])
    check(page, spelt_out(link["shows"]), link["query"])


@pytest.mark.parametrize("link", [one for one in LINKS if "needs" in one], ids=NAME)
def test_an_old_link_finds_the_model_that_it_needs(
    open_page, link, fresh_caches, monkeypatch, tmp_path
):
    put_here(link["needs"], monkeypatch, tmp_path)
    page = open_link(open_page, link["query"])
    check(page, spelt_out(link["shows"]), link["query"])


@pytest.mark.parametrize("file", FILES, ids=NAME)
def test_an_old_file_shows_what_was_saved_or_says_what_to_do(open_page, file):
    page = open_file(open_page, file)
    if page.error and "or_refused_with" in file:
        (refusal,) = page.error
        assert file["or_refused_with"] in refusal.value
        return
    check(page, spelt_out(file["shows"], file["file"]), file["file"])
    if file["shows"].get("findings"):
        assert not words_missing(page, file["file"])
    for tab, more in file.get("then", {}).items():
        check(go_to(page, tab), more, file["file"])


def values(*names: str) -> set[str]:
    """Return every value that the fixture's links have for these parameters."""
    queries = [parse_qs(link["query"], keep_blank_values=True) for link in LINKS]
    return {v for query in queries for name in names for v in query.get(name, ())}


def test_the_fixture_has_every_parameter_of_that_version():
    assert {name for name in THEN["parameters"] if not values(name)} == set()
    assert len(THEN["parameters"]) == 31


@pytest.mark.parametrize(
    ("history", "parameters"),
    [
        ("tabs", ["tab"]),
        ("lessons", ["lesson"]),
        ("ready_claims", ["claim"]),
        ("roles", ["role", "show_role"]),
        ("specials", ["specials"]),
        ("hidden", ["hide"]),
        ("looked_up_by", ["by"]),
        ("maps", ["map"]),
        ("token_of", ["of"]),
        ("models", ["model"]),
    ],
)
def test_the_fixture_has_every_choice_of_that_version(history, parameters):
    assert set(THEN[history]) <= values(*parameters)


def test_the_fixtures_files_have_all_that_a_saved_view_had():
    names = {file["file"] for file in FILES}
    assert names | {"links.toml"} == {path.name for path in FOLDER.iterdir()}
    views = [saved(name)["view"] for name in names if name.endswith(".json")]
    assert set().union(*views) == set(THEN["view"])


def test_no_link_stands_twice_and_each_has_to_show_something():
    for name in ("name", "query"):
        given = [link[name] for link in LINKS]
        assert len(given) == len(set(given))
    assert all(one["shows"] for one in (*LINKS, *FILES))
