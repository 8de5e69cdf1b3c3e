"""The page's logic without a browser: what it shows for a link and an input."""

import io
import json
from base64 import b64decode
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from attention.facts import facts
from attention.showcase import DEFAULT_TEXT, EXAMPLES
from components.session.choices import MEAN_OF_ALL
from model_cache import cache, hub
from tests.support.on_the_page import in_tab, press
from tests.support.random_bert import write_random_bert

ACROSS = "The turtle moved slowly across the [MASK]."


def component(page: AppTest, name: str) -> dict | None:
    """Return the data that a component of ours got, by one of its fields."""
    for element in page.get("bidi_component"):
        data = json.loads(element.proto.json or "null")
        if data and name in data:
            return data
    return None


def headings(page: AppTest) -> list[str]:
    return [heading.value for heading in page.header]


def test_the_first_sentence_is_read_at_once(open_page):
    page = open_page()
    assert not page.exception
    assert page.text_input(key="text").value == DEFAULT_TEXT
    rows = component(page, "masks")["masks"][0]["rows"]
    assert [row["token"] for row in rows] == facts()["words"][DEFAULT_TEXT][:3]
    assert "Layer 3, head 10" in headings(page)


def test_the_probability_of_the_first_word_is_shown(open_page, bundled_engine):
    row = component(open_page(), "masks")["masks"][0]["rows"][0]
    best = bundled_engine.read(DEFAULT_TEXT).predictions[0][0]
    assert row["probability"] == pytest.approx(best.probability, abs=1e-6)


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_field_asks_for_a_sentence_and_shows_no_old_answer(open_page, text):
    page = open_page()
    page.text_input(key="text").set_value(text).run()
    assert [error.value for error in page.error] == [
        "Type a sentence: there is nothing to read yet."
    ]
    assert component(page, "masks") is None
    assert not page.exception


def test_a_text_that_is_too_long_says_how_long_it_is_and_keeps_it(open_page):
    page = open_page()
    text = "turtle " * 600
    page.text_input(key="text").set_value(text).run()
    assert "602 tokens" in page.error[0].value
    assert "at most 512" in page.error[0].value
    assert page.text_input(key="text").value == text


def test_a_sentence_without_a_mask_offers_its_words(open_page):
    page = open_page(text="The dog ran.")
    assert component(page, "words")["words"] == ["The", "dog", "ran", "."]
    assert component(page, "masks") is None
    assert component(page, "sprite")["sprite"].startswith("data:image/png")


def test_the_link_sets_every_part_of_the_page(open_page):
    page = open_page(text=ACROSS, layer="7", head="2", k="5")
    assert page.text_input(key="text").value == ACROSS
    assert "Layer 7, head 2" in headings(page)
    assert len(component(page, "masks")["masks"][0]["rows"]) == 5
    grid = component(page, "sprite")
    assert (grid["layer"], grid["head"]) == (7, 2)


@pytest.mark.parametrize(
    ("parameters", "notices"),
    [
        ({"layer": "0", "head": "-3", "k": "abc"}, 3),
        ({"k": "21"}, 1),
        ({"layer": "３"}, 1),
        ({"head": "３"}, 1),
        ({"head": "²"}, 1),
        ({"head": "١-٢"}, 1),
        ({"head": "3-"}, 1),
        ({"head": "-3"}, 1),
        ({"head": "3-10-2"}, 1),
        ({"head": "1e309"}, 1),
        ({"layer": "1e309"}, 1),
        ({"head": "9" * 5000}, 1),
        ({"head": ""}, 1),
        ({"head": "3-10"}, 0),
        ({"model": "x" * 10_000}, 1),
        ({"model": "../../etc/passwd"}, 1),
        ({"layer": "3", "head": "10", "k": "3", "other": "x"}, 0),
        ({"tab": "Nowhere", "specials": "none", "role": "noun", "least": "101"}, 4),
        ({"lines": "yes", "silent": "3-10", "token": "dog", "teach": "on"}, 4),
        ({"tab": "Atlas", "table": "true", "lines": "false", "token": "0 [CLS]"}, 0),
    ],
)
def test_odd_values_in_a_link_are_noticed_and_the_page_answers(
    open_page, parameters, notices
):
    page = open_page(**parameters)
    assert not page.exception
    assert len(page.info) == notices
    assert "Layer 3, head 10" in headings(page)
    assert component(page, "masks") is not None


