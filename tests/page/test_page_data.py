"""What the page's parts hand to the browser, and the small functions behind it."""

import base64
import io
import json
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from attention.heads.frames import head_frame
from attention.pictures.colors import MAGMA
from attention.pictures.heatmap import head_chart
from attention.pictures.lines import lines_chart
from attention.pictures.overview import overview_png
from attention.reading import MAX_MASKS, Head, heads_named
from components.detail.overview import overview_data
from components.page import hide_words as words
from components.page import predictions
from components.page.predictions import AFTER, BEFORE, predictions_data
from components.page.sentence import correct_mask
from components.session import state
from tests.support.making import make_reading

ACROSS = "The turtle moved slowly across the [MASK]."


def test_lines_join_the_tokens_that_a_head_joins():
    weights = np.eye(4)[None, None, [1, 2, 3, 0]]  # each token gives all to the next
    reading = make_reading(weights, "the dog")
    chart = lines_chart(head_frame(reading, Head(0, 0)), reading.tokens)
    rules = chart.tables[chart.spec["layer"][0]["data"]["name"]]
    pairs = set(zip(rules["query"], rules["key"], strict=True))
    assert pairs == {(0, 1), (1, 2), (2, 3), (3, 0)}


def test_names_of_layers_and_heads_become_the_heads_they_stand_for():
    assert heads_named(["Layer 2", "Layer 1, head 3"], (2, 3)) == {
        *((1, 0), (1, 1), (1, 2)),
        (0, 2),
    }


def test_the_overview_has_a_pixel_for_every_weight_of_every_head():
    attention = np.random.default_rng(0).dirichlet(np.ones(5), size=(2, 3, 5))
    image = Image.open(io.BytesIO(overview_png(attention))).convert("RGB")
    pixels = np.asarray(image)
    assert pixels.shape == (10, 15, 3)
    # Four neighbouring colours of the scale differ by less than this.
    exact = MAGMA.palette()[MAGMA.levels(attention[1, 2])].astype(int)
    assert abs(pixels[5:10, 10:15] - exact).max() < 16


def test_a_long_sentences_overview_keeps_its_strongest_weight_in_sight():
    attention = np.zeros((1, 1, 512, 512))
    attention[0, 0, 300, 77] = 1
    pixels = np.asarray(
        Image.open(io.BytesIO(overview_png(attention))).convert("RGB")
    ).reshape(-1, 3)
    assert len(pixels) < 50 * 50
    assert (pixels.mean(axis=-1) > 200).sum() == 1


def test_the_overview_of_32_tokens_stays_under_150_kb_even_as_noise(bundled_engine):
    noise = np.random.default_rng(0).dirichlet(np.ones(32), size=(12, 12, 32))
    assert len(overview_png(noise)) < 150_000
    reading = bundled_engine.read(
        "When the old sailor came home from the sea, he sat down by the fire, took off "
        "his wet coat and told the children a long story of [MASK]."
    )
    assert reading.n_tokens >= 32
    on_the_wire = base64.b64encode(overview_png(reading.attention))
    assert len(on_the_wire) < 150_000


def test_the_heatmap_has_a_mark_for_each_pair_and_keeps_equal_tokens_apart():
    weights = np.random.default_rng(0).dirichlet(np.ones(6), size=(1, 1, 6))
    spec = head_chart(make_reading(weights), Head(0, 0)).with_data()
    values = next(iter(spec["datasets"].values()))
    assert len(values) == 36
    assert {v["key"] for v in values if v["key_token"] == "the"} == {1, 3}
    cell = next(v for v in values if (v["query"], v["key"]) == (2, 3))
    assert cell["score"] == pytest.approx(weights[0, 0, 2, 3], abs=1e-6)
    assert spec["encoding"]["color"]["scale"]["domain"] == [0, 1]


def test_hostile_tokens_are_data_and_stand_in_none_of_the_heatmaps_expressions():
    tokens = ["[CLS]", "\"];alert('x')//", "\\", "</script>", "[SEP]"]
    reading = make_reading(np.full((1, 1, 5, 5), 0.2), " ".join(tokens[1:-1]))
    chart = head_chart(reading, Head(0, 0))
    assert "alert" not in json.dumps(chart.spec)
    # Where the axes look them up: of the first five cells, and of every fifth one.
    cells = chart.tables["cells"]
    assert cells["key_token"][:5].tolist() == tokens
    assert cells["query_token"][::5].tolist() == tokens