@pytest.mark.parametrize(
    ("parameters", "nearest"),
    [
        ({"head": "0-1"}, "Layer 1, head 1"),
        ({"head": "99-99"}, "Layer 12, head 12"),
        ({"head": "3-13"}, "Layer 3, head 12"),
        ({"layer": "99"}, "Layer 12, head 10"),
        ({"layer": "7", "head": "16"}, "Layer 7, head 12"),
    ],
    ids=str,
)
def test_a_head_that_the_model_has_not_opens_the_nearest_with_a_notice(
    open_page, parameters, nearest
):
    page = open_page(**parameters)
    assert nearest in headings(page)
    (notice,) = page.info
    assert notice.value.startswith("The link's ")
    assert notice.value.endswith("; the default one, or the nearest, is shown.")
    page = press(page, "Next")
    assert not page.exception
    assert nearest not in headings(page)


def test_a_mask_in_lower_case_is_offered_for_correction(open_page):
    page = open_page(text="The turtle crossed the [mask].")
    button = next(b for b in page.button if b.label == "Write [MASK]")
    button.click().run()
    assert page.text_input(key="text").value == "The turtle crossed the [MASK]."


@pytest.mark.parametrize("label", EXAMPLES)
def test_every_example_is_read(open_page, label):
    page = open_page()
    page.button(key=f"example {label}").click().run()
    assert page.text_input(key="text").value == EXAMPLES[label]
    assert component(page, "masks") is not None


def test_the_page_names_the_model_that_answered(open_page):
    page = open_page(model="bert-base-uncased")
    assert any("Answered by attention-small-12x12" in t.value for t in page.text)
    assert any(b.label == "Download bert-base-uncased (440 MB)" for b in page.button)


def test_a_model_with_more_heads_that_is_not_here_leaves_the_small_ones_grid(open_page):
    grid = component(open_page(model="bert-large-uncased"), "sprite")
    assert (grid["layers"], grid["heads"]) == (12, 12)


def test_an_engines_fault_becomes_a_sentence_and_the_log_has_it(
    open_page, monkeypatch, caplog
):
    page = open_page()

    def broken(model_id, text):
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("model_cache.cache.read", broken)
    page.text_input(key="text").set_value("A new sentence.").run()
    assert "Something went wrong" in page.error[0].value
    assert "secret" not in page.error[0].value
    assert "a secret detail" in caplog.text
    assert not page.exception


def test_the_table_of_heads_filters_by_role_and_share(open_page):
    page = open_page(text=ACROSS, tab="All heads")
    assert len(page.dataframe[0].value) == 144
    page.selectbox(key="show_role").set_value("previous").run()
    previous = page.dataframe[0].value
    assert set(previous["label"]) == {"previous"}
    page.slider(key="least").set_value(95).run()
    assert 0 < len(page.dataframe[0].value) < len(previous)
    assert (page.dataframe[0].value["previous"] >= 0.95).all()


def test_heads_between_two_words_are_ranked_both_ways(open_page):
    page = open_page(
        **{"text": ACROSS, "tab": "Two words"},
        **{"from": "4 slowly", "to": "3 moved"},
    )
    there, back = (table.value for table in page.dataframe)
    assert there["weight"].is_monotonic_decreasing
    # The bundled model's heads for the word before, as its README has them.
    assert {(1, 3), (2, 3)} == set(
        zip(there["layer"][:2], there["head"][:2], strict=True)
    )
    assert tuple(back.loc[0, ["layer", "head"]]) == (3, 10)


def test_a_silenced_layer_is_compared_word_by_word(open_page):
    page = open_page(text=ACROSS, tab="What if", silent="Layer 3")
    words = page.dataframe[0].value
    assert words.index.tolist()[:3] == facts()["words"][ACROSS][:3]
    assert words["note"].isin(["", "new", "lost"]).all()


def test_a_view_of_words_without_specials_is_everywhere(open_page):
    page = open_page(
        text="The unbelievably slow turtle moved [MASK].",
        join="true",
        specials="renormalised",
        table="true",
    )
    assert any("attention to a word is the sum" in text.value for text in page.text)
    words = ["the", "unbelievably", "slow", "turtle", "moved", "[MASK]"]
    table = page.dataframe[0].value
    assert list(table.columns) == words
    np.testing.assert_allclose(table.sum(axis=1), 1, atol=0.01)
    assert component(page, "sprite")["labels"][2 * 12 + 9] == "next"
    assert len(component(page, "masks")["masks"][0]["rows"]) == 3


@pytest.mark.parametrize(
    ("colours", "exponent", "is_gray"), [("magma", 0.5, False), ("gray", 1, True)]
)
def test_the_chosen_colours_are_everywhere(open_page, colours, exponent, is_gray):
    page = open_page(text=ACROSS, colours=colours)
    scales = []
    for tab in ("Head", "Several heads"):
        page.session_state["map"] = MEAN_OF_ALL
        (chart,) = in_tab(page, tab).get("vega_lite_chart")
        scales.append(json.loads(chart.proto.spec)["encoding"]["color"]["scale"])
    assert [scale["exponent"] for scale in scales] == [exponent] * 2
    assert [scale["range"] == ["#000000", "#ffffff"] for scale in scales] == [
        is_gray
    ] * 2
    _, picture = component(page, "sprite")["sprite"].split(",")
    pixels = np.asarray(Image.open(io.BytesIO(b64decode(picture))).convert("RGB"))
    assert (np.ptp(pixels, axis=-1) == 0).all() == is_gray


def test_the_chosen_colours_are_a_long_sentences_too(open_page):
    data = component(open_page(text="turtle " * 60, colours="gray"), "stops")
    assert (data["stops"], data["exponent"]) == (["#000000", "#ffffff"], 1)
    assert b64decode(data["palette"])[3 * 64 : 3 * 65] == bytes([64] * 3)


def test_hiding_all_there_is_says_so_and_shows_it(open_page):
    page = open_page(text="?!", specials="hidden")
    assert any("Nothing is left to show" in text.value for text in page.text)
    assert not page.exception


@pytest.mark.parametrize("text", ["[SEP]", "[CLS] [SEP] [PAD]", "x", "[MASK]", "[UNK]"])
def test_the_smallest_and_oddest_texts_are_read(open_page, text):
    page = open_page(text=text)
    assert not page.exception
    assert not page.error


def test_words_without_pieces_are_named_beside_the_predictions(open_page):
    page = open_page(text="An 🍎, " + ", ".join("🐢🐌🐜🐝🐞") + f" {'x' * 101} [MASK].")
    says = [text.value for text in page.text if text.value.startswith("[UNK]")]
    assert says == [
        "[UNK], unknown, stands for what BERT's vocabulary has no pieces for: "
        "“🍎”, “🐢”, “🐌”, “🐜”, “🐝” and 2 more."
    ]
    assert "[UNK]" not in str([text.value for text in open_page(text=ACROSS).text])


@pytest.mark.parametrize(
    "parameters",
    [
        {"tab": "Several heads"},
        {"tab": "Several heads", "heads": "Layer 3"},
        {"tab": "Several heads", "map": "attention rollout"},
        {"tab": "Several heads", "map": "mean of all heads"},
        {"tab": "One token", "token": "3 moved", "of": "mean of its layer"},
        {"tab": "Compare"},
        {"tab": "Compare", "with": "", "with_model": "nonsense"},
        {"tab": "Compare", "with": "A long way off, it [MASK] and it [MASK]."},
        {"tab": "What if", "rank": "true", "silent": "Layer 99"},
        {"tab": "nonsense", "token": "99 x", "from": "99 x", "lines": "maybe"},
        {"lines": "true", "check": "true", "join": "true"},
    ],
    ids=str,
)
@pytest.mark.parametrize("text", [ACROSS, "turtle " * 60 + "[MASK]", "?"])
def test_every_part_is_drawn_for_any_text(open_page, parameters, text):
    page = open_page(text=text, **parameters)
    assert not page.exception