def test_many_masks_are_cut_and_long_sentences_are_shown_around_the_word(
    bundled_engine,
):
    reading = bundled_engine.read("[MASK] " * 40 + "turtle " * 40, k=20)
    masks = predictions_data(reading, 20)["masks"]
    assert len(masks) == MAX_MASKS
    rows = masks[0]["rows"] + masks[-1]["rows"]
    assert all(len(row["before"]) <= BEFORE + 1 for row in rows)
    assert all(len(row["after"]) <= AFTER + 1 for row in rows)
    assert masks[-1]["rows"][0]["before"].startswith("…")
    assert rows[0]["after"].endswith("…")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a [mask]", "a [MASK]"),
        ("a [ Mask ] b", "a [MASK] b"),
        ("<mask>", "[MASK]"),
        ("a [MASK]", "a [MASK]"),
        ("unmask the [masked]", "unmask the [masked]"),
    ],
)
def test_only_what_was_meant_as_a_mask_is_corrected(written, meant):
    assert correct_mask(written) == meant


@pytest.fixture
def session(monkeypatch):
    """A session of a page on 12 layers of 12 heads, whose URL says nothing."""
    session = {}
    monkeypatch.setattr(state.st, "session_state", session)
    monkeypatch.setattr(state.st, "query_params", QueryParams())
    state.set_shape((12, 12))
    return session


class QueryParams(dict):
    """A URL's parameters, as in Streamlit."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)


def test_steps_walk_all_heads_row_by_row_and_round_the_end(session):
    session["head"] = "1-12"
    state.step_head(1)
    assert session["head"] == "2-1"
    state.step_head(-1)
    assert session["head"] == "1-12"
    session["head"] = "12-12"
    state.step_head(1)
    assert session["head"] == "1-1"


def test_steps_walk_from_the_head_that_is_shown_where_the_link_has_another(session):
    session["head"] = "24-7"  # the nearest, 12-7, is shown
    state.step_head(1)
    assert session["head"] == "12-8"


def test_a_smaller_model_opens_the_nearest_head_it_has_and_keeps_what_was_asked(
    session,
):
    session["head"] = "24-7"
    assert state.selected_head().numbers == (12, 7)
    state.set_shape((24, 16))
    assert state.selected_head().numbers == (24, 7)


@pytest.mark.parametrize("held", ["", "x", "3-", "-3", "3-10-2", "1e309", "١-٢"])
def test_a_field_that_holds_no_head_opens_the_default_one(session, held):
    session["head"] = held
    assert state.selected_head().numbers == (3, 10)


def test_a_click_on_a_head_takes_the_place_of_both_numbers_of_an_old_link(session):
    state.st.query_params |= {"layer": "7", "head": "2"}
    session["head"] = "3-10"  # the field cannot hold "2"
    assert state.selected_head().numbers == (7, 2)
    state.select_head(Head.numbered(5, 6))
    assert state.st.query_params == {"head": "2"}  # the field puts its own there
    assert state.selected_head().numbers == (5, 6)
    assert state.is_head_chosen()


def test_a_head_counts_as_chosen_once_somebody_opens_it(session):
    assert not state.is_head_chosen()
    session["head"] = "3-10"
    assert not state.is_head_chosen()
    state.select_head(Head.numbered(3, 10))
    assert state.is_head_chosen()


def test_the_grid_counts_from_one_and_has_no_picture_before_a_reading(session):
    data = overview_data((12, 12), Head(2, 9))
    assert (data["layer"], data["head"], data["sprite"]) == (3, 10, "")
    assert data["labels"] == data["roles"] == []


def test_a_click_on_a_sentence_that_is_gone_changes_nothing(monkeypatch):
    clicked = SimpleNamespace(chosen=["The [MASK] barked.", 0, 0])
    hidden = SimpleNamespace(hidden=["A dog ran.", 2])
    kept = SessionState(predictions=clicked, words=hidden, text="Hi.")
    for module in (state, predictions, words):
        monkeypatch.setattr(module.st, "session_state", kept)
    predictions._choose("attention-small-12x12")
    words._hide("attention-small-12x12")
    assert kept["text"] == "Hi."


class SessionState(dict):
    """Keys that are attributes too, as in Streamlit's session state."""

    __getattr__ = dict.__getitem__