def test_a_comparison_ranks_heads_and_shows_the_difference(open_page):
    other = "The dog moved slowly across the [MASK]."
    page = open_page(text=ACROSS, tab="Compare", **{"with": other})
    tables = [table.value for table in page.dataframe]
    assert tables[0]["word"].tolist() == facts()["words"][ACROSS][:3]
    assert len(tables[1]) == 3
    assert tables[2]["change"].is_monotonic_decreasing
    charts = page.get("vega_lite_chart")
    specs = [json.loads(chart.proto.spec) for chart in charts]
    plain = [spec for spec in specs if "layer" not in spec]  # the map has outlines
    titles = [spec["encoding"]["color"].get("title") for spec in plain]
    assert titles.count("difference") == 1


def test_what_if_asks_for_a_mask_where_there_is_none(open_page):
    page = open_page(text="The turtle moved.", tab="What if")
    assert any("This needs a [MASK]" in text.value for text in page.text)


def test_the_legend_lists_the_roles_that_occur_with_their_counts(open_page):
    grid = component(open_page(text=ACROSS), "sprite")
    counts = {role["name"]: role["count"] for role in grid["roles"]}
    assert sum(counts.values()) == 144
    assert grid["labels"][2 * 12 + 9] == "next"
    assert counts["next"] == grid["labels"].count("next")


@pytest.mark.parametrize(
    ("role", "shown"), [("next", "next"), ("x' onload", ""), ("", "")]
)
def test_a_role_in_the_link_dims_the_other_heads(open_page, role, shown):
    assert component(open_page(role=role), "sprite")["role"] == shown


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "turtle " * 600])
def test_a_link_whose_text_cannot_be_read_gets_one_sentence(open_page, text):
    page = open_page(text=text)
    assert not page.exception
    assert len(page.error) == 1
    page.text_input(key="text").set_value(ACROSS).run()
    assert component(page, "masks") is not None


def test_a_model_with_broken_files_leaves_the_page_to_the_small_one(
    open_page, monkeypatch, tmp_path
):
    folder = write_random_bert(tmp_path / "broken", hidden_act="swish")
    monkeypatch.setattr("components.session.answer._broken", {})
    real = hub.find_local

    def find(model):
        return folder if model.id == "bert-large-uncased" else real(model)

    monkeypatch.setattr("components.session.answer.find_local", find)
    monkeypatch.setattr("model_cache.cache.find_local", find)
    page = open_page(model="bert-large-uncased", layer="20", head="16")
    assert not page.exception
    assert "swish" in page.error[0].value
    assert any("Answered by attention-small-12x12" in text.value for text in page.text)


@pytest.mark.parametrize("link", [{"layer": "20", "head": "16"}, {"head": "20-16"}])
def test_a_link_to_a_larger_models_head_opens_it_when_that_model_is_here(
    open_page, monkeypatch, tmp_path, link
):
    folder = write_random_bert(
        tmp_path / "large",
        num_hidden_layers=24,
        num_attention_heads=16,
        hidden_size=32,
    )
    here = []
    real = hub.find_local

    def find(model):
        return here[0] if here and not model.is_bundled else real(model)

    monkeypatch.setattr("components.session.answer.find_local", find)
    monkeypatch.setattr("model_cache.cache.find_local", find)
    page = open_page(model="bert-large-uncased", **link)
    assert not page.info
    assert "Layer 12, head 12" in headings(page)  # the nearest
    here.append(folder)
    page.run()
    assert "Layer 20, head 16" in headings(page)
    grid = component(page, "sprite")
    assert (grid["layers"], grid["heads"], grid["layer"]) == (24, 16, 20)
    cache._engine.clear()


def test_another_visitors_failed_download_is_no_news(open_page, monkeypatch):
    failed = SimpleNamespace(is_running=False, error="It failed.", folder=None)
    monkeypatch.setattr(hub, "download_of", lambda model: failed)
    page = open_page(model="bert-base-uncased")
    assert not page.error
